import { checkArguments } from '../base/arguments.js'
import { isMissing } from '../base/bitmap.js'
import { cutoffPeriods } from '../base/cutoffPeriods.js'
import type { EpochDay } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { type FeatureColumn, type NumberColumn, numberColumn, textColumn } from '../base/matrix.js'
import { populationStability } from '../base/stability.js'
import { dayColumn, Table } from '../table/table.js'
import type { Dataset } from './dataset.js'

/** Number features are cut into this many bins with about equally many rows of the first cutoff. */
const binsOfNumbers = 10

interface Line {
  readonly feature: string
  readonly cutoff: EpochDay
  readonly psi: number | null
  readonly newShare: number
  readonly goneShare: number
  readonly missingShare: number
}

/**
 * Returns how far each feature has moved from the first cutoff of a dataset to each later one.
 *
 * A feature that moves on its own (a counter that only grows, a price list, a new tariff name) teaches a model about
 * the calendar and not about customers; one that jumps at a cutoff was filled in differently before it. Compare with
 * `report.baseRates`, which has the counts of churners per cutoff.
 *
 *     psi            Σ (a − e) ln(a / e) over bins frozen at the first cutoff: deciles of a number, each text, missing;
 *                    missing if no row is in a bin that the first cutoff has
 *     newShare       share of rows in bins that the first cutoff does not have: new categories
 *     goneShare      share of the first cutoff's rows in bins that are now empty
 *     missingShare   share of rows without a value
 *
 * For own cutoffs, months are compared: `cutoff` is the first day of the month.
 *
 * @param dataset with at least two cutoffs
 * @returns columns `feature`, `cutoff`, `psi`, `newShare`, `goneShare`, `missingShare`; one row per feature and later
 * cutoff, in the order of features, then of time
 * @throws {HoldfastError} `option-invalid` for a dataset of fewer than two cutoffs
 *
 * O(rows × features) time, and a sort of the first cutoff's rows per number feature.
 *
 * @example
 * import { countOf } from 'holdfast/features'
 * const history = await openHistory({
 *   customers: [{ id: 'A', activatedAt: '2024-01-15' }, { id: 'B', activatedAt: '2024-06-01' }],
 *   usage: [{ id: 'A', day: '2025-03-31', minutes: 12 }, { id: 'B', day: '2025-05-31', minutes: 30 }],
 * })
 * const plan = churnPlan({
 *   label: cancelled({ horizonDays: 30 }),
 *   features: [countOf('usage', { months: 1 })],
 *   cutoffs: ['2025-04-01', '2025-05-01'],
 * })
 * const drift = driftBetweenCutoffs(await buildDataset(history, plan))
 * await history.close()
 * drift.rows()
 * // => [{ feature: 'usage_count_1m', cutoff: '2025-05-01', psi: 0.34657359027997264, newShare: 0, goneShare: 0.5, missingShare: 0 }]
 *
 * @see {@link populationStability}
 */
export function driftBetweenCutoffs(dataset: Dataset): Table {
  checkArguments('driftBetweenCutoffs', ['dataset', dataset, 'dataset'])
  const { cutoffs: days, ownCutoffs } = dataset
  const periods = days === null ? [] : cutoffPeriods({ cutoffs: days, ownCutoffs })
  const cutoffs = [...new Set(periods)].sort((a, b) => a - b)
  if (cutoffs.length < 2) throw tooFewCutoffs(cutoffs.length)
  const rowsOf = rowsByCutoff(periods as Int32Array, cutoffs)
  const lines = dataset.features.columns.flatMap((column) => {
    const bins = binsAt(column, rowsOf[0]!)
    const counts = rowsOf.map((rows) => countsOf(bins, rows))
    return cutoffs.slice(1).map((cutoff, index): Line => {
      const actual = counts[index + 1]!
      return {
        feature: column.name,
        cutoff: cutoff as EpochDay,
        ...populationStability(counts[0]!, actual),
        missingShare: actual.at(-1)! / rowsOf[index + 1]!.length,
      }
    })
  })
  return tableOf(lines)
}

function rowsByCutoff(cutoffOfRow: Int32Array, cutoffs: readonly number[]): number[][] {
  const rowsOf = new Map(cutoffs.map((cutoff): [number, number[]] => [cutoff, []]))
  for (const [row, cutoff] of cutoffOfRow.entries()) rowsOf.get(cutoff)!.push(row)
  return [...rowsOf.values()]
}

/** The bin of each row of a column; the last of `count` bins is for missing values. */
interface Bins {
  readonly count: number
  readonly of: (row: number) => number
}

function binsAt(column: FeatureColumn, referenceRows: readonly number[]): Bins {
  if (column.kind === 'text') {
    const count = column.dictionary.length + 1
    return { count, of: (row) => (isMissing(column.missing, row) ? count - 1 : column.codes[row]!) }
  }
  const edges = decileEdges(column, referenceRows)
  const count = edges.length + 2
  return {
    count,
    of: (row) => (isMissing(column.missing, row) ? count - 1 : binOf(column.values[row]!, edges)),
  }
}

/** Distinct values that begin a bin: the deciles of the sorted reference, without the least. */
function decileEdges(column: Extract<FeatureColumn, { kind: 'number' }>, rows: readonly number[]): number[] {
  const present = rows.filter((row) => !isMissing(column.missing, row))
  const sorted = Float64Array.from(present, (row) => column.values[row]!).sort()
  const edges = new Set<number>()
  for (let bin = 1; bin < binsOfNumbers; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / binsOfNumbers)]!
    if (edge > sorted[0]!) edges.add(edge)
  }
  return [...edges]
}

function binOf(value: number, edges: readonly number[]): number {
  return edges.filter((edge) => value >= edge).length
}

function countsOf(bins: Bins, rows: readonly number[]): Uint32Array {
  const counts = new Uint32Array(bins.count)
  for (const row of rows) counts[bins.of(row)]!++
  return counts
}

function tableOf(lines: readonly Line[]): Table {
  const numbers = (name: 'psi' | 'newShare' | 'goneShare' | 'missingShare'): NumberColumn =>
    numberColumn(
      name,
      lines.map((line) => line[name]),
    )
  return new Table([
    textColumn(
      'feature',
      lines.map((line) => line.feature),
    ),
    dayColumn(
      'cutoff',
      lines.map((line) => line.cutoff),
    ),
    numbers('psi'),
    numbers('newShare'),
    numbers('goneShare'),
    numbers('missingShare'),
  ])
}

function tooFewCutoffs(count: number): HoldfastError {
  return new HoldfastError('driftBetweenCutoffs', [
    {
      code: 'option-invalid',
      parameter: 'dataset',
      rule: 'to have at least two cutoffs',
      received: count,
      wayOut: 'Build it with more cutoffs; a flat table has no time.',
    },
  ])
}
