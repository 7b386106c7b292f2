// Rebuilds models/telco/telco.model and expected-metrics.json from examples/data/telco.csv, bit for bit.
// Run: npm run models          Check only, writing nothing: npm run models -- --check
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  createScorer,
  encodeScorer,
  evaluate,
  fromFlatTable,
  readTable,
  splitRows,
  trainBoosting,
} from 'holdfast'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Trains the model of this folder and returns its bytes and its figures on the customers kept aside. */
async function rebuild(): Promise<{ readonly model: Uint8Array; readonly metrics: string }> {
  const table = await readTable(here('../../examples/data/telco.csv'))
  const { train, test } = splitRows(fromFlatTable(table, { label: 'churn' }), { testShare: 0.2, seed: 1 })
  const model = trainBoosting(train)
  const { customers, churners, rocAuc, averagePrecision, logLoss, brierScore, lift, calibrationError } =
    evaluate(model, test)
  const figures = {
    customers,
    churners,
    rocAuc,
    averagePrecision,
    logLoss,
    brierScore,
    lift,
    calibrationError,
  }
  return { model: encodeScorer(createScorer(model, train)), metrics: `${JSON.stringify(figures, null, 2)}\n` }
}

const { model, metrics } = await rebuild()
if (process.argv.includes('--check')) {
  const same =
    Buffer.compare(model, await readFile(here('telco.model'))) === 0 &&
    metrics === (await readFile(here('expected-metrics.json'), 'utf8'))
  console.log(
    same ? 'models/telco: the same, bit for bit' : 'models/telco: differs from what the script makes',
  )
  process.exitCode = same ? 0 : 1
} else {
  await writeFile(here('telco.model'), model)
  await writeFile(here('expected-metrics.json'), metrics)
  console.log('wrote models/telco/telco.model and expected-metrics.json')
}
