import { checkArguments } from '../base/arguments.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { callbackRule } from '../base/sharedRules.js'
import type { CustomerHistory } from '../table/customerHistory.js'
import { rowOptions, type Score, type ScoreRowOptions, type Scorer } from './scorer.js'

/** A row of features by name, as {@link Scorer.scoreRow} takes it, or the history of one customer, as `scoreOne` does. */
export type StreamedRow = Parameters<Scorer['scoreRow']>[0] | CustomerHistory

/** Options of {@link scoreStream}. */
export interface ScoreStreamOptions<Row = StreamedRow> extends ScoreRowOptions {
  /**
   * Called with each row that cannot be scored, its place and why; the stream goes on with the next. Left out: the stream
   * ends with the error, which names the row.
   */
  readonly onRefused?: (row: Row, place: number, error: HoldfastError) => void
}

/** A row of a stream and its score. */
export interface StreamedScore<Row = StreamedRow> {
  /** Place of the row in the stream, from 0; those of refused rows are left out. */
  readonly place: number
  /** The row as it was given. */
  readonly row: Row
  readonly score: Score
}

const streamOptions = rowOptions.extend({ onRefused: callbackRule<() => void>() })

/**
 * Returns the scores of rows one after the other, in their order, as each is asked for: the next row is taken from the
 * source when the next score is, so that a slow reader holds the source back and memory does not grow with the stream.
 * The same numbers as {@link Scorer.scoreRow} and {@link Scorer.scoreOne}, to the bit.
 *
 * A stream of Node is an async iterable: `csv-parse`, a query of PostgreSQL, a file of JSON lines.
 *
 * @param rows features by name; or histories of customers, which need `asOf` and a model with feature rules
 * @throws {HoldfastError} `value-type` if `rows` cannot be gone through; `option-invalid`, `option-unknown`; then, from the
 * stream, what `scoreRow` and `scoreOne` refuse, with the row
 *
 * O(1) memory beside the model. Cost of a row as of `scoreRow`; many rows at once are faster with
 * {@link Scorer.scoreTable}.
 *
 * @example
 * import { trainPrior } from 'holdfast/models'
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * const scorer = createScorer(trainPrior(data))
 * const risks = []
 * for await (const { row, score } of scoreStream(scorer, [{ calls: 3 }, { calls: 0 }])) risks.push([row.calls, score.band])
 * risks
 * // => [[3, 'middle'], [0, 'middle']]
 */
export function scoreStream<Row extends StreamedRow>(
  scorer: Scorer,
  rows: AsyncIterable<Row> | Iterable<Row>,
  options: ScoreStreamOptions<Row> = {},
): AsyncGenerator<StreamedScore<Row>, void, undefined> {
  checkArguments('scoreStream', ['scorer', scorer, 'scorer'])
  refuse('scoreStream', sourceProblems(rows))
  checkOptions('scoreStream', streamOptions, options)
  return scores(scorer, rows, options)
}

async function* scores<Row extends StreamedRow>(
  scorer: Scorer,
  rows: AsyncIterable<Row> | Iterable<Row>,
  { onRefused, ...options }: ScoreStreamOptions<Row>,
): AsyncGenerator<StreamedScore<Row>, void, undefined> {
  let place = -1
  for await (const row of rows) {
    place++
    let score: Score
    try {
      score = scoreOf(scorer, row, options)
    } catch (cause) {
      if (!(cause instanceof HoldfastError)) throw cause
      const error = ofRow(cause, place)
      if (onRefused === undefined) throw error
      onRefused(row, place, error)
      continue
    }
    yield { place, row, score }
  }
}

function scoreOf(scorer: Scorer, row: StreamedRow, options: ScoreRowOptions): Score {
  return isHistory(row) && scorer.about.rules !== null
    ? scorer.scoreOne(row, options as Parameters<Scorer['scoreOne']>[1])
    : scorer.scoreRow(row as Parameters<Scorer['scoreRow']>[0], options)
}

function isHistory(row: StreamedRow): row is CustomerHistory {
  const { customer } = (row ?? {}) as { readonly customer?: unknown }
  return typeof customer === 'object' && customer !== null
}

function sourceProblems(rows: unknown): Problem[] {
  const isSource =
    typeof rows === 'object' && rows !== null && (Symbol.asyncIterator in rows || Symbol.iterator in rows)
  if (isSource) return []
  const rule = 'to be a list of rows, or anything that for await goes through'
  return [{ code: 'value-type', parameter: 'rows', rule, received: rows }]
}

/** The refusal of one row, with where it stood. */
function ofRow(error: HoldfastError, place: number): HoldfastError {
  const [first, ...rest] = error.problems.map((problem) => ({
    ...problem,
    place: { ...problem.place, row: place + 1 },
  }))
  return new HoldfastError('scoreStream', [first!, ...rest], { cause: error })
}
