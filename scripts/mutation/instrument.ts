import ts from 'typescript'
import type { Mutant } from './mutants.js'

/** A mutant and its number, by which it is switched on. */
export type Numbered = readonly [number: number, mutant: Mutant]

/** What instrumented sources ask: whether the mutant of a number is on. The runner of the tests answers. */
export const switchName = '__holdfastMutant'

/** A part of a source that has mutants, and the parts inside it. */
interface Part {
  readonly start: number
  readonly end: number
  readonly mutants: Numbered[]
  readonly inner: Part[]
}

/**
 * Returns the source with all these mutants in it, each behind its switch, so that one transformation serves all of them.
 * Lines stay where they are.
 *
 * @param how `switch`: the mutant's text stands beside the source's; `probe`: only the question is asked, to learn which
 *   tests come by
 */
export function instrumented(source: string, mutants: readonly Numbered[], how: 'switch' | 'probe'): string {
  if (mutants.length === 0) return source
  const root: Part = { start: 0, end: source.length, mutants: [], inner: partsOf(mutants) }
  const asked: Asked = { how, statementStarts: statementStarts(source) }
  return `const ${switchName} = globalThis.${switchName};${withParts(source, root, asked)}`
}

interface Asked {
  readonly how: 'switch' | 'probe'
  /** Where statements begin: a parenthesis there would be taken for a call of what the line before ends with. */
  readonly statementStarts: ReadonlySet<number>
}

function statementStarts(source: string): Set<number> {
  const starts = new Set<number>()
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node)) starts.add(node.getStart())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('', source, ts.ScriptTarget.Latest, true))
  return starts
}

/** Returns the parts, each inside the smallest that holds it. */
function partsOf(mutants: readonly Numbered[]): Part[] {
  const outer: Part[] = []
  const open: Part[] = []
  const inOrder = mutants.toSorted(([, a], [, b]) => a.start - b.start || b.end - a.end)
  for (const numbered of inOrder) {
    const { start, end, replacement } = numbered[1]
    while (open.length > 0 && open.at(-1)!.end < end) open.pop()
    while (open.length > 0 && open.at(-1)!.end <= start) open.pop()
    const last = open.at(-1)
    const isStatement = replacement === null
    if (
      last?.start === start &&
      last.end === end &&
      (last.mutants[0]![1].replacement === null) === isStatement
    ) {
      last.mutants.push(numbered)
      continue
    }
    const part: Part = { start, end, mutants: [numbered], inner: [] }
    ;(last?.inner ?? outer).push(part)
    open.push(part)
  }
  return outer
}

function withParts(source: string, part: Part, asked: Asked): string {
  const pieces: string[] = []
  let at = part.start
  for (const inner of part.inner) {
    pieces.push(source.slice(at, inner.start), switched(source, inner, asked))
    at = inner.end
  }
  pieces.push(source.slice(at, part.end))
  return pieces.join('')
}

function switched(source: string, part: Part, asked: Asked): string {
  const original = withParts(source, part, asked)
  const isStatement = part.mutants[0]![1].replacement === null
  const before = !isStatement && asked.statementStarts.has(part.start) ? '0, ' : ''
  if (asked.how === 'probe') {
    const questions = part.mutants.map(([number]) => `${switchName}(${number})`).join(', ')
    return isStatement ? `{ ${questions}; ${original} }` : `${before}(${questions}, (${original}))`
  }
  if (isStatement) {
    const off = part.mutants.map(([number]) => `!${switchName}(${number})`).join(' && ')
    return `{ if (${off}) { ${original} } }`
  }
  const choices = part.mutants.map(
    ([number, { replacement }]) => `${switchName}(${number}) ? (${replacement}) : `,
  )
  return `${before}(${choices.join('')}(${original}))`
}
