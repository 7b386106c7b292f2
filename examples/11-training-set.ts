// The way from tables of your own to a training set; with every leak on it: from-your-tables-to-a-training-set.md.
import { join } from 'node:path'
import {
  buildDataset,
  cancelled,
  churnPlan,
  epochDay,
  monthly,
  openHistory,
  splitByTime,
  Table,
  telecomFeatures,
  writeTable,
} from 'holdfast'
import { datasetToTable, driftBetweenCutoffs } from 'holdfast/datasets'
import { compileRules, featureBuilders, featuresOf, weekends, writeFeatures } from 'holdfast/features'
import { activeCustomers, falseChurn, joinedWithin } from 'holdfast/labels'
import { simulateTables } from 'holdfast/simulate'
import { scratchFolder } from './console.js'

const operator = simulateTables({ customers: 1000, months: 12, firstMonth: '2024-01', seed: 1 })
const folder = await scratchFolder()
const usage = operator.usage.columns.map((column) =>
  column.name === 'day' ? { ...column, name: 'call_date' } : column,
)
await writeTable(new Table(usage), join(folder, 'usage.parquet'))

// Your columns under our names; `types` tells the compiler of the others.
const history = await openHistory({
  customers: { from: operator.customers, types: { region: 'text' } },
  usage: {
    from: join(folder, 'usage.parquet'),
    columns: { day: 'call_date' },
    types: { minutes: 'number', dataMb: 'number', messages: 'number' },
  },
  bills: operator.bills,
  payments: operator.payments,
  devices: operator.devices,
})

const build = featureBuilders(history.tables)
const features = [
  ...telecomFeatures(history.tables),
  build.shareOf(build.sumOf('usage', 'minutes', { months: 1 }, weekends())),
  build.attribute('region'),
]
// @ts-expect-error a column that is not there does not compile
const mistyped = () => build.sumOf('usage', 'minuts', { months: 1 })
try {
  mistyped()
} catch (error) {
  console.log(String(error))
}

const plan = churnPlan({
  label: cancelled({ gapDays: 7, horizonDays: 30 }),
  features,
  population: activeCustomers({ exclusions: [joinedWithin({ days: 30 })] }),
  falseChurn: falseChurn({ arrears: [{ by: 'payments', kinds: ['failed'], least: 2 }] }),
  cutoffs: monthly('2024-07', '2024-11'),
})
const dataset = await buildDataset(history, plan)
for (const { cutoff, reason, customers } of dataset.report.unlabelled.rows()) {
  if (cutoff === '2024-11-01') console.log(`${cutoff} no outcome, ${reason}: ${customers}`)
}
for (const warning of dataset.warnings) console.log(warning)
const [moved] = driftBetweenCutoffs(dataset)
  .rows()
  .sort((left, right) => Number(right['psi']) - Number(left['psi']))
console.log(`moved most: ${moved?.['feature']}, PSI ${Number(moved?.['psi']).toFixed(2)}`)

const { train, test, purgedRows } = splitByTime(dataset, { testFrom: '2024-11-01' })
console.log(`train ${train.ids.length}, purged ${purgedRows}, test ${test.ids.length}`)

await writeTable(datasetToTable(train), join(folder, 'training.parquet'))
const path = join(folder, 'to-score.parquet')
const { rows } = await writeFeatures(history, features, path, { cutoffs: [history.completeUntil] })
console.log(`${rows} customers to score, ${features.length} features each`)
await history.close()

// The same rules in a service, for one customer, without an engine:
const customer = {
  customer: { id: 'A', activatedAt: '2023-05-10', region: 'north' },
  usage: [{ day: '2024-11-30', minutes: 9, dataMb: 40, messages: 1 }],
  bills: [],
  payments: [],
  plans: [],
  contacts: [],
  devices: [],
}
const one = featuresOf(customer, compileRules(features), epochDay('2024-12-01'))
console.log(`in a service: ${one.columns.length} features`)
