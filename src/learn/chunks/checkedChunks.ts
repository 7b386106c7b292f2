import { checkArguments } from '../../base/arguments.js'
import { type Problem, refuse } from '../../base/errors.js'
import type { FeatureColumn, FeatureMatrix } from '../../base/matrix.js'
import { emptyProblems, rowProblems, rowsThatCount } from '../check.js'
import type { TrainControl, TrainingChunks } from '../contract.js'
import { refuseAborted } from '../control.js'
import { Pauses } from '../pauses.js'

/** Rows that a training may trust: every rule holds, those of weight 0 are gone. */
export interface CheckedChunk {
  /** Columns in the order of their names; the same in every chunk. */
  readonly features: FeatureMatrix
  /** Shape (rows), 0 or 1. */
  readonly outcome: Uint8Array
  /** Shape (rows), each above 0; null in all chunks or in none. */
  readonly weight: Float64Array | null
  /** Shape (rows): the customer of each row; null in all chunks or in none. */
  readonly ids: ArrayLike<string | number> | null
}

/**
 * Goes through chunks and checks them. Rows are counted over all of them; after the first problem it only looks for
 * others, and throws all at the end.
 *
 * @param expected what the chunks had in common at another reading; left out, the first one says, and there must be one
 * @throws {HoldfastError} `column-missing`, `column-duplicate`, `column-type`, `length-differs`, `value-not-finite`,
 *   `out-of-range`, `table-empty`; `aborted` between chunks
 */
export async function* checkedChunks(
  operation: string,
  chunks: TrainingChunks,
  control: TrainControl,
  expected?: ChunkShape,
): AsyncGenerator<CheckedChunk, void, void> {
  const found = new Map<string, Problem>()
  const pauses = new Pauses()
  let shape = expected
  let rowCount = 0
  for await (const chunk of chunks) {
    checkArguments(operation, ['a chunk', chunk, 'dataset'])
    if (pauses.isDue) await pauses.take()
    refuseAborted(operation, control)
    if (chunk.features.rowCount === 0 && chunk.outcome.length === 0) continue
    const own = shapeOf(chunk.features, {
      isWeighted: chunk.weight !== undefined,
      hasIds: chunk.ids !== undefined,
    })
    shape ??= own
    for (const problem of [...likenessProblems(shape, own), ...rowProblems(chunk)]) {
      remember(found, problem, rowCount)
    }
    rowCount += chunk.features.rowCount
    if (found.size > 0) continue
    const counted = rowsThatCount(chunk)
    if (counted.outcome.length > 0) yield counted
  }
  const empty = expected === undefined ? emptyProblems(rowCount, shape?.kinds.size ?? 0) : []
  refuse(operation, [...empty, ...found.values()])
}

/** What all chunks have in common. */
export interface ChunkShape {
  readonly kinds: ReadonlyMap<string, FeatureColumn['kind']>
  readonly isWeighted: boolean
  readonly hasIds: boolean
}

/** Returns what chunks like this one have in common. */
export function shapeOf(
  { columns }: FeatureMatrix,
  { isWeighted, hasIds }: Pick<ChunkShape, 'isWeighted' | 'hasIds'>,
): ChunkShape {
  return { kinds: new Map(columns.map(({ name, kind }) => [name, kind])), isWeighted, hasIds }
}

function likenessProblems(first: ChunkShape, own: ChunkShape): Problem[] {
  const names = new Set([...first.kinds.keys(), ...own.kinds.keys()])
  const columns = [...names].flatMap((name) => kindProblems(name, first.kinds.get(name), own.kinds.get(name)))
  const unlike = (parameter: string): Problem => ({
    code: 'column-missing',
    parameter,
    rule: 'to be in all chunks or in none',
  })
  return [
    ...columns,
    ...(first.isWeighted === own.isWeighted ? [] : [unlike('weight')]),
    ...(first.hasIds === own.hasIds ? [] : [unlike('ids')]),
  ]
}

function kindProblems(
  name: string,
  first: FeatureColumn['kind'] | undefined,
  own: FeatureColumn['kind'] | undefined,
): Problem[] {
  const parameter = `column ${name}`
  if (own === first) return []
  if (own === undefined || first === undefined) {
    return [{ code: 'column-missing', parameter, rule: 'to be in every chunk' }]
  }
  const rule = `to hold ${first === 'number' ? 'numbers' : 'texts'}, as in the first chunk`
  return [{ code: 'column-type', parameter, rule, received: own }]
}

/** Remembers one problem for all chunks that break the same rule: the first, and how many values there are. */
function remember(found: Map<string, Problem>, problem: Problem, rowsBefore: number): void {
  const key = `${problem.code} ${problem.parameter}`
  const known = found.get(key)
  const count = (known?.count ?? 0) + (problem.count ?? 1)
  const place = { ...problem.place, row: rowsBefore + (problem.place?.row ?? 1) }
  found.set(key, { ...(known ?? { ...problem, place }), count })
}
