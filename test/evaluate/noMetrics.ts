/** Exported functions of predictions in `src/evaluate` that are no metrics, and what they are. */
export const noMetrics: Readonly<Record<string, string>> = {
  bestList: 'a list, no outcome',
  bootstrapInterval: 'an interval of any metric',
  checkOutcomes: 'checks the input of all metrics',
  checkRows: 'checks the input of all metrics',
  contactedBy: 'who is contacted under a policy',
  contactProfitsOf: 'money by customer',
  contactsByCost: 'decisions from costs',
  evaluateProbabilities: 'many metrics at once, tested by itself',
  expectedContactProfit: 'money by customer, no outcome',
  expectedProfit: 'money of a list, no outcome',
  listProblems: 'what is wrong with the input',
  predictionProblems: 'what is wrong with the input',
  rankOutcomes: 'the sorted form',
  readRows: 'the checked form',
  rowProblems: 'what is wrong with the input',
  treatmentGroups: 'the sorted form of treatment data',
}
