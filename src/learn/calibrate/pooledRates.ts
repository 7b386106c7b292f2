import type { CalibrationRows } from './separation.js'

/** Neighbouring rows, in the order of what the model says, with one churn rate. */
export interface RateBlock {
  /** Lowest and highest log odds in the block. */
  readonly from: number
  readonly to: number
  readonly weight: number
  readonly churned: number
}

/**
 * Returns the churn rates that never fall as the margin grows and fit the outcomes best: neighbours whose rates are in
 * the wrong order are pooled (PAVA) until none are. Equal margins always share a block.
 *
 *     rate of row i = min over k ≥ i of max over j ≤ i of the churn rate of rows j … k
 *
 * Of all functions that never fall this one has the least squared error, and the least log loss too.
 *
 * @returns blocks of strictly growing rates, the lowest first
 *
 * O(rows · log rows) time.
 *
 * @see Ayer et al. (1955); Barlow et al. (1972)
 */
export function pooledRates({ margin, outcome, weight }: CalibrationRows): RateBlock[] {
  const order = Int32Array.from(margin.keys()).sort((a, b) => margin[a]! - margin[b]!)
  const blocks: RateBlock[] = []
  for (let place = 0; place < order.length; ) {
    const at = margin[order[place]!]!
    let [total, churned] = [0, 0]
    for (; place < order.length && margin[order[place]!] === at; place++) {
      const own = weight === null ? 1 : weight[order[place]!]!
      total += own
      if (outcome[order[place]!] === 1) churned += own
    }
    let block: RateBlock = { from: at, to: at, weight: total, churned }
    while (blocks.length > 0 && isAtLeast(blocks.at(-1)!, block)) block = joined(blocks.pop()!, block)
    blocks.push(block)
  }
  return blocks
}

/** Rates compared without division, so that equal rates of whole weights are found equal. */
function isAtLeast(lower: RateBlock, upper: RateBlock): boolean {
  return lower.churned * upper.weight >= upper.churned * lower.weight
}

function joined(lower: RateBlock, upper: RateBlock): RateBlock {
  return {
    from: lower.from,
    to: upper.to,
    weight: lower.weight + upper.weight,
    churned: lower.churned + upper.churned,
  }
}
