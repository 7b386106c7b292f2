import { seededRandom, shuffledIndices } from '../../src/base/random.js'
import { type Dataset, takeDatasetRows } from '../../src/dataset/dataset.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { calibrationError } from '../../src/evaluate/calibration/calibrationTable.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { simulateTables } from '../../src/simulate/operator.js'
import type { Measurement } from '../result.js'
import { monthlyRows, trueProbabilities } from './monthlyRows.js'

const trainRows = 200_000
const operator = { customers: 24_000, months: 18, firstMonth: '2024-01' }
const binnings = { EqualWidth: 'equal-width', EqualCount: 'equal-count' } as const

/**
 * Calibration of the default boosting, trained on 200,000 rows, on customers of another operator of the same market: no
 * row of theirs was seen, no month is new. The truth's own calibration error is what chance leaves.
 */
export async function newCustomerMeasurements(): Promise<Measurement[]> {
  const all = (await rowsOfOperator(1)).dataset
  const train = takeDatasetRows(all, shuffledIndices(all.ids.length, seededRandom(1)).subarray(0, trainRows))
  const { dataset: test, known } = await rowsOfOperator(2)
  const probability = trainBoosting(train).probability(test.features)
  const figures = (name: string, values: Float64Array): Measurement[] => [
    { id: `new-customers.${name}.rocAuc`, value: rocAuc(values, test.outcome), unit: '1' },
    ...Object.entries(binnings).map(([label, binning]) => ({
      id: `new-customers.${name}.calibrationError${label}`,
      value: calibrationError(values, test.outcome, { bins: 10, binning }),
      unit: '1',
    })),
  ]
  return [
    { id: 'new-customers.train.rows', value: train.ids.length, unit: 'rows' },
    { id: 'new-customers.test.rows', value: test.ids.length, unit: 'rows' },
    ...figures('truth', known),
    ...figures('boosting', probability),
  ]
}

async function rowsOfOperator(seed: number): Promise<{ dataset: Dataset; known: Float64Array }> {
  const { truth, ...tables } = simulateTables({ ...operator, seed })
  const history = await openHistory(tables)
  try {
    const dataset = await monthlyRows(history)
    return { dataset, known: trueProbabilities(truth, dataset) }
  } finally {
    await history.close()
  }
}
