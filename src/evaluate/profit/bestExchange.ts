import type { ContactChoice } from './contactChoice.js'
import { selectHighest } from './topByValue.js'

/** The price of money, profit per unit, between two limits, and what no choice can be expected to exceed. */
export interface Exchange {
  /** At this price the best choice costs more than there is. */
  readonly tooLow: number
  /** At this price it does not. */
  readonly highEnough: number
  readonly bound: number
}

// Prices this near to each other, relative, are the same price up to the rounding of what is compared with it.
const precision = 1e-13
const most = 200

/**
 * Returns the price of money at which the most profitable contacts, by profit − price · cost and no more of them than
 * can be made, use up the money.
 *
 * For any price, price · money plus the sum of the `contacts` highest profit − price · cost above 0 is an upper bound of
 * what can be earned (the Lagrangian of the linear programme, whose minimum over the price is the programme's value).
 * O(n) per halving, about 45 of them. The money does not suffice at price 0.
 */
export function bestExchange(choice: ContactChoice): Exchange {
  const { candidates, profit, cost, money } = choice
  const scratch = new Float64Array(candidates.length)
  let low = 0
  let high = 0
  for (const row of candidates) if (cost[row]! > 0) high = Math.max(high, profit[row]! / cost[row]!)
  // Beyond rounding nobody is worth this price.
  high *= 1 + 1e-9
  let bound = Number.POSITIVE_INFINITY
  for (let step = 0; step < most && high - low > precision * high; step++) {
    const price = (low + high) / 2
    const spent = atPrice(choice, price, scratch)
    bound = Math.min(bound, price * money + spent.worth)
    if (spent.cost > money) low = price
    else high = price
  }
  return { tooLow: low, highEnough: high, bound }
}

/** Returns the sum of the highest worths above 0, and what they cost; of equal ones at the edge the first. */
function atPrice(
  { candidates, profit, cost, contacts }: ContactChoice,
  price: number,
  scratch: Float64Array,
): { readonly worth: number; readonly cost: number } {
  let count = 0
  for (let index = 0; index < candidates.length; index++) {
    const row = candidates[index]!
    const worth = profit[row]! - price * cost[row]!
    if (worth > 0) scratch[count++] = worth
  }
  const edge = count > contacts ? selectHighest(scratch.subarray(0, count), contacts) : 0
  const sums = { worth: 0, cost: 0 }
  const costsAtEdge: number[] = []
  let above = 0
  for (let index = 0; index < candidates.length; index++) {
    const row = candidates[index]!
    const worth = profit[row]! - price * cost[row]!
    if (worth > edge) {
      sums.worth += worth
      sums.cost += cost[row]!
      above++
    } else if (worth === edge) costsAtEdge.push(cost[row]!)
  }
  if (edge === 0) return sums
  const taken = costsAtEdge.slice(0, contacts - above)
  return {
    worth: sums.worth + taken.length * edge,
    cost: sums.cost + taken.reduce((total, amount) => total + amount, 0),
  }
}
