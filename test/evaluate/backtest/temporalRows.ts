import type { EpochDay } from '../../../src/base/days.js'
import { numberColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { sigmoid } from '../../../src/base/statistics.js'
import type { OutcomeSpan, TemporalData } from '../../../src/evaluate/backtest/runFolds.js'

/** Customers at several cutoffs with one feature, of which the log odds of churn are `slope` times. */
export function temporalRows({
  cutoffs,
  customers = 60,
  label = { gapDays: 0, horizonDays: 30 },
  slope = () => 1.5,
  seed = 1,
}: {
  readonly cutoffs: readonly number[]
  readonly customers?: number
  readonly label?: OutcomeSpan
  readonly slope?: (place: number) => number
  readonly seed?: number
}): TemporalData {
  const random = seededRandom(seed)
  const rows = cutoffs.flatMap((cutoff, place) =>
    Array.from({ length: customers }, (_, customer) => {
      const value = random.normal()
      const churned = random.uniform() < sigmoid(slope(place) * value) ? 1 : 0
      return { id: `c${customer}`, cutoff: cutoff as EpochDay, value, churned }
    }),
  )
  return {
    ids: Object.freeze(rows.map(({ id }) => id)),
    cutoffs: Int32Array.from(rows, ({ cutoff }) => cutoff),
    features: {
      rowCount: rows.length,
      columns: [
        numberColumn(
          'value',
          rows.map(({ value }) => value),
        ),
      ],
    },
    outcome: Uint8Array.from(rows, ({ churned }) => churned),
    label,
  }
}

/** Returns the rows of a part of the data, found by their feature, which no two rows share. */
export function rowsWithin(data: TemporalData, part: TemporalData): number[] {
  const valuesOf = ({ features }: TemporalData): number[] => {
    const column = features.columns[0]!
    return column.kind === 'number' ? Array.from(column.values) : []
  }
  const rowOf = new Map(valuesOf(data).map((value, row) => [value, row]))
  return valuesOf(part).map((value) => rowOf.get(value)!)
}
