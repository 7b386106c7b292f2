import { groupAt, type RankedOutcomes } from '../rows/rankedOutcomes.js'

/** Checked rows, scored by one model or by several on the same rows. */
export interface ResampleRows {
  readonly outcome: ArrayLike<number>
  readonly weight: ArrayLike<number> | undefined
  /** Shape (n): the customer of each row; undefined where each row is a customer. */
  readonly customers: ArrayLike<string | number> | undefined
  /** Per model: the probabilities, shape (n), and their sorted form. */
  readonly scorings: readonly Scoring[]
}

/** The probabilities of one model with their sorted form. */
export interface Scoring {
  readonly probability: ArrayLike<number>
  readonly ranked: RankedOutcomes
}

/** What a bootstrap draws: units of one row or, where customers have several, of all rows of a customer. */
export interface ResampleUnits {
  /** Shape (units): how often each unit occurs. Units with a churner come first. */
  readonly copies: Float64Array
  /** Number of units with a churner: the others are the second stratum. */
  readonly unitsWithChurner: number
  /** Shape (units + 1): where the rows of each unit begin. */
  readonly rowStart: Int32Array
  /** Shape (rows): 1 where the row is a churner. */
  readonly churned: Uint8Array
  /** Shape (rows): what one occurrence of the row weighs. */
  readonly weight: Float64Array
  /** Per model, shape (rows): place of the row in the sorted form of that model. */
  readonly groups: readonly Int32Array[]
  /**
   * Where a unit is all rows of a class in a group: the unit of each group and class, one more than there are units for
   * none. Shape (groups) each. Null where it is not.
   */
  readonly cells: { readonly churnedAt: Int32Array; readonly stayedAt: Int32Array } | null
}

/** How resamples are drawn. */
export interface ResamplePlan {
  readonly resamples: number
  readonly stratified: boolean
  readonly seed: number
}

/** What a resample holds of each group of a sorted form: `counts[churnedAt[group]]` churners, and stayers likewise. */
export interface DrawnCells {
  readonly counts: Int32Array | Float64Array
  readonly churnedAt: Int32Array
  readonly stayedAt: Int32Array
  readonly churners: number
  readonly customers: number
}

/** What headline figures are read from beside the counts of a resample. */
export interface FigureSheet {
  /** Shape (groups), of the sorted form. */
  readonly probability: Float64Array
  /** Shape (groups): minus what one churner, or one stayer, adds to the log loss; 0 where there is none. */
  readonly lossOfChurner: Float64Array
  readonly lossOfStayer: Float64Array
  /** The number of customers in the top share of so many. */
  readonly placesOf: (customers: number) => number
  readonly read: (drawn: DrawnCells) => ArrayLike<number>
}

/**
 * Returns the units of a bootstrap, in an order that does not depend on the order of the rows.
 *
 * Whole weights count rows, and each is drawn by itself; other weights stay with their row. Rows of one customer stay
 * together, with their weights, whatever these are. Rows of weight 0 are left out.
 */
export function resampleUnits(rows: ResampleRows): ResampleUnits {
  const [first, ...others] = rows.scorings
  if (rows.customers !== undefined) return unitsOfCustomers(rows, rows.customers)
  return others.length === 0 && first!.ranked.wholeWeights ? unitsOfCells(first!.ranked) : unitsOfRows(rows)
}

/** Returns the stretches of units that are drawn apart, as first and end. */
export function strataOf(
  { copies, unitsWithChurner }: ResampleUnits,
  stratified: boolean,
): (readonly [first: number, end: number])[] {
  const { length } = copies
  return stratified
    ? [
        [0, unitsWithChurner],
        [unitsWithChurner, length],
      ]
    : [[0, length]]
}

/** Equal probability and class: one unit, which needs no look at the rows. */
function unitsOfCells({ churned, stayed }: RankedOutcomes): ResampleUnits {
  const cells: number[] = []
  const copies: number[] = []
  const add = (counts: Float64Array): Int32Array => {
    const unitAt = new Int32Array(counts.length).fill(-1)
    for (let group = 0; group < counts.length; group++) {
      if (counts[group] === 0) continue
      unitAt[group] = cells.length
      cells.push(group)
      copies.push(counts[group]!)
    }
    return unitAt
  }
  const churnedAt = add(churned)
  const unitsWithChurner = cells.length
  const stayedAt = add(stayed)
  const orNone = (unit: number): number => (unit < 0 ? cells.length : unit)
  return {
    copies: Float64Array.from(copies),
    unitsWithChurner,
    rowStart: Int32Array.from({ length: cells.length + 1 }, (_, unit) => unit),
    churned: new Uint8Array(cells.length).fill(1, 0, unitsWithChurner),
    weight: new Float64Array(cells.length).fill(1),
    groups: [Int32Array.from(cells)],
    cells: { churnedAt: churnedAt.map(orNone), stayedAt: stayedAt.map(orNone) },
  }
}

function unitsOfRows(rows: ResampleRows): ResampleUnits {
  const { order, groups, compare } = sortedRows(rows, undefined)
  const { outcome, weight, scorings } = rows
  const whole = scorings[0]!.ranked.wholeWeights
  const kept: number[] = []
  const copies: number[] = []
  for (const row of order) {
    const count = whole ? (weight?.[row] ?? 1) : 1
    if (whole && kept.length > 0 && compare(kept.at(-1)!, row) === 0) copies[copies.length - 1]! += count
    else {
      kept.push(row)
      copies.push(count)
    }
  }
  const churned = Uint8Array.from(kept, (row) => outcome[row]!)
  const firstStayer = churned.indexOf(0)
  return {
    copies: Float64Array.from(copies),
    unitsWithChurner: firstStayer,
    rowStart: Int32Array.from({ length: kept.length + 1 }, (_, unit) => unit),
    churned,
    weight: Float64Array.from(kept, (row) => (whole ? 1 : weight![row]!)),
    groups: groups.map((places) => Int32Array.from(kept, (row) => places[row]!)),
    cells: null,
  }
}

function unitsOfCustomers(rows: ResampleRows, customers: ArrayLike<string | number>): ResampleUnits {
  const { outcome, weight } = rows
  const { order, groups } = sortedRows(rows, strataAndCustomers(rows, customers))
  const starts: number[] = []
  let unitsWithChurner = 0
  order.forEach((row, place) => {
    if (place > 0 && customers[row] === customers[order[place - 1]!]) return
    // Within a customer churned rows come first: the first row says whether there is one.
    if (outcome[row] === 1) unitsWithChurner++
    starts.push(place)
  })
  return {
    copies: new Float64Array(starts.length).fill(1),
    unitsWithChurner,
    rowStart: Int32Array.from([...starts, order.length]),
    churned: Uint8Array.from(order, (row) => outcome[row]!),
    weight: Float64Array.from(order, (row) => weight?.[row] ?? 1),
    groups: groups.map((places) => Int32Array.from(order, (row) => places[row]!)),
    cells: null,
  }
}

/** Returns a number per row that sorts customers with a churned row before the others, and each by its id. */
function strataAndCustomers(
  { outcome, weight }: ResampleRows,
  customers: ArrayLike<string | number>,
): Float64Array {
  const hasChurned = new Map<string | number, boolean>()
  for (let row = 0; row < outcome.length; row++) {
    if (weight?.[row] === 0) continue
    hasChurned.set(customers[row]!, outcome[row] === 1 || hasChurned.get(customers[row]!) === true)
  }
  const ids = [...hasChurned.keys()].sort(compareIds)
  const rank = new Map(ids.map((id, place) => [id, place + (hasChurned.get(id) ? 0 : ids.length)]))
  return Float64Array.from({ length: outcome.length }, (_, row) => rank.get(customers[row]!) ?? -1)
}

function compareIds(a: string | number, b: string | number): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : 1
}

/** Rows of weight above 0 by `before` (where given), churners first, then by their places and their weight. */
function sortedRows({ outcome, weight, scorings }: ResampleRows, before: Float64Array | undefined) {
  const groups = scorings.map(({ probability, ranked }) =>
    Int32Array.from({ length: outcome.length }, (_, row) => groupAt(ranked.probability, probability[row]!)),
  )
  const whole = scorings[0]!.ranked.wholeWeights
  const compare = (a: number, b: number): number => {
    if (before !== undefined && before[a] !== before[b]) return before[a]! - before[b]!
    if (outcome[a] !== outcome[b]) return outcome[b]! - outcome[a]!
    for (const places of groups) if (places[a] !== places[b]) return places[a]! - places[b]!
    return weight === undefined || whole ? 0 : weight[a]! - weight[b]!
  }
  const rows = Int32Array.from({ length: outcome.length }, (_, row) => row)
  const order = (weight === undefined ? rows : rows.filter((row) => weight[row] !== 0)).sort(compare)
  return { order, groups, compare }
}
