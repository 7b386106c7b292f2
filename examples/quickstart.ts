// The main job twice: (a) from a flat file, (b) from the raw history of an operator.
// Run: npm run quickstart          Writes to quickstart-output/.
import { mkdir } from 'node:fs/promises'
import {
  buildDataset,
  cancelled,
  churnPlan,
  createScorer,
  evaluate,
  formatDay,
  fromFlatTable,
  monthly,
  openHistory,
  readTable,
  saveScorer,
  scoreHistory,
  splitByTime,
  splitRows,
  stageTable,
  tagLifecycle,
  telecomFeatures,
  trainBoosting,
  writeTable,
} from 'holdfast'
import { writeOperator } from 'holdfast/simulate'
import { done, progress, shareOf, step } from './console.js'

const out = 'quickstart-output'
await mkdir(out, { recursive: true })
const began = Date.now()

// (a) A flat table: one row per customer, with what happened.
step('(a) train on examples/data/telco.csv')
const table = await readTable('examples/data/telco.csv')
const flat = splitRows(fromFlatTable(table, { label: 'churn' }), { testShare: 0.2, seed: 1 })
const model = trainBoosting(flat.train, {}, { onProgress: progress })
done()
console.log(String(evaluate(model, flat.test)))

const scorer = createScorer(model, flat.train)
await saveScorer(scorer, `${out}/telco.model`)
const heldOut = scorer.scoreMatrix(flat.test.features)
const riskiest = Array.from(heldOut.numbers('probability').values.keys())
  .sort((a, b) => Number(heldOut.cell('probability', b)) - Number(heldOut.cell('probability', a)))
  .slice(0, 10)
console.log('\nThe ten riskiest of the held-out customers (row of the file: risk, why):')
for (const row of riskiest) {
  const { probability, band, reason1, reason2, reason3 } = heldOut.row(row)
  console.log(`  ${flat.test.ids[row]!.padStart(5)}: ${shareOf(Number(probability))} ${band}`)
  for (const reason of [reason1, reason2, reason3]) console.log(`         ${reason}`)
}

// (b) A raw history: customers, usage, bills, payments, plans, contacts of a simulated operator.
step('\n(b) simulate an operator: 20,000 customers over 18 months')
const { rowCounts } = await writeOperator(
  `${out}/operator`,
  { customers: 20_000, months: 18, firstMonth: '2024-01', seed: 1 },
  { onProgress: progress, overwrite: true },
)
done(`${rowCounts.usage} usage rows, ${rowCounts.bills} bills`)

step('open and check the history')
const tables = ['customers', 'usage', 'bills', 'payments', 'plans', 'contacts', 'devices'] as const
const sources = Object.fromEntries(tables.map((name) => [name, `${out}/operator/${name}.parquet`]))
const history = await openHistory({ ...sources, customers: `${out}/operator/customers.parquet` })
done(`complete until ${formatDay(history.completeUntil)}, ${history.rejects.rowCount} rows set aside`)

step('labels after and features before six monthly cutoffs')
const attributes = ['paymentType', 'region', 'channel', 'ageBand']
const plan = churnPlan({
  label: cancelled({ horizonMonths: 1 }),
  features: telecomFeatures(history.tables, { attributes }),
  cutoffs: monthly('2025-01', '2025-06'),
})
const dataset = await buildDataset(history, plan, { onProgress: progress })
done(`${dataset.ids.length} rows, ${dataset.features.columns.length} features`)

const { train, test, testFrom, purgedRows } = splitByTime(dataset, { testFrom: '2025-06-01' })
step(`train on the cutoffs before ${formatDay(testFrom!)}: ${train.ids.length} rows, ${purgedRows} purged`)
const operatorModel = trainBoosting(train, {}, { onProgress: progress })
done()
console.log(String(evaluate(operatorModel, test)))

step('\nscore every customer, tag every lifecycle stage')
const operatorScorer = createScorer(operatorModel, train)
await saveScorer(operatorScorer, `${out}/operator.model`)
const { scores } = await scoreHistory(history, operatorScorer)
const tags = await tagLifecycle(history, { cutoffs: monthly('2025-06', '2025-07') })
await history.close()
await writeTable(scores, `${out}/scores.parquet`)
await writeTable(scores, `${out}/scores.csv`)
await writeTable(tags, `${out}/stages.csv`)
done(`${scores.rowCount} customers in ${out}/scores.parquet and scores.csv`)

console.log('\nLifecycle stages in June 2025, against May:')
for (const { month, stage, customers, share, change } of stageTable(tags).rows()) {
  if (month !== '2025-06-01') continue
  const changed = `${Number(change) > 0 ? '+' : ''}${change}`
  console.log(
    `  ${String(stage).padEnd(12)}${String(customers).padStart(6)}  ${shareOf(Number(share))}  ${changed.padStart(6)}`,
  )
}
console.log(`\nDone in ${Math.round((Date.now() - began) / 1000)} s; everything is in ${out}/.`)
