// dataset: the only place where labels and features meet; split by time, with a purge.
import { buildDataset, cancelled, churnPlan, monthly, splitByTime, telecomFeatures } from 'holdfast'
import { datasetToTable } from 'holdfast/datasets'
import { openOperator } from './operator.js'

const history = await openOperator()
const plan = churnPlan({
  label: cancelled({ gapDays: 7, horizonDays: 30 }),
  features: telecomFeatures(history.tables),
  cutoffs: monthly('2024-05', '2024-11'),
})
const dataset = await buildDataset(history, plan)
await history.close()

console.log(`${dataset.ids.length} rows, fingerprint ${dataset.fingerprint.slice(0, 12)}…`)
const { train, test, purgedRows } = splitByTime(dataset, { testFrom: '2024-11-01' })
// The outcome of 1 October is known on 7 November only: such rows can train no model on 1 November.
console.log(`train ${train.ids.length}, purged ${purgedRows}, test ${test.ids.length}`)
console.log(datasetToTable(test).columnNames.slice(0, 5).join(', '))
