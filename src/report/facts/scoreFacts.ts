import type { TrainingData } from '../../learn/contract.js'
import type { ScoreFacts } from './reportFacts.js'

const bins = 25

/** Returns how many churners and stayers have a predicted probability in each of 25 equal bins. */
export function scoreFacts(
  probability: ArrayLike<number>,
  { outcome, weight }: Pick<TrainingData, 'outcome' | 'weight'>,
): ScoreFacts {
  const end = endOf(probability)
  const churned = new Array<number>(bins).fill(0)
  const stayed = new Array<number>(bins).fill(0)
  for (let row = 0; row < probability.length; row++) {
    const bin = Math.min(bins - 1, Math.floor((probability[row]! / end) * bins))
    const counts = outcome[row] === 1 ? churned : stayed
    counts[bin]! += weight?.[row] ?? 1
  }
  // 0.06 and not 0.06000000000000001
  const edges = Array.from({ length: bins + 1 }, (_, bin) => Number(((bin / bins) * end).toPrecision(12)))
  return { edges, churned, stayed }
}

/** The highest probability rounded up to 1, 2 or 5 times a power of ten: if few churn, all probabilities are small. */
function endOf(probability: ArrayLike<number>): number {
  let highest = 0
  for (let row = 0; row < probability.length; row++) highest = Math.max(highest, probability[row]!)
  if (highest === 0) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  return Math.min(1, [1, 2, 5, 10].find((step) => step * power >= highest)! * power)
}
