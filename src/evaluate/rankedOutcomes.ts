/**
 * Outcomes by probability: the one sorted form that all metrics read, so that sorting is done once.
 *
 * Rows of equal probability are one group. What a metric reads off here cannot depend on the order of rows, and
 * cannot break ties by accident.
 */
export interface RankedOutcomes {
  /** Shape (groups): the distinct probabilities, the highest first. */
  readonly probability: Float64Array
  /** Shape (groups): weight of the churners in each group. */
  readonly churned: Float64Array
  /** Shape (groups): weight of those in each group who stayed. */
  readonly stayed: Float64Array
  /** Weight of all churners, above 0. */
  readonly churners: number
  /** Weight of all customers. */
  readonly customers: number
  /** True where every weight is a whole number, so that a weight counts rows. */
  readonly wholeWeights: boolean
}

/** Returns the sorted form of rows that are already checked; `rankOutcomes` is the form that checks. */
export function rankRows(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): RankedOutcomes {
  const groups = mergeClasses(
    sortedClass(probability, outcome, weight, 1),
    sortedClass(probability, outcome, weight, 0),
  )
  if (weight !== undefined) putWeights(groups, probability, outcome, weight)
  const churners = total(groups.churned)
  return {
    ...groups,
    churners,
    customers: churners + total(groups.stayed),
    wholeWeights: weight === undefined || isWhole(weight),
  }
}

/** Returns the group that a probability lies in: a binary search in the descending `groups`. */
export function groupOf(groups: Float64Array, probability: number): number {
  let low = 0
  let high = groups.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (groups[middle]! > probability) low = middle + 1
    else high = middle
  }
  return low
}

type Groups = Pick<RankedOutcomes, 'probability' | 'churned' | 'stayed'>

// The classes are sorted apart and merged: Float64Array.sort without a comparator takes 1.8 s for 10 million rows,
// a sort of indices by a comparator 5.6 s.
function sortedClass(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
  wanted: 0 | 1,
): Float64Array {
  const values = new Float64Array(probability.length)
  let count = 0
  for (let row = 0; row < values.length; row++) {
    if (outcome[row] === wanted && weight?.[row] !== 0) values[count++] = probability[row]!
  }
  return values.subarray(0, count).sort()
}

function mergeClasses(churned: Float64Array, stayed: Float64Array): Groups {
  const rows = churned.length + stayed.length
  const probability = new Float64Array(rows)
  const counts = { churned: new Float64Array(rows), stayed: new Float64Array(rows) }
  let churner = churned.length - 1
  let stayer = stayed.length - 1
  let group = 0
  for (; churner >= 0 || stayer >= 0; group++) {
    const highest = Math.max(churned[churner] ?? -1, stayed[stayer] ?? -1)
    probability[group] = highest
    for (; churner >= 0 && churned[churner] === highest; churner--) counts.churned[group]! += 1
    for (; stayer >= 0 && stayed[stayer] === highest; stayer--) counts.stayed[group]! += 1
  }
  return {
    probability: probability.slice(0, group),
    churned: counts.churned.slice(0, group),
    stayed: counts.stayed.slice(0, group),
  }
}

function putWeights(
  groups: Groups,
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number>,
): void {
  groups.churned.fill(0)
  groups.stayed.fill(0)
  for (let row = 0; row < weight.length; row++) {
    if (weight[row] === 0) continue
    const side = outcome[row] === 1 ? groups.churned : groups.stayed
    side[groupOf(groups.probability, probability[row]!)]! += weight[row]!
  }
}

function total(values: Float64Array): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return sum
}

function isWhole(weight: ArrayLike<number>): boolean {
  for (let row = 0; row < weight.length; row++) if (!Number.isInteger(weight[row])) return false
  return true
}
