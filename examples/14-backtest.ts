// evaluate over time: a model refitted at each cutoff, one that is kept, and for whom they are wrong.
import {
  backtest,
  buildDataset,
  cancelled,
  churnPlan,
  compareBacktests,
  monthly,
  segmentTable,
  takeDatasetRows,
  telecomFeatures,
  trainLogistic,
} from 'holdfast'
import type { Train } from 'holdfast/metrics'
import { openOperator } from './operator.js'

const history = await openOperator()
const plan = churnPlan({
  label: cancelled({ gapDays: 7, horizonDays: 30 }),
  features: telecomFeatures(history.tables),
  cutoffs: monthly('2024-04', '2024-11'),
})
const dataset = await buildDataset(history, plan)
await history.close()

const train: Train = (rows) => trainLogistic(rows)
const refitted = await backtest(dataset, train, { testCutoffs: 4 })
console.log(String(refitted))
const kept = await backtest(dataset, train, { testCutoffs: 4, refit: 'once' })
console.log(compareBacktests(refitted, kept, { names: ['refitted', 'kept'] }).sentence)

const { features } = takeDatasetRows(dataset, refitted.rows)
const segments = segmentTable(refitted.probability, refitted.outcome, features, {
  by: ['tenure_months'],
  groups: refitted.ids,
})
console.log(String(segments))
