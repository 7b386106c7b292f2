// evaluate: figures with intervals, a contact list, calibration.
import {
  contactSavingsLine,
  contactsForSameCatch,
  evaluate,
  fromFlatTable,
  liftAt,
  readTable,
  rocAuc,
  splitRows,
  trainLogistic,
} from 'holdfast'

const table = await readTable('examples/data/telco.csv')
const { train, test } = splitRows(fromFlatTable(table, { label: 'churn' }), { testShare: 0.2, seed: 1 })
const model = trainLogistic(train)
console.log(String(evaluate(model, test)))

const risk = model.probability(test.features)
console.log(
  `AUC ${rocAuc(risk, test.outcome).toFixed(4)}, lift of the top tenth ${liftAt(risk, test.outcome, 0.1).toFixed(2)}`,
)
console.log(contactSavingsLine(contactsForSameCatch(risk, test.outcome, { caughtShare: 0.5 })))
