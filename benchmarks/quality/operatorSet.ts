import { isMissing } from '../../src/base/bitmap.js'
import { epochDay } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { Dataset } from '../../src/dataset/dataset.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { arpu } from '../../src/feature/sets/telecom/billFeatures.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { cancelled } from '../../src/label/cancelled.js'
import { simulateTables } from '../../src/simulate/operator.js'
import type { QualitySet } from './qualitySet.js'

const operator = { customers: 20_000, months: 18, firstMonth: '2024-01', seed: 1 }
const trainCutoffs = ['2024-07-01', '2024-10-01', '2025-01-01'].map((day) => epochDay(day))
const testCutoff = epochDay('2025-04-01')

// In months of the customer's bill: a churner takes a year of it with them, the offer costs a fifth of one.
const monthsLost = 12
const monthsOffered = 0.2
const contactCost = 5
const acceptance = 0.3

/**
 * Returns a simulated operator as a set: who cancels within three months, at three cutoffs to train on and a later one
 * to test on. What a decision costs differs by customer with their bill.
 */
export async function operatorSet(): Promise<QualitySet> {
  const { truth: _truth, ...tables } = simulateTables(operator)
  const history = await openHistory(tables)
  try {
    const plan = churnPlan({
      label: cancelled({ horizonMonths: 3 }),
      features: telecomFeatures(history.tables, {
        attributes: ['paymentType', 'region', 'channel', 'ageBand'],
      }),
      cutoffs: [...trainCutoffs, testCutoff],
    })
    const dataset = await buildDataset(history, plan)
    const rows = Array.from(dataset.cutoffs!, (_, row) => row)
    const folds = [
      {
        train: rows.filter((row) => dataset.cutoffs![row]! < testCutoff),
        test: rows.filter((row) => dataset.cutoffs![row] === testCutoff),
      },
    ]
    return { name: 'operator', dataset, folds, costs: costsOf(dataset) }
  } finally {
    await history.close()
  }
}

function costsOf({ features, outcome }: Dataset): NonNullable<QualitySet['costs']> {
  const name = featureName(arpu())
  const bill = features.columns.find((column) => column.name === name)
  if (bill?.kind !== 'number') throw new Error(`The operator has no column ${name}.`)
  // Credits can make a bill negative; who has none brings nothing.
  const monthly = Float64Array.from(outcome, (_, row) =>
    isMissing(bill.missing, row) ? 0 : Math.max(bill.values[row]!, 0),
  )
  const amounts = (of: (value: number, offer: number) => number): Float64Array =>
    monthly.map((amount) => of(monthsLost * amount, monthsOffered * amount))
  return {
    truePositive: amounts((value, offer) => contactCost + acceptance * offer + (1 - acceptance) * value),
    falsePositive: amounts((_value, offer) => contactCost + offer),
    falseNegative: amounts((value) => value),
    trueNegative: amounts(() => 0),
  }
}
