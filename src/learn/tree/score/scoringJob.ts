import type { KernelMemory } from '../../../base/kernelMemory.js'
import type { AlignedColumn } from '../../align.js'
import { type KernelPlan, type ScoringPlan, treeFields } from './kernelPlan.js'
import { groupRows, slotBytes } from './scoringConditions.js'
import { columnBytes } from './walkPlan.js'

const counters = ['signal', 'filled', 'taken', 'finished', 'ended', 'left'] as const
// The fields of a job, words in their order. As in kernels/scoring-job.as.ts.
const jobFields = [
  ...counters,
  ...(['places', 'chunks', 'chunkBytes', 'chunkRows', 'flags', 'margins', 'columns'] as const),
  ...(['workspaces', 'workspaceBytes', 'categorySlots', 'ranks', 'rowPlaces', 'sums', 'codes'] as const),
  ...(['plan', 'features', 'featureCount', 'dictionaries'] as const),
  ...treeFields,
] as const
type JobField = (typeof jobFields)[number]

const dictionaryWords = 3
const lineBytes = 64
/** Pieces whose places are found before their values are added. */
const placeBatch = 4
/** The values of a chunk stay in a processor's cache until its rows are scored; but each takes four groups at most. */
const cachedBytes = 2 ** 18
const mostGroups = 4

/**
 * A plan in the memory of kernels, with what threads need to work on it: places for chunks of rows, and a workspace for
 * each thread.
 *
 * A chunk holds columns and margins of rows. The caller fills chunks in turn; threads, the caller among them, score them.
 */
export class ScoringJob {
  readonly address: number
  /** Rows of a chunk. */
  readonly chunkRows: number
  readonly #end: number

  constructor(
    readonly memory: KernelMemory,
    readonly plan: KernelPlan | ScoringPlan,
    readonly threads: number,
  ) {
    const { bytes, features, featureRecords } = plan
    this.address = memory.allocate(jobFields.length * 4)
    this.chunkRows = chunkRowsOf(features.length)
    this.#set('plan', memory.allocate(bytes.length))
    memory.bytes.set(bytes, this.at('plan'))
    this.#set('features', featureRecords)
    this.#set('featureCount', features.length)
    if ('trees' in plan) for (const field of treeFields) this.#set(field, plan.trees[field] ?? 0)
    this.#set('dictionaries', memory.allocate(features.length * dictionaryWords * 4))
    this.#layWorkspaces(threads)
    // More than one for each: nobody waits while the caller scores.
    this.#layChunks(threads === 1 ? 1 : 2 * threads + 2)
    this.#end = memory.size
  }

  /** Returns a field of the job. */
  at(field: JobField): number {
    return this.memory.words[this.placeOf(field)]! >>> 0
  }

  /** Place of a field in the memory's words. */
  placeOf(field: JobField): number {
    return this.address / 4 + jobFields.indexOf(field)
  }

  /** True where all threads but the caller's have come to their end: nobody else writes to the memory any more. */
  isLeft(): boolean {
    return Atomics.load(this.memory.words, this.placeOf('left')) === this.threads - 1
  }

  /** Address of the chunk that is filled as number `chunk`, from 0. */
  chunkAt(chunk: number): number {
    return this.at('chunks') + (chunk % this.at('places')) * this.at('chunkBytes')
  }

  /** Begins with new columns, of which no chunk is filled yet: tells the kernels what their texts mean. */
  open(columns: readonly AlignedColumn[]): void {
    for (const field of counters) this.#set(field, 0)
    this.memory.release(this.#end)
    this.plan.features.forEach(({ feature }, index) => {
      const column = columns[feature]!
      if (column.kind === 'number') return
      const { categoryOf, unseen } = column
      const address = this.memory.allocate(categoryOf.byteLength)
      const { words } = this.memory
      words.set(categoryOf, address / 4)
      words.set([address, categoryOf.length, unseen], this.at('dictionaries') / 4 + index * dictionaryWords)
    })
  }

  /** Fills a chunk with the rows `[first, first + count)`. */
  fill(chunk: number, columns: readonly AlignedColumn[], first: number, count: number): void {
    const { words, floats } = this.memory
    const { chunkRows } = this
    const address = this.chunkAt(chunk)
    words[address / 4] = count
    words[this.doneAt(chunk)] = 0
    const flags = (address + this.at('flags')) / 4
    let at = address + this.at('columns')
    this.plan.features.forEach(({ feature }, index) => {
      const column = columns[feature]!
      if (column.kind === 'number') floats.set(column.values.subarray(first, first + count), at / 8)
      else words.set(column.codes.subarray(first, first + count), at / 4)
      const missing = (at + chunkRows * 8) / 4
      const missingWords = column.missing?.words.subarray(first >>> 5, (first + count + 31) >>> 5)
      if (missingWords !== undefined) words.set(missingWords, missing)
      // Unseen categories are added to it.
      else if (column.kind === 'text') words.fill(0, missing, missing + chunkRows / 32)
      words[flags + index] = missingWords === undefined ? 0 : 1
      at += chunkRows * 8 + chunkRows / 8
    })
  }

  /** Place of the word that is 1 when the chunk is scored. */
  doneAt(chunk: number): number {
    return this.chunkAt(chunk) / 4 + 1
  }

  /** Place of the first margin of a chunk in the floats of the memory. */
  marginsAt(chunk: number): number {
    return (this.chunkAt(chunk) + this.at('margins')) / 8
  }

  #layWorkspaces(threads: number): void {
    const { features, slotCount, sumCount } = this.plan
    const categories = features.map((feature) => (feature.kind === 'text' ? feature.categoryCount : 0))
    const parts = new Parts()
    const masks = parts.add(slotCount * slotBytes)
    this.#set('categorySlots', parts.add((Math.max(0, ...categories) + 1) * slotBytes))
    this.#set('ranks', parts.add(features.length * this.chunkRows * 2))
    this.#set('rowPlaces', parts.add(groupRows * placeBatch))
    this.#set('sums', parts.add(sumCount * groupRows * 8))
    this.#set('codes', parts.add((groupRows / 8) * this.at('codeColumnCount') * columnBytes))
    this.#set('workspaceBytes', parts.size)
    const workspaces = this.memory.allocate(threads * parts.size)
    this.#set('workspaces', workspaces)
    for (let thread = 0; thread < threads; thread++) {
      const allRows = workspaces + thread * parts.size + masks + slotBytes
      this.memory.bytes.fill(255, allRows, allRows + slotBytes)
    }
  }

  #layChunks(places: number): void {
    const { chunkRows } = this
    const featureCount = this.plan.features.length
    const parts = new Parts()
    parts.add(lineBytes)
    this.#set('flags', parts.add(featureCount * 4))
    this.#set('margins', parts.add(chunkRows * 8))
    this.#set('columns', parts.add(featureCount * (chunkRows * 8 + chunkRows / 8)))
    this.#set('chunkRows', chunkRows)
    this.#set('chunkBytes', parts.size)
    this.#set('places', places)
    this.#set('chunks', this.memory.allocate(places * parts.size))
  }

  #set(field: JobField, value: number): void {
    this.memory.words[this.placeOf(field)] = value
  }
}

function chunkRowsOf(featureCount: number): number {
  const groups = Math.floor(cachedBytes / (8 * groupRows * Math.max(1, featureCount)))
  return groupRows * Math.min(mostGroups, Math.max(1, groups))
}

/** Parts of a block, each at the beginning of a cache line. */
class Parts {
  size = 0

  add(bytes: number): number {
    const at = this.size
    this.size += Math.ceil(bytes / lineBytes) * lineBytes
    return at
  }
}
