import type { OutcomeRows } from '../rows/outcomeRows.js'
import { groupOf, rankRows } from '../rows/rankedOutcomes.js'
import { amountOf, type CheckedOffer, isUniform, type UniformOffer } from './checkedOffer.js'

/** What each step down a list adds. Customers of equal score are one step. */
export interface ContactSteps {
  /** Shape (steps): the distinct scores, the highest first. */
  readonly score: Float64Array
  /** Shape (steps): weight of the customers. */
  readonly customers: Float64Array
  /** Shape (steps): weight of the churners. */
  readonly churners: Float64Array
  /** Shape (steps): money. */
  readonly profit: Float64Array
}

/** Returns what contacting a customer of known outcome earns, on average over the acceptance. */
function contactProfit(offer: CheckedOffer, meanAcceptance: number, row: number, churned: boolean): number {
  const cost = amountOf(offer.offerCost, row)
  const contact = amountOf(offer.contactCost, row)
  return churned ? meanAcceptance * (amountOf(offer.customerValue, row) - cost) - contact : -cost - contact
}

/** Returns the steps of the list by probability. O(n log n); where amounts are the same for all, one sort. */
export function stepsByProbability(
  rows: OutcomeRows,
  offer: CheckedOffer,
  meanAcceptance: number,
): ContactSteps {
  return isUniform(offer)
    ? stepsOfGroups(rows, offer, meanAcceptance)
    : stepsByScore(rows, rows.probability, offer, meanAcceptance)
}

/** Returns the steps of the list by any score, shape (n). O(n log n). */
export function stepsByScore(
  { outcome, weight }: OutcomeRows,
  scoreOfRow: Float64Array,
  offer: CheckedOffer,
  meanAcceptance: number,
): ContactSteps {
  const score = distinctDescending(
    weight === null ? scoreOfRow : scoreOfRow.filter((_, row) => weight[row]! > 0),
  )
  const steps = {
    score,
    customers: new Float64Array(score.length),
    churners: new Float64Array(score.length),
    profit: new Float64Array(score.length),
  }
  for (let row = 0; row < outcome.length; row++) {
    const times = weight === null ? 1 : weight[row]!
    if (times === 0) continue
    const step = groupOf(score, scoreOfRow[row]!)
    const churned = outcome[row] === 1
    steps.customers[step]! += times
    if (churned) steps.churners[step]! += times
    steps.profit[step]! += times * contactProfit(offer, meanAcceptance, row, churned)
  }
  return steps
}

function stepsOfGroups(rows: OutcomeRows, offer: UniformOffer, meanAcceptance: number): ContactSteps {
  const { probability, churned, stayed } = rankRows(rows)
  const ofChurner = contactProfit(offer, meanAcceptance, 0, true)
  const ofStayer = contactProfit(offer, meanAcceptance, 0, false)
  return {
    score: probability,
    customers: churned.map((count, group) => count + stayed[group]!),
    churners: churned,
    profit: churned.map((count, group) => count * ofChurner + stayed[group]! * ofStayer),
  }
}

function distinctDescending(values: Float64Array): Float64Array {
  const sorted = values.slice().sort()
  const distinct = new Float64Array(sorted.length)
  let count = 0
  for (let place = sorted.length - 1; place >= 0; place--) {
    if (count === 0 || distinct[count - 1] !== sorted[place]) distinct[count++] = sorted[place]!
  }
  return distinct.slice(0, count)
}
