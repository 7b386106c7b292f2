import { isMissing } from '../../base/bitmap.js'
import type { AlignedColumn } from '../align.js'
import type { TreeEnsemble } from './ensemble.js'

/** Rows read at a time: few enough to stay in the processor's cache, many enough to stream a tree over them. */
const blockRows = 256

/**
 * Adds to each margin what the trees say of its row.
 *
 * O(rows × trees × depth) time.
 */
export function addMargins(
  ensemble: TreeEnsemble,
  columns: readonly AlignedColumn[],
  margin: Float64Array,
): void {
  forEachBlock(columns, margin.length, (block, first, count) => {
    for (let tree = 0; tree < ensemble.roots.length; tree++) {
      const root = ensemble.roots[tree]!
      for (let row = 0; row < count; row++) {
        margin[first + row]! += ensemble.value[leafOf(ensemble, root, block, row * columns.length)]!
      }
    }
  })
}

/** Returns the leaf of the row that begins at `offset` of a block. */
function leafOf(ensemble: TreeEnsemble, root: number, block: Float64Array, offset: number): number {
  const { right, feature } = ensemble
  let node = root
  while (right[node] !== 0) {
    node = goesLeft(ensemble, node, block[offset + feature[node]!]!) ? node + 1 : right[node]!
  }
  return node
}

/** What decides where a value goes from a node. */
export type Questions = Pick<TreeEnsemble, 'threshold' | 'missingLeft' | 'categoryStart' | 'leftCategories'>

/** True where a node sends the value left. The value is as in a block: a number, a category, or NaN for missing. */
export function goesLeft(ensemble: Questions, node: number, value: number): boolean {
  if (Number.isNaN(value)) return ensemble.missingLeft[node] === 1
  const start = ensemble.categoryStart[node]!
  if (start === 0) return value <= ensemble.threshold[node]!
  const category = value | 0
  return ((ensemble.leftCategories[start + (category >> 5)]! >>> (category & 31)) & 1) === 1
}

/**
 * Hands over the rows block by block, row by row within it: numbers as they are, categories as the model's index.
 * Missing and unseen are NaN here, inside the walk only, because a bitmap look-up per node would double its time.
 */
export function forEachBlock(
  columns: readonly AlignedColumn[],
  rowCount: number,
  visit: (block: Float64Array, first: number, count: number) => void,
): void {
  const block = new Float64Array(Math.min(blockRows, rowCount) * columns.length)
  for (let first = 0; first < rowCount; first += blockRows) {
    const count = Math.min(blockRows, rowCount - first)
    columns.forEach((column, feature) => {
      if (column.kind === 'number') {
        for (let row = 0; row < count; row++) {
          const isAbsent = isMissing(column.missing, first + row)
          block[row * columns.length + feature] = isAbsent ? Number.NaN : column.values[first + row]!
        }
      } else {
        for (let row = 0; row < count; row++) {
          const isAbsent = isMissing(column.missing, first + row)
          const category = isAbsent ? column.unseen : column.categoryOf[column.codes[first + row]!]!
          block[row * columns.length + feature] = category === column.unseen ? Number.NaN : category
        }
      }
    })
    visit(block, first, count)
  }
}

/** Returns for each row, shape (nodes), 1 where a node sends it left. For few rows: rows × nodes bytes. */
export function answersOf(
  ensemble: TreeEnsemble,
  columns: readonly AlignedColumn[],
  rowCount: number,
): Uint8Array[] {
  const answers = Array.from({ length: rowCount }, () => new Uint8Array(ensemble.right.length))
  forEachBlock(columns, rowCount, (block, first, count) => {
    for (let row = 0; row < count; row++) {
      answerRow(ensemble, block, row * columns.length, answers[first + row]!)
    }
  })
  return answers
}

/** Writes for each of the nodes, left out = all, 1 where it sends the row left that begins at `offset` of a block. */
export function answerRow(
  ensemble: TreeEnsemble,
  block: Float64Array,
  offset: number,
  answers: Uint8Array,
  nodes: Int32Array | null = null,
): void {
  const count = nodes === null ? answers.length : nodes.length
  for (let index = 0; index < count; index++) {
    const node = nodes === null ? index : nodes[index]!
    if (ensemble.right[node] === 0) continue
    answers[node] = goesLeft(ensemble, node, block[offset + ensemble.feature[node]!]!) ? 1 : 0
  }
}
