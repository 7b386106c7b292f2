import { ranksOf, rowsByRank } from '../rows/ranksOf.js'

/** What can be chosen from, and what limits the choice. Infinity where there is no limit. */
export interface ContactChoice {
  /** Rows whose contact is expected to earn more than 0, ascending. */
  readonly candidates: Int32Array
  /** Shape (n): what the contact of a row is expected to earn. */
  readonly profit: Float64Array
  /** Shape (n): what it takes from the budget. */
  readonly cost: Float64Array
  readonly contacts: number
  readonly money: number
}

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

/**
 * Returns the `count` rows of highest `values[row]`, of equal ones the first, in the order in which they came; all of
 * them where there are no more. O(rows), without a sort.
 */
export function topByValue(rows: Int32Array, values: Float64Array, count: number): Int32Array {
  if (count >= rows.length) return rows
  if (count <= 0) return new Int32Array(0)
  const edge = selectHighest(
    Float64Array.from(rows, (row) => values[row]!),
    count,
  )
  let above = 0
  for (const row of rows) if (values[row]! > edge) above++
  let equalLeft = count - above
  return rows.filter((row) => values[row]! > edge || (values[row] === edge && equalLeft-- > 0))
}

/** Returns the value with `rank` values at or above it (quickselect by Hoare); reorders the values. */
export function selectHighest(values: Float64Array, rank: number): number {
  const place = values.length - rank
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = values[(left + right) >>> 1]!
    let up = left
    let down = right
    while (up <= down) {
      while (values[up]! < pivot) up++
      while (values[down]! > pivot) down--
      if (up > down) break
      const kept = values[up]!
      values[up++] = values[down]!
      values[down--] = kept
    }
    if (place <= down) right = down
    else if (place >= up) left = up
    else break
  }
  return values[place]!
}

/** Returns rows by falling value of `values[row]`, equal ones in the order given. O(n log n), without a comparator. */
export function rowsByValue(rows: Int32Array, values: Float64Array): Int32Array {
  const order = rowsByRank(ranksOf(Float64Array.from(rows, (row) => -values[row]!))).rows
  return order.map((place) => rows[place]!)
}
