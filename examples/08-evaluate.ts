// evaluate: figures with intervals, calibration, and what a contact list earns.
import {
  bestList,
  bestListLine,
  evaluate,
  fromFlatTable,
  readTable,
  realisedProfit,
  splitRows,
  trainLogistic,
} from 'holdfast'
import { liftAt, rocAuc } from 'holdfast/metrics'
import { contactSavingsLine, contactsForSameCatch } from 'holdfast/profit'

const table = await readTable('examples/data/telco.csv')
const { train, test } = splitRows(fromFlatTable(table, { label: 'churn' }), { testShare: 0.2, seed: 1 })
const model = trainLogistic(train)
console.log(String(evaluate(model, test)))

const risk = model.probability(test.features)
console.log(
  `AUC ${rocAuc(risk, test.outcome).toFixed(4)}, lift of the top tenth ${liftAt(risk, test.outcome, 0.1).toFixed(2)}`,
)
console.log(contactSavingsLine(contactsForSameCatch(risk, test.outcome, { caughtShare: 0.5 })))

const offer = { customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.3, currency: '€' }
const list = bestList(risk, offer, { contacts: 200 })
console.log(bestListLine(list))
const { profit } = realisedProfit(risk, test.outcome, offer, { rows: list.rows })
console.log(
  `It earned ${Math.round(profit.value)} € (${Math.round(profit.lower)} to ${Math.round(profit.upper)}).`,
)
