import { type Random, shuffledIndices } from './random.js'

/** Rows and their customers. */
export interface OwnedRows {
  /** Shape (rows): the customer of each row, numbered from 0; null if each row is a different customer. */
  readonly customerOf: Int32Array | null
  /** Shape (rows): 1 = churned, 0 = stayed. A customer counts as churned if any row is. */
  readonly outcome: Uint8Array
}

/** Position of a customer in the random order of its kind (churned or not). */
export interface DrawnPlace {
  /** From 0. */
  readonly place: number
  /** Customers of the kind. */
  readonly of: number
  /** Customers of the kinds before: churned ones come first. */
  readonly before: number
}

/** How customers are drawn. */
export interface Drawing {
  /** False: draw all customers as one kind. Default true. */
  readonly stratified?: boolean
  /**
   * `together`: one random order of all customers, from which each kind is taken; `apart`: a random order for each
   * kind. Both are equally random; a caller keeps to one, so that a seed always draws the same. Default `together`.
   */
  readonly order?: 'together' | 'apart'
}

/**
 * Deals whole customers at random, those with and those without a churned row in turn: used for all folds and parts.
 *
 * @param partAt the part of the customer at a place: `({ place }) => place % folds`
 * @returns the part of each row, shape (rows)
 *
 * O(rows) time; 12 bytes per customer.
 */
export function dealCustomers(
  { customerOf, outcome }: OwnedRows,
  partAt: (drawn: DrawnPlace) => number,
  random: Random,
  { stratified = true, order = 'together' }: Drawing = {},
): Int32Array {
  const churned = churnedCustomers(customerOf, outcome)
  const kindOf = stratified ? churned.map((value) => 1 - value) : new Uint8Array(churned.length)
  const sizes = sizesOf(kindOf)
  const part = new Int32Array(kindOf.length)
  const dealt = [0, 0]
  const deal = (customer: number): void => {
    const kind = kindOf[customer]!
    part[customer] = partAt({ place: dealt[kind]!++, of: sizes[kind]!, before: kind * sizes[0]! })
  }
  if (order === 'together') for (const customer of shuffledIndices(kindOf.length, random)) deal(customer)
  else for (const kind of [0, 1]) for (const customer of shuffledKind(kindOf, kind, random)) deal(customer)
  return customerOf === null ? part : customerOf.map((customer) => part[customer]!)
}

/** Returns 1 for each customer with a churned row. */
export function churnedCustomers(customerOf: Int32Array | null, outcome: Uint8Array): Uint8Array {
  if (customerOf === null) return outcome
  const churned = new Uint8Array(customerCount(customerOf, outcome.length))
  for (let row = 0; row < outcome.length; row++) if (outcome[row] === 1) churned[customerOf[row]!] = 1
  return churned
}

/** Returns the number of customers with a row that stayed, and with one that churned; a customer may have both. */
export function customersByOutcome({ customerOf, outcome }: OwnedRows): [stayed: number, churned: number] {
  const has = [0, 1].map(() => new Uint8Array(customerCount(customerOf, outcome.length)))
  for (let row = 0; row < outcome.length; row++) has[outcome[row]!]![customerOf?.[row] ?? row] = 1
  const [stayed, churned] = has.map((of) => of.reduce((sum, one) => sum + one, 0))
  return [stayed!, churned!]
}

/** Returns whether both outcomes remain, whichever part is left out. */
export function leavesBothOutcomes(partOf: ArrayLike<number>, parts: number, outcome: Uint8Array): boolean {
  const rows = [new Int32Array(parts), new Int32Array(parts)]
  const all = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    all[outcome[row]!]!++
    if (partOf[row]! < parts) rows[outcome[row]!]![partOf[row]!]!++
  }
  return rows.every((ofPart, kind) => ofPart.every((own) => own < all[kind]!))
}

/** Returns the number of customers. */
export function customerCount(customerOf: Int32Array | null, rowCount: number): number {
  return customerOf === null ? rowCount : customerOf.reduce((most, own) => Math.max(most, own + 1), 0)
}

function sizesOf(kindOf: Uint8Array): [first: number, second: number] {
  const second = kindOf.reduce((sum, kind) => sum + kind, 0)
  return [kindOf.length - second, second]
}

function shuffledKind(kindOf: Uint8Array, kind: number, random: Random): Int32Array {
  const own = new Int32Array(kindOf.length)
  let count = 0
  for (let customer = 0; customer < kindOf.length; customer++)
    if (kindOf[customer] === kind) own[count++] = customer
  return shuffledIndices(count, random).map((place) => own[place]!)
}
