import { type FeatureMatrix, numberColumn, takeRows, takeValues, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'
import type { TrainingData } from '../../src/learn/contract.js'

/**
 * Customers whose leaving depends on tenure, on complaints (more so for monthly contracts), and on the plan; numbers and
 * texts both with missing values, and a rare plan.
 */
export function sampleData(rowCount: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  const outcome = new Uint8Array(rowCount)
  const [tenure, complaints, noise] = [0, 1, 2].map(() => new Array<number | null>(rowCount))
  const [plan, contract] = [0, 1].map(() => new Array<string | null>(rowCount))
  for (let row = 0; row < rowCount; row++) {
    const months = Math.round(random.uniform() * 700) / 10
    const count = random.integer(5)
    const isMonthly = random.uniform() < 0.5
    const planIndex = random.integer(3)
    const margin = 0.5 - months / 20 + count * (isMonthly ? 0.8 : 0.1) + (planIndex === 2 ? 0.7 : 0)
    outcome[row] = random.uniform() < sigmoid(margin) ? 1 : 0
    tenure![row] = random.uniform() < 0.1 ? null : months
    complaints![row] = count
    noise![row] = random.normal()
    plan![row] =
      random.uniform() < 0.05 ? null : row % 40 === 7 ? 'staff' : ['small', 'medium', 'large'][planIndex]!
    contract![row] = isMonthly ? 'monthly' : 'yearly'
  }
  return {
    features: {
      rowCount,
      columns: [
        numberColumn('tenureMonths', tenure!),
        textColumn('plan', plan!),
        numberColumn('complaints', complaints!),
        textColumn('contract', contract!),
        numberColumn('noise', noise!),
      ],
    },
    outcome,
  }
}

/** The data with only these rows. */
export function rowsOf(data: TrainingData, rows: ArrayLike<number>): TrainingData {
  return {
    features: takeRows(data.features, rows),
    outcome: takeValues(data.outcome, rows),
    ...(data.weight === undefined ? {} : { weight: takeValues(data.weight, rows) }),
  }
}

/** The matrix with one column put in the place of the one with its name. */
export function withColumn(matrix: FeatureMatrix, column: FeatureMatrix['columns'][number]): FeatureMatrix {
  return { ...matrix, columns: matrix.columns.map((old) => (old.name === column.name ? column : old)) }
}

/** Share of pairs (churned, stayed) in the right order, ties counted half. O(rows²): for small tests. */
export function areaUnderCurve(probability: Float64Array, outcome: Uint8Array): number {
  let [right, pairs] = [0, 0]
  for (let churned = 0; churned < outcome.length; churned++) {
    if (outcome[churned] === 0) continue
    for (let stayed = 0; stayed < outcome.length; stayed++) {
      if (outcome[stayed] === 1) continue
      const difference = probability[churned]! - probability[stayed]!
      right += difference > 0 ? 1 : difference === 0 ? 0.5 : 0
      pairs++
    }
  }
  return right / pairs
}

/** The largest absolute difference of two arrays of equal length. */
export function largestDifference(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0)
}
