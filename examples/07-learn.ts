// learn: numbers in, model out. Every learner has the same form.
import { fromFlatTable, loadModel, readTable, saveModel, splitRows } from 'holdfast'
import { learnerNames, learners } from 'holdfast/models'
import { scratchFolder } from './console.js'

const table = await readTable('examples/data/mlc_churn.csv')
const { train, test } = splitRows(fromFlatTable(table, { label: 'churn' }), { testShare: 0.2, seed: 1 })
for (const name of learnerNames) {
  const model = learners[name].train(train)
  const risk = model.probability(test.features)
  console.log(
    `${name.padEnd(9)} base rate ${model.baseRate.toFixed(3)}, first customer ${risk[0]!.toFixed(3)}`,
  )
}

const model = learners.boosting.train(train, { rounds: 50, maxDepth: 2, seed: 7 })
const { base, values } = model.contributions(test.features)
const margin = values.reduce((sum, column) => sum + column[0]!, base)
console.log(`contributions add up: ${Math.abs(margin - model.margin(test.features)[0]!) < 1e-9}`)

const file = `${await scratchFolder()}/mlc.model`
await saveModel(model, file)
const again = await loadModel(file)
console.log(
  `same after saving: ${again.model.probability(test.features).every((p, row) => p === model.probability(test.features)[row])}`,
)
