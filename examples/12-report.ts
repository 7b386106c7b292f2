// report: one page that a manager understands, with its pictures and its facts.
import { stat } from 'node:fs/promises'
import {
  fromFlatTable,
  modelReport,
  readTable,
  splitRows,
  trainBoosting,
  writePictures,
  writeReport,
} from 'holdfast'
import { scratchFolder } from './console.js'

const table = await readTable('examples/data/telco.csv')
const { train, test } = splitRows(fromFlatTable(table, { label: 'churn' }), { testShare: 0.2, seed: 1 })
const model = trainBoosting(train)

const facts = modelReport(model, test, {
  title: 'Who is about to leave',
  train,
  offer: { customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.3, currency: '€' },
  segmentsBy: ['contract', 'payment_method'],
})

const folder = await scratchFolder()
for (const name of ['report.html', 'report.md', 'report.json']) await writeReport(facts, `${folder}/${name}`)
const pictures = await writePictures(facts, `${folder}/pictures`)
const { size } = await stat(`${folder}/report.html`)
console.log(`${folder}/report.html: ${Math.round(size / 1000)} kB, and ${pictures.length} files of pictures`)
console.log(`best list: the top ${Math.round(100 * facts.profit!.best.contactedShare)} %`)
