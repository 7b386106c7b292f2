/** A node that is to be divided, with its best split: `Pending` of kernels/forest-context.as.ts. */
export interface PlainNode {
  readonly index: number
  readonly depth: number
  readonly seed: number
  /** Its drawn rows: entries `[begin, end)`; the others: `[restBegin, restEnd)`. */
  readonly begin: number
  readonly end: number
  readonly restBegin: number
  readonly restEnd: number
  readonly units: number
  readonly churned: number
  column: number
  cut: number
  missingLeft: number
  gain: number
  leftUnits: number
  leftChurned: number
  /** One bit a bin that goes left; for texts only. */
  readonly set: Uint8Array
}
