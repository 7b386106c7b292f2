import { type FeatureColumn, type FeatureMatrix, takeRows, takeValues } from './matrix.js'
import { sampledRows } from './sampledRows.js'
import { rowsOfSharedHash } from './sharedHashes.js'

/** Identical rows. */
export interface IdenticalRows {
  /** Shape (rows): equal numbers for identical rows, from 0 in order of first appearance. */
  readonly numberOf: Int32Array
  /** Rows that equal another row, of another owner if owners are known. */
  readonly rows: number
  /** Pairs of rows identical by chance, estimated from near misses. */
  readonly pairsByChance: number
}

/** With fewer distinct rows, nothing can be distinguished from chance. */
const fewestDifferent = 20
/** More than this multiple of the expected number is not chance. */
const farMore = 2
/**
 * The same if columns go together or rows have known owners: inactive customers differ only in their tenure, and share
 * one ten times as often as customers in general (in simulated operators of 1,000 to 4,000 customers, 4 to 14 times the
 * estimate from near misses).
 */
const farMoreTogether = 20
/** Largest probability of as many pairs by chance. */
const byChance = 1e-3
/** With more pairs than this, exceeding the multiple is enough. */
const pairsCounted = 30
/** A column in which this share of pairs agrees hardly distinguishes rows: a few pairs would decide. */
const mostAgreeing = 0.9

/**
 * Returns the rows that are identical in all columns, if they are far more than by chance; else null.
 *
 * Copied rows, and customers whose features do not change, give pairs of identical rows; so does chance if columns
 * distinguish few customers. But chance also gives near misses. With q the share of pairs of rows that agree in column j:
 *
 *     expected pairs = max over j of  pairs that differ in column j only · q / (1 − q)
 *
 * Rows count as copies if the pairs are more than twice the expected number and would occur by chance in less than one
 * in a thousand tables, judged on a sample of at most 131,072 rows. Columns that go together, as years do with months,
 * are varied together; then, and if owners are known, twenty times the expected number is required. A pair is two rows
 * of different owners, because rows of one owner are naturally alike.
 *
 * O(rows × columns) time, less if a few columns tell all rows apart, plus 512 × columns² if rows are identical; 20 bytes
 * per row. Rows are compared by 53-bit keys.
 *
 * @param ownerOf shape (rows): the owner of each row, numbered from 0; null = unknown
 */
export function identicalRows(features: FeatureMatrix, ownerOf: Int32Array | null): IdenticalRows | null {
  const numberOf = rowNumbers(features)
  if (numberOf === null) return null
  return identicalByNumbers(numberOf, ownerOf, () => takeRows(features, sampledRows(features.rowCount)))
}

/** How many columns nearly always distinguish all rows, if any do; and how many rows are used to choose them. */
const [tellingColumns, rowsOfTelling] = [3, 64]

/**
 * Returns a number from 0 per distinct row, in order of first appearance; null if all are different.
 *
 * If a few columns distinguish all rows, the others are not read: a tenth of the time for 500,000 rows × 20 columns.
 */
function rowNumbers(features: FeatureMatrix): Int32Array | null {
  const { rowCount } = features
  const halves = newHalves(rowCount)
  for (const place of mostTelling(features)) addColumn(halves, features.columns[place]!, place, 1)
  const suspects = rowsOfSharedHash(halves.high)
  if (suspects.length === 0) return null
  const among = keyNumbers(rowKeys(suspects.length === rowCount ? features : takeRows(features, suspects)))
  const numberOf = new Int32Array(rowCount)
  const firstOf = new Int32Array(suspects.length).fill(-1)
  let [count, suspect] = [0, 0]
  for (let row = 0; row < rowCount; row++) {
    if (suspects[suspect] !== row) numberOf[row] = count++
    else {
      const group = among[suspect++]!
      if (firstOf[group] === -1) firstOf[group] = count++
      numberOf[row] = firstOf[group]!
    }
  }
  return count === rowCount ? null : numberOf
}

/** Returns the positions of the columns with the most distinct values among some rows. */
function mostTelling(features: FeatureMatrix): number[] {
  const some = takeRows(features, sampledRows(features.rowCount, rowsOfTelling))
  const distinct = some.columns.map((column, place) => {
    const halves = newHalves(some.rowCount)
    addColumn(halves, column, place, 1)
    return { place, values: new Set(keysOf(halves)).size }
  })
  return distinct
    .sort((a, b) => b.values - a.values)
    .slice(0, tellingColumns)
    .map(({ place }) => place)
}

/** Like `identicalRows`, if only keys and the sample of `sampledRows` are available. */
export function identicalByKeys(
  keys: Float64Array,
  ownerOf: Int32Array | null,
  sampleOf: () => FeatureMatrix,
): IdenticalRows | null {
  return identicalByNumbers(keyNumbers(keys), ownerOf, sampleOf)
}

function identicalByNumbers(
  numberOf: Int32Array,
  ownerOf: Int32Array | null,
  sampleOf: () => FeatureMatrix,
): IdenticalRows | null {
  const sizes = sharedSizes(numberOf, ownerOf)
  const rows = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0)
  const different = sizes.reduce((sum, size) => sum + Number(size !== 0), 0)
  if (rows === 0 || different < fewestDifferent) return null
  const pairsByChance = chancePairs(
    sampleOf(),
    ownerOf === null ? null : takeValues(ownerOf, sampledRows(numberOf.length)),
  )
  return pairsByChance === null ? null : { numberOf, rows, pairsByChance }
}

/** Returns how many rows have each number, −1 if all belong to one owner. */
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

/** Returns a key per row: the same for identical rows, nearly always different for others. */
export function rowKeys({ rowCount, columns }: FeatureMatrix): Float64Array {
  const halves = newHalves(rowCount)
  columns.forEach((column, place) => {
    addColumn(halves, column, place, 1)
  })
  return keysOf(halves)
}

/** Sums of two hashes of each row's values, so that a column can be subtracted again. */
interface Halves {
  readonly low: Int32Array
  readonly high: Int32Array
}

function newHalves(rowCount: number): Halves {
  return { low: new Int32Array(rowCount), high: new Int32Array(rowCount) }
}

/** Represents a missing value: bits of no finite number. */
const missingBits = 0x7ff80001

function addColumn({ low, high }: Halves, column: FeatureColumn, place: number, sign: 1 | -1): void {
  const { missing } = column
  const values = column.kind === 'number' ? column.values : column.codes
  const number = new Float64Array(1)
  const bits = new Int32Array(number.buffer)
  for (let row = 0; row < low.length; row++) {
    // Adding 0 turns −0 into 0.
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

/** Returns a key per text or number: the same for equal ones, nearly always different for others. */
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

/** Returns the expected pairs of identical rows by chance; null if those found may be no more. */
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
  // Rows of one owner are alike: chance draws pairs of owners.
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
  // If columns go together, as years do with months, rows seldom differ in only one.
  const isFarTogether = goingWith(features).every((together) => together.length === 1 || isFar(together))
  return isFarTogether ? most : null
}

/** Rows used to find columns that go together. */
const mostLookedAt = 512
/** A column goes with another if non-identical rows that agree in the other nearly always agree in it too. */
const nearlyAlways = 0.9
/** A column in which rows agree this often anyway goes with none. */
const oftenAnyway = 0.5

/** Returns for each column those that go with it, including itself. O(columns²) time. */
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

/** True if a Poisson distribution with mean `expected` hardly gives as many pairs as found. */
function isBeyond(found: number, expected: number): boolean {
  if (found > pairsCounted) return true
  let [term, fewer] = [Math.exp(-expected), 0]
  for (let pairs = 0; pairs < found; pairs++) {
    fewer += term
    term *= expected / (pairs + 1)
  }
  return 1 - fewer < byChance
}

/** Pairs of equal keys; of different owners if known. */
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
