import type { FeatureSpec } from '../../../base/matrix.js'
import type { TreeEnsemble } from '../ensemble.js'
import { type Grid, gridOf } from './scoringGrid.js'

/** Rows that a mask holds, and its bytes. */
export const groupRows = 512
export const slotBytes = groupRows / 8

/** The distinct questions that trees ask of one feature of numbers, ascending: condition c holds where value ≤ thresholds[c]. */
export interface NumberConditions {
  readonly kind: 'number'
  readonly feature: number
  /** Place of the first condition's mask; after the last one lies a slot for rows that meet none. */
  readonly slot: number
  readonly count: number
  /** Shape (2 × searchWidth), filled up with infinities. */
  readonly thresholds: Float64Array
  /** Shape (count): 255 where missing values go left. */
  readonly directions: Uint8Array
  readonly searchWidth: number
  /** Null where the thresholds lie so that only a search finds the rank. */
  readonly grid: Grid | null
}

/** The distinct sets of categories that trees ask of one feature of texts. */
export interface SetConditions {
  readonly kind: 'text'
  readonly feature: number
  readonly slot: number
  readonly count: number
  readonly categoryCount: number
  /** Records that the kernel `setMasks` reads. */
  readonly records: Uint32Array
}

export type FeatureConditions = NumberConditions | SetConditions

/** The questions of an ensemble, each once. */
export interface Conditions {
  readonly features: readonly FeatureConditions[]
  /** Shape (nodes): place of the mask of the node's question; 0 in a leaf. */
  readonly slotOf: Int32Array
  readonly slotCount: number
}

/** Slots 0 and 1 are the masks of no rows and of all. */
export const noRowsSlot = 0
export const allRowsSlot = 1
const firstFreeSlot = 2

// Ranks have 16 bits; one of them is left for missing values.
const mostRanks = 65_534

/** Returns the questions of an ensemble, or null where a feature is asked more of them than ranks can count. */
export function conditionsOf(ensemble: TreeEnsemble, specs: readonly FeatureSpec[]): Conditions | null {
  const slotOf = new Int32Array(ensemble.right.length)
  const features: FeatureConditions[] = []
  let slot = firstFreeSlot
  for (const [feature, nodes] of nodesByFeature(ensemble, specs.length)) {
    const spec = specs[feature]!
    const conditions =
      spec.kind === 'text'
        ? setConditions(ensemble, feature, spec.categories.length, nodes, slot, slotOf)
        : numberConditions(ensemble, feature, nodes, slot, slotOf)
    const ranks = conditions.kind === 'text' ? conditions.categoryCount : conditions.count
    if (ranks > mostRanks) return null
    features.push(conditions)
    slot += conditions.count + 1
  }
  return { features, slotOf, slotCount: slot }
}

function nodesByFeature(ensemble: TreeEnsemble, featureCount: number): [number, Int32Array][] {
  const counts = new Int32Array(featureCount)
  for (let node = 0; node < ensemble.right.length; node++) {
    if (ensemble.right[node] !== 0) counts[ensemble.feature[node]!]!++
  }
  const nodes = Array.from(counts, (count) => new Int32Array(count))
  counts.fill(0)
  for (let node = 0; node < ensemble.right.length; node++) {
    const feature = ensemble.feature[node]!
    if (ensemble.right[node] !== 0) nodes[feature]![counts[feature]!++] = node
  }
  return [...nodes.entries()].filter(([, own]) => own.length > 0)
}

function numberConditions(
  { threshold, missingLeft }: TreeEnsemble,
  feature: number,
  nodes: Int32Array,
  slot: number,
  slotOf: Int32Array,
): NumberConditions {
  nodes.sort((a, b) => threshold[a]! - threshold[b]! || missingLeft[a]! - missingLeft[b]!)
  const distinct: number[] = []
  const directions: number[] = []
  let before = -1
  for (const node of nodes) {
    const isNew =
      before < 0 || threshold[node] !== threshold[before] || missingLeft[node] !== missingLeft[before]
    if (isNew) {
      distinct.push(threshold[node]!)
      directions.push(missingLeft[node] === 1 ? 255 : 0)
    }
    slotOf[node] = slot + distinct.length - 1
    before = node
  }
  const count = distinct.length
  const searchWidth = 2 ** Math.floor(Math.log2(count))
  const thresholds = new Float64Array(2 * searchWidth).fill(Number.POSITIVE_INFINITY)
  thresholds.set(distinct)
  const grid = gridOf(thresholds, count)
  const shape = { kind: 'number', feature, slot, count } as const
  return { ...shape, thresholds, directions: Uint8Array.from(directions), searchWidth, grid }
}

function setConditions(
  ensemble: TreeEnsemble,
  feature: number,
  categoryCount: number,
  nodes: Int32Array,
  slot: number,
  slotOf: Int32Array,
): SetConditions {
  const places = new Map<string, number>()
  const records: number[] = []
  for (const node of nodes) {
    const record = setRecord(ensemble, node, categoryCount)
    const key = record.join(' ')
    const known = places.get(key)
    slotOf[node] = slot + (known ?? places.size)
    if (known !== undefined) continue
    places.set(key, places.size)
    for (const word of record) records.push(word)
  }
  const shape = { kind: 'text', feature, slot, count: places.size, categoryCount } as const
  return { ...shape, records: Uint32Array.from(records) }
}

/** Direction of missing values, complement, and the categories on the smaller side of the node. */
function setRecord(ensemble: TreeEnsemble, node: number, categoryCount: number): number[] {
  const sides: [number[], number[]] = [[], []]
  const start = ensemble.categoryStart[node]!
  for (let category = 0; category < categoryCount; category++) {
    const bit = (ensemble.leftCategories[start + (category >> 5)]! >>> (category & 31)) & 1
    sides[bit]!.push(category)
  }
  const [right, left] = sides
  const isComplement = right.length < left.length
  const smaller = isComplement ? right : left
  return [everyBit(ensemble.missingLeft[node] === 1), everyBit(isComplement), smaller.length, ...smaller]
}

function everyBit(isSet: boolean): number {
  return isSet ? 0xffff_ffff : 0
}
