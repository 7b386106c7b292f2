import { bestExchange } from './bestExchange.js'
import type { ContactChoice } from './contactChoice.js'
import { rowsByValue } from './rowsByValue.js'
import { topByValue } from './topByValue.js'

/** Rows that are chosen. */
export interface ChosenContacts {
  /** Ascending. */
  readonly rows: Int32Array
  /** What ended the list; null where everybody who pays is on it. */
  readonly limitedBy: 'contacts' | 'money' | 'contacts and money' | null
  /** No list under the budget can be expected to earn more than this. */
  readonly bound: number
}

/**
 * Returns the rows of highest total profit under the budget.
 *
 * Without a limit of money, or where all costs are equal, the most profitable ones: exact. Else by profit − λ · cost, λ
 * the price of money at which the budget is used up, skipping who does not fit any more: below the bound by less than
 * the profit of two contacts. O(n log n).
 */
export function chooseContacts(given: ContactChoice): ChosenContacts {
  // 0.1 + 0.2 + 0.3 is 0.6000000000000001 in floating point, and 0.6 pays for it.
  const choice = { ...given, money: given.money * (1 + 1e-12) }
  const { candidates, profit, cost, contacts, money } = choice
  const most = topByValue(candidates, profit, contacts)
  if (sum(most, cost) <= money) {
    const isCutShort = most.length < candidates.length
    return { rows: most, limitedBy: isCutShort ? 'contacts' : null, bound: sum(most, profit) }
  }
  const equalCost = cost[candidates[0]!]!
  if (candidates.every((row) => cost[row] === equalCost)) {
    const rows = topByValue(most, profit, Math.floor(money / equalCost))
    return { rows, limitedBy: 'money', bound: sum(rows, profit) }
  }
  return chooseUnequal(choice)
}

function chooseUnequal(choice: ContactChoice): ChosenContacts {
  const { candidates, profit } = choice
  const { tooLow, highEnough, bound } = bestExchange(choice)
  const worth = worthAt(choice, highEnough)
  const filling = startFilling(choice, topOf(choice, worth))
  exchangeUpwards(filling, topOf(choice, worthAt(choice, tooLow)), worth)
  addWhatFits(filling, worth)
  const rows = candidates.filter((row) => filling.listed[row] === 1)
  const single = mostProfitableAlone(choice)
  const isBetterAlone = single !== -1 && profit[single]! > sum(rows, profit)
  return {
    rows: isBetterAlone ? Int32Array.of(single) : rows,
    limitedBy: filling.contactsLeft === 0 ? 'contacts and money' : 'money',
    bound,
  }
}

function worthAt({ candidates, profit, cost }: ContactChoice, price: number): Float64Array {
  const worth = new Float64Array(profit.length)
  for (const row of candidates) worth[row] = profit[row]! - price * cost[row]!
  return worth
}

/** The best rows at a price: those worth more than 0, no more than can be contacted. */
function topOf({ candidates, contacts }: ContactChoice, worth: Float64Array): Int32Array {
  const above = candidates.filter((row) => worth[row]! > 0)
  return topByValue(above, worth, contacts)
}

/** A list that is being filled. */
interface Filling {
  readonly candidates: Int32Array
  readonly cost: Float64Array
  readonly listed: Uint8Array
  contactsLeft: number
  moneyLeft: number
}

function startFilling({ candidates, cost, contacts, money }: ContactChoice, rows: Int32Array): Filling {
  const listed = new Uint8Array(cost.length)
  for (const row of rows) listed[row] = 1
  return {
    candidates,
    cost,
    listed,
    contactsLeft: contacts - rows.length,
    moneyLeft: money - sum(rows, cost),
  }
}

/**
 * Takes rows that are wanted at a lower price in, for rows that no longer are where there are no contacts left. Equal
 * customers change sides at one price all together: without this step a budget that ends among them stays unused.
 */
function exchangeUpwards(filling: Filling, wanted: Int32Array, worth: Float64Array): void {
  const { candidates, cost, listed } = filling
  const isWanted = new Uint8Array(listed.length)
  for (const row of wanted) isWanted[row] = 1
  const given = rowsByValue(
    candidates.filter((row) => listed[row] === 1 && isWanted[row] === 0),
    worth,
  )
  const taken = rowsByValue(
    wanted.filter((row) => listed[row] === 0),
    worth,
  )
  let last = given.length - 1
  for (const row of taken) {
    const out = filling.contactsLeft > 0 ? -1 : given[last]!
    const more = cost[row]! - (out === -1 ? 0 : cost[out]!)
    if (more > filling.moneyLeft) continue
    listed[row] = 1
    filling.moneyLeft -= more
    if (out === -1) filling.contactsLeft--
    else {
      listed[out] = 0
      last--
    }
  }
}

function addWhatFits(filling: Filling, worth: Float64Array): void {
  const { candidates, cost, listed } = filling
  if (filling.contactsLeft <= 0) return
  const others = candidates.filter((row) => listed[row] === 0)
  for (const row of rowsByValue(others, worth)) {
    if (cost[row]! > filling.moneyLeft) continue
    listed[row] = 1
    filling.moneyLeft -= cost[row]!
    if (--filling.contactsLeft === 0) return
  }
}

/** With a budget for a few contacts only, one dear customer may be worth more than the cheap ones who leave no room. */
function mostProfitableAlone({ candidates, profit, cost, money }: ContactChoice): number {
  let best = -1
  for (const row of candidates) {
    if (cost[row]! <= money && (best === -1 || profit[row]! > profit[best]!)) best = row
  }
  return best
}

function sum(rows: Int32Array, values: Float64Array): number {
  let total = 0
  for (let place = 0; place < rows.length; place++) total += values[rows[place]!]!
  return total
}
