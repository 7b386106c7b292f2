/** Exported functions of predictions in `src/evaluate` that are no metrics, and what they are. */
export const noMetrics: Readonly<Record<string, string>> = {
  bootstrapInterval: 'an interval of any metric',
  checkOutcomes: 'checks the input of all metrics',
  checkRows: 'checks the input of all metrics',
  evaluateProbabilities: 'many metrics at once, tested by itself',
  rankOutcomes: 'the sorted form',
  readRows: 'the checked form',
  rowProblems: 'what is wrong with the input',
}
