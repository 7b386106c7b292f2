// select: candidates of every kind on the same folds; one is kept, and calibrated where that helps.
import {
  compareModels,
  evaluate,
  fromFlatTable,
  readTable,
  selectModel,
  splitRows,
  trainCalibrated,
  trainForest,
} from 'holdfast'

const table = await readTable('examples/data/mlc_churn.csv')
const { train, test } = splitRows(fromFlatTable(table, { label: 'churn' }), { testShare: 0.2, seed: 1 })

// A number of trials gives the same result on every machine; users rather give a time, { budgetSeconds: 60 }.
const selection = await selectModel(train, { maxTrials: 8, folds: 3, repeats: 1 })
console.log(String(selection))

const forest = trainCalibrated(train, (rows, control) => trainForest(rows, { trees: 100 }, control), {
  folds: 3,
})
const { method, validation } = forest.calibration
const { before, after } = validation!.logLoss
console.log(`calibration of a forest: ${method}, log loss ${before.toFixed(3)} → ${after.toFixed(3)}`)

// The test rows were used for neither choice.
const [chosen, calibrated] = [selection.model, forest].map((model) => model.probability(test.features))
console.log(
  compareModels(chosen!, calibrated!, test.outcome, { metric: 'logLoss', names: ['chosen', 'forest'] })
    .sentence,
)
console.log(`log loss of the chosen one: ${evaluate(selection.model, test).logLoss!.value.toFixed(3)}`)
