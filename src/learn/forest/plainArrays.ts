import type { KernelMemory } from '../../base/kernelMemory.js'
import { cellBytes, type ForestContext, nodeBytes, setBytes } from './forestMemory.js'

/** Columns that are read one at a time need one slot of cells. */
const cellCount = cellBytes / 8

/** The arrays of a training as typed arrays on its memory. */
export interface PlainArrays {
  readonly codes: Uint8Array
  readonly binCounts: Uint32Array
  readonly isText: Uint32Array
  readonly outcome: Uint8Array
  /** Empty where every row weighs the same. */
  readonly units: Uint32Array
  /** Empty where each row is a customer of its own. */
  readonly customers: Uint32Array
  /** Two numbers an entry: twice the row plus its class, and its units. The second array is that of odd depths. */
  readonly entries: readonly [Uint32Array, Uint32Array]
  readonly rest: readonly [Uint32Array, Uint32Array]
  readonly drawn: Uint16Array
  readonly order: Uint32Array
  readonly swaps: Uint32Array
  /** Two sums a bin: units of those who stayed, of those who churned. */
  readonly cells: Float64Array
  readonly flags: Uint8Array
  readonly present: Uint16Array
  readonly keys: Float64Array
  readonly outOfBagSums: Float64Array
  readonly outOfBagCounts: Uint32Array
  readonly nodeWords: Int32Array
  readonly nodeNumbers: Float64Array
  readonly sets: Uint8Array
}

/** Returns views of the arrays of a context; its memory must not grow while they are in use. */
export function plainArrays(memory: KernelMemory, context: ForestContext): PlainArrays {
  const { buffer } = memory
  const { rowCount, columnCount, customerCount } = context
  const words = (address: number, length: number): Uint32Array => new Uint32Array(buffer, address, length)
  const numbers = (address: number, length: number): Float64Array => new Float64Array(buffer, address, length)
  const nodeEnd = context.sets
  const setEnd = context.beat
  return {
    codes: new Uint8Array(buffer, context.codes, columnCount * context.stride),
    binCounts: words(context.binCounts, columnCount),
    isText: words(context.isText, columnCount),
    outcome: new Uint8Array(buffer, context.outcome, rowCount),
    units: words(context.units, context.units === 0 ? 0 : rowCount),
    customers: words(context.customers, context.customers === 0 ? 0 : rowCount),
    entries: [words(context.entries, rowCount * 2), words(context.otherEntries, rowCount * 2)],
    rest: [words(context.rest, rowCount), words(context.otherRest, rowCount)],
    drawn: new Uint16Array(buffer, context.drawn, customerCount),
    order: words(context.order, columnCount),
    swaps: words(context.swaps, columnCount),
    cells: numbers(context.cells, cellCount),
    flags: new Uint8Array(buffer, context.flags, 256),
    present: new Uint16Array(buffer, context.present, 256),
    keys: numbers(context.keys, 256),
    outOfBagSums: numbers(context.outOfBagSums, rowCount),
    outOfBagCounts: words(context.outOfBagCounts, rowCount),
    nodeWords: new Int32Array(buffer, context.nodes, (nodeEnd - context.nodes) / 4),
    nodeNumbers: numbers(context.nodes, (nodeEnd - context.nodes) / 8),
    sets: new Uint8Array(buffer, context.sets, setEnd - context.sets),
  }
}

/** Words and numbers of a node in the arrays above. */
export const wordsPerNode = nodeBytes / 4
export const numbersPerNode = nodeBytes / 8
export const bytesPerSet = setBytes
