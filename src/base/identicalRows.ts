import { type FeatureColumn, type FeatureMatrix, takeRows, takeValues } from './matrix.js'
import { sampledRows } from './sampledRows.js'

/** Rows that are identical, as a number of each row: identical rows have one. */
export interface IdenticalRows {
  /** Shape (rows), from 0 in order of first appearance. */
  readonly numberOf: Int32Array
  /** Rows that have the values of another, of another owner where owners are known. */
  readonly rows: number
  /** Pairs of rows that chance leaves identical, by the near misses. */
  readonly pairsByChance: number
}

/** Different rows below which nothing can be told from chance, or dealt. */
const fewestDifferent = 20
/** So many times what chance leaves is no chance. */
const farMore = 2
/**
 * The same where one column goes with another, or rows have owners, who did not copy themselves: customers who do nothing
 * are alike but for how long they have been there, and that they are of the same age comes ten times as often as among all
 * (simulated operators of 1,000 to 4,000 customers: 4 to 14 times what the near misses say).
 */
const farMoreTogether = 20
/** So seldom does chance leave as many pairs, or it may have been chance. */
const byChance = 1e-3
/** Of more pairs than this, so many times the chance alone is beyond it. */
const pairsCounted = 30
/** A column in which so many pairs of rows agree tells hardly any two apart: a few of them would decide all. */
const mostAgreeing = 0.9

/**
 * Returns which rows are identical in all columns, where they are far more than chance leaves; null where they are not.
 *
 * Copies of rows, and customers whose features do not change, leave pairs of identical rows; so does chance where columns
 * tell few customers apart. Chance leaves near misses too. With q the share of pairs of rows that agree in column j:
 *
 *     expected pairs = max over j of  pairs that differ in column j only · q / (1 − q)
 *
 * Rows are taken for identical on purpose where pairs are more than twice that and so many that chance leaves them less
 * than once in a thousand tables, of a sample of at most 131,072 rows. A column counts together with those that go with it,
 * as years do with months; then, and where owners are known, twenty times that are asked for. A pair is two rows of
 * different owners: that the rows of one are alike says nothing.
 *
 * O(rows × columns) time where no rows are identical, else 512 × columns² on top; 20 bytes a row. Rows are compared by keys of 53 bits.
 *
 * @param ownerOf shape (rows): whose each row is, numbered from 0; null = nobody knows
 */
export function identicalRows(features: FeatureMatrix, ownerOf: Int32Array | null): IdenticalRows | null {
  return identicalByKeys(rowKeys(features), ownerOf, () => takeRows(features, sampledRows(features.rowCount)))
}

/** Does what `identicalRows` does for rows of which only the keys and a sample, that of `sampledRows`, are there. */
export function identicalByKeys(
  keys: Float64Array,
  ownerOf: Int32Array | null,
  sampleOf: () => FeatureMatrix,
): IdenticalRows | null {
  const numberOf = keyNumbers(keys)
  const sizes = sharedSizes(numberOf, ownerOf)
  const rows = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0)
  const different = sizes.reduce((sum, size) => sum + Number(size !== 0), 0)
  if (rows === 0 || different < fewestDifferent) return null
  const pairsByChance = chancePairs(
    sampleOf(),
    ownerOf === null ? null : takeValues(ownerOf, sampledRows(keys.length)),
  )
  return pairsByChance === null ? null : { numberOf, rows, pairsByChance }
}

/** Returns how many rows have each number, −1 where all of them are one owner's: of one row, or of rows of one id. */
function sharedSizes(numberOf: Int32Array, ownerOf: Int32Array | null): Int32Array {
  const [sizes, firstOwner] = [new Int32Array(numberOf.length), new Int32Array(numberOf.length)]
  const isShared = new Uint8Array(numberOf.length)
  numberOf.forEach((number, row) => {
    const owner = ownerOf?.[row] ?? row
    if (sizes[number]!++ === 0) firstOwner[number] = owner
    else if (firstOwner[number] !== owner) isShared[number] = 1
  })
  return sizes.map((size, number) => (size > 0 && isShared[number] === 0 ? -1 : size))
}

/** Returns a key per row: identical rows have the same, others nearly always another. */
export function rowKeys({ rowCount, columns }: FeatureMatrix): Float64Array {
  const halves = newHalves(rowCount)
  columns.forEach((column, place) => {
    addColumn(halves, column, place, 1)
  })
  return keysOf(halves)
}

/** Sums of two hashes of each row's values, so that a column can be taken out again. */
interface Halves {
  readonly low: Int32Array
  readonly high: Int32Array
}

function newHalves(rowCount: number): Halves {
  return { low: new Int32Array(rowCount), high: new Int32Array(rowCount) }
}

/** What stands for a missing value: the bits of no finite number. */
const missingBits = 0x7ff80001

function addColumn({ low, high }: Halves, column: FeatureColumn, place: number, sign: 1 | -1): void {
  const { missing } = column
  const values = column.kind === 'number' ? column.values : column.codes
  const number = new Float64Array(1)
  const bits = new Int32Array(number.buffer)
  for (let row = 0; row < low.length; row++) {
    // Adding 0 makes −0 and 0 one.
    number[0] = values[row]! + 0
    const isAbsent = missing?.has(row) === true
    const one = isAbsent ? missingBits : bits[0]!
    const other = isAbsent ? missingBits : bits[1]!
    const first = mixed(Math.imul(one ^ place, 0x9e3779b1) ^ other)
    const second = mixed(Math.imul(first + place, 0x85ebca6b) ^ other ^ Math.imul(one, 0xc2b2ae35))
    low[row] = (sign === 1 ? low[row]! + first : low[row]! - first) | 0
    high[row] = (sign === 1 ? high[row]! + second : high[row]! - second) | 0
  }
}

/** Returns a key per text or number: equal ones have the same, others nearly always another. */
export function idKeys(ids: ArrayLike<string | number>): Float64Array {
  const number = new Float64Array(1)
  const bits = new Int32Array(number.buffer)
  return Float64Array.from({ length: ids.length }, (_, row) => {
    const id = ids[row]!
    let [low, high] = [typeof id === 'string' ? 1 : 2, 0]
    const take = (part: number): void => {
      low = mixed(Math.imul(low ^ part, 0x9e3779b1))
      high = mixed(Math.imul(high ^ part, 0x85ebca6b) ^ low)
    }
    if (typeof id === 'string') for (let index = 0; index < id.length; index++) take(id.charCodeAt(index))
    else {
      number[0] = id + 0
      take(bits[0]!)
      take(bits[1]!)
    }
    return keyOf(low >>> 0, high >>> 0)
  })
}

function mixed(value: number): number {
  let z = value ^ (value >>> 16)
  z = Math.imul(z, 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) | 0
}

function keysOf({ low, high }: Halves): Float64Array {
  const keys = new Float64Array(low.length)
  for (let row = 0; row < keys.length; row++) keys[row] = keyOf(low[row]! >>> 0, high[row]! >>> 0)
  return keys
}

function keyOf(low: number, high: number): number {
  return (high >>> 11) * 4_294_967_296 + low
}

/** Returns a number from 0 per distinct key, in order of first appearance. */
export function keyNumbers(keys: Float64Array): Int32Array {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * keys.length + 2))).fill(-1)
  const numberOf = new Int32Array(keys.length)
  let count = 0
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]!
    // The lower half of the key; a remainder takes ten times as long
    let slot = (key - Math.floor(key / 4_294_967_296) * 4_294_967_296) & (slots.length - 1)
    while (slots[slot] !== -1 && keys[slots[slot]!] !== key) slot = (slot + 1) & (slots.length - 1)
    if (slots[slot] === -1) {
      slots[slot] = row
      numberOf[row] = count++
    } else numberOf[row] = numberOf[slots[slot]!]!
  }
  return numberOf
}

/** Returns the pairs of identical rows that chance leaves; null where those found may be no more. */
function chancePairs(features: FeatureMatrix, ownerOf: Int32Array | null): number | null {
  const { rowCount, columns } = features
  const halves = newHalves(rowCount)
  const add = (to: Halves, places: readonly number[], sign: 1 | -1): void => {
    for (const place of places) addColumn(to, columns[place]!, place, sign)
  }
  const places = columns.map((_, place) => place)
  add(halves, places, 1)
  const found = equalPairs(keysOf(halves), ownerOf)
  if (found === 0) return null
  const all = equalPairs(new Float64Array(rowCount), ownerOf)
  // Rows of one owner are much alike: pairs of owners are what chance draws.
  const pairsEach = ownerOf === null ? 1 : (rowCount / new Set(ownerOf).size) ** 2
  let most = 0
  const isFar = (together: readonly number[]): boolean => {
    const alone = newHalves(rowCount)
    add(alone, together, 1)
    const agreeing = equalPairs(keysOf(alone), ownerOf) / all
    if (agreeing > mostAgreeing) return true
    add(halves, together, -1)
    const nearMisses = equalPairs(keysOf(halves), ownerOf) - found
    add(halves, together, 1)
    most = Math.max(most, nearMisses * (agreeing / (1 - agreeing)))
    const times = together.length > 1 || ownerOf !== null ? farMoreTogether : farMore
    return found > times * most && isBeyond(Math.floor(found / pairsEach), most / pairsEach)
  }
  if (!places.every((place) => isFar([place]))) return null
  // Where one column goes with another, as years do with months, rows seldom differ in one alone.
  const isFarTogether = goingWith(features).every((together) => together.length === 1 || isFar(together))
  return isFarTogether ? most : null
}

/** Rows of which it is looked up which columns go together. */
const mostLookedAt = 512
/** A column goes with another where rows that agree in that one, and are not identical, nearly always agree in it too. */
const nearlyAlways = 0.9
/** Rows agree so often in a column anyway: it goes with none. */
const oftenAnyway = 0.5

/** Returns for each column those that go with it, itself among them. O(columns²) time. */
function goingWith(features: FeatureMatrix): number[][] {
  const rows = takeRows(features, sampledRows(features.rowCount, mostLookedAt))
  const numbers = rows.columns.map((column, place) => {
    const halves = newHalves(rows.rowCount)
    addColumn(halves, column, place, 1)
    return keyNumbers(keysOf(halves))
  })
  const all = (rows.rowCount * (rows.rowCount - 1)) / 2
  const identical = pairsOf(keyNumbers(rowKeys(rows)))
  const alone = numbers.map(pairsOf)
  const agreeing = (one: number, other: number): number =>
    pairsOf(
      keyNumbers(Float64Array.from(numbers[one]!, (own, row) => own * mostLookedAt + numbers[other]![row]!)),
    )
  return numbers.map((_, place) => {
    const others = alone[place]! - identical
    return Array.from(numbers.keys()).filter(
      (other) =>
        other === place ||
        (others > 0 &&
          alone[other]! < oftenAnyway * all &&
          agreeing(place, other) - identical >= nearlyAlways * others),
    )
  })
}

/** True where chance, which leaves `expected` pairs in the mean (of Poisson's distribution), hardly leaves as many as found. */
function isBeyond(found: number, expected: number): boolean {
  if (found > pairsCounted) return true
  let [term, fewer] = [Math.exp(-expected), 0]
  for (let pairs = 0; pairs < found; pairs++) {
    fewer += term
    term *= expected / (pairs + 1)
  }
  return 1 - fewer < byChance
}

/** Pairs of equal keys; of different owners where they are known. */
function equalPairs(keys: Float64Array, ownerOf: Int32Array | null): number {
  const numberOf = keyNumbers(keys)
  const pairs = pairsOf(numberOf)
  if (ownerOf === null) return pairs
  const owned = Float64Array.from(numberOf, (own, row) => {
    const [first, second] = [Math.imul(own, 0x9e3779b1), Math.imul(ownerOf[row]!, 0x85ebca6b)]
    return keyOf(mixed(first ^ second) >>> 0, mixed(first + second) >>> 0)
  })
  return pairs - pairsOf(keyNumbers(owned))
}

function pairsOf(numberOf: Int32Array): number {
  const sizes = new Float64Array(numberOf.length)
  let pairs = 0
  for (const number of numberOf) pairs += sizes[number]!++
  return pairs
}
