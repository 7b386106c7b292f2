import type { TreeEnsemble } from '../learn/tree/ensemble.js'
import type { ExportDialect } from './sqlDialects.js'

/** A feature as a tree asks it: a column that is NULL where the value is missing. */
export interface AskedColumn {
  readonly name: string
  /** Number of categories that the column can hold; null for a number. */
  readonly categories: number | null
}

/**
 * Returns a tree as one expression.
 *
 * A comparison with NULL is not true and goes to ELSE: so each node asks for the side to which missing values do not go.
 */
export function treeSql(
  { literal, double }: Pick<ExportDialect, 'literal' | 'double'>,
  ensemble: TreeEnsemble,
  root: number,
  columns: readonly AskedColumn[],
): string {
  const { right, feature, threshold, missingLeft, value } = ensemble
  const visit = (node: number): string => {
    const other = right[node]!
    if (other === 0) return double(value[node]!)
    const column = columns[feature[node]!]!
    const isElse = missingLeft[node] === 1
    const condition =
      column.categories === null
        ? `${column.name}${isElse ? '>' : '<='}${double(threshold[node]!)}`
        : inSet(literal, ensemble, node, column as AskedColumn & { categories: number })
    const [then, otherwise] = isElse ? [other, node + 1] : [node + 1, other]
    return `CASE WHEN ${condition} THEN ${visit(then)} ELSE ${visit(otherwise)} END`
  }
  return visit(root)
}

/** True for the categories of the side to which missing values do not go. */
function inSet(
  literal: ExportDialect['literal'],
  { categoryStart, leftCategories, missingLeft }: TreeEnsemble,
  node: number,
  { name, categories }: AskedColumn & { readonly categories: number },
): string {
  const wanted = missingLeft[node] === 1 ? 0 : 1
  const [inside, outside]: [number[], number[]] = [[], []]
  for (let category = 0; category < categories; category++) {
    const bit = (leftCategories[categoryStart[node]! + (category >> 5)]! >>> (category & 31)) & 1
    ;(bit === wanted ? inside : outside).push(category)
  }
  if (inside.length === 0) return literal(false)
  if (outside.length === 0) return `${name} IS NOT NULL`
  return inside.length <= outside.length
    ? `${name} IN (${inside.join(',')})`
    : `${name} NOT IN (${outside.join(',')})`
}

/** Returns how many questions the longest path of an ensemble has. */
export function deepest({ roots, right }: TreeEnsemble): number {
  let most = 0
  for (const root of roots) {
    const open = [{ node: root, depth: 0 }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, depth } = next
      most = Math.max(most, depth)
      if (right[node] !== 0)
        open.push({ node: node + 1, depth: depth + 1 }, { node: right[node]!, depth: depth + 1 })
    }
  }
  return most
}
