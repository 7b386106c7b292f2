import { epochDay, monthly } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { type Dataset, takeDatasetRows } from '../../src/dataset/dataset.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { cancelled } from '../../src/label/cancelled.js'
import { learners } from '../../src/learn/learners.js'
import { simulateTables } from '../../src/simulate/operator.js'

/** Every customer of a large simulated operator, scored by two fixed models that were trained on others. */
export interface Population {
  /** Shape (n), by model. */
  readonly logistic: Float64Array
  readonly boosting: Float64Array
  readonly outcome: Uint8Array
  /** Shape (n): the customer of each row, who has one row for each cutoff he was countable at. */
  readonly customers: readonly string[]
  readonly cutoffs: Int32Array
}

const operator = { customers: 60_000, months: 12, firstMonth: '2024-01', seed: 1 }
const firstTestCutoff = epochDay('2024-08-01')

/** One customer in ten trains the models, on earlier months; the others are the population. */
export async function scoredPopulation(): Promise<Population> {
  const { truth: _, ...tables } = simulateTables(operator)
  const history = await openHistory(tables)
  const plan = churnPlan({
    label: cancelled({ horizonMonths: 3 }),
    features: telecomFeatures(history.tables, {
      attributes: ['paymentType', 'region', 'channel', 'ageBand'],
    }),
    cutoffs: monthly('2024-05', '2024-10'),
  })
  const dataset = await buildDataset(history, plan)
  await history.close()
  const train = part(dataset, (isTrainer, cutoff) => isTrainer && cutoff < firstTestCutoff)
  const test = part(dataset, (isTrainer, cutoff) => !isTrainer && cutoff >= firstTestCutoff)
  return {
    logistic: learners.logistic.train(train).probability(test.features),
    boosting: learners.boosting.train(train).probability(test.features),
    outcome: test.outcome,
    customers: test.ids,
    cutoffs: test.cutoffs!,
  }
}

/** Returns some rows of a population, in that order; a row may come more than once. */
export function takePopulation(population: Population, rows: Int32Array): Population {
  const { logistic, boosting, outcome, customers, cutoffs } = population
  return {
    logistic: Float64Array.from(rows, (row) => logistic[row]!),
    boosting: Float64Array.from(rows, (row) => boosting[row]!),
    outcome: Uint8Array.from(rows, (row) => outcome[row]!),
    customers: Array.from(rows, (row) => customers[row]!),
    cutoffs: Int32Array.from(rows, (row) => cutoffs[row]!),
  }
}

/** Returns the rows of the last cutoff: one of each customer who was countable then. */
export function rowsOfLastCutoff({ cutoffs }: Population): Int32Array {
  const last = cutoffs.reduce((latest, cutoff) => Math.max(latest, cutoff))
  return Int32Array.from(cutoffs.keys()).filter((row) => cutoffs[row] === last)
}

/** Returns the rows of each customer. */
export function rowsOfCustomers({ customers }: Population): Int32Array[] {
  const rows = new Map<string, number[]>()
  customers.forEach((customer, row) => {
    const some = rows.get(customer)
    if (some === undefined) rows.set(customer, [row])
    else some.push(row)
  })
  return Array.from(rows.values(), (some) => Int32Array.from(some))
}

function part(dataset: Dataset, wanted: (isTrainer: boolean, cutoff: number) => boolean): Dataset {
  const ids = [...new Set(dataset.ids)].sort()
  const trainers = new Set(ids.filter((_, place) => place % 10 === 0))
  const rows = Int32Array.from(dataset.ids.keys()).filter((row) =>
    wanted(trainers.has(dataset.ids[row]!), dataset.cutoffs![row]!),
  )
  return takeDatasetRows(dataset, rows)
}
