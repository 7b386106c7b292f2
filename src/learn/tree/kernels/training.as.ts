// The kernels of training. Each operation is a step that all threads do together, each on its own share of the rows or
// columns; what it reads is said in the control block. plainKernels.ts does the same in TypeScript.
import { encodeNumbers, interleave, joinColumns, rewriteBundle } from './training-bins.as'
import { doneAt, jobAt, operation } from './training-control.as'
import { logLossGradients, packGradients, sumGradients } from './training-gradients.as'
import { fillHistogram } from './training-histogram.as'
import { addLeaves, countCodes, partitionRows, sampleRows } from './training-rows.as'
import { sortNumbers } from './training-sort.as'
import { describeSplit, searchCounted, searchSplits } from './training-scan.as'

// Exported, so that they stay functions of their own: inlined into a function that runs for long, a loop would stay in
// the engine's quick and slow code until that function is called again.
export * from './training-bins.as'
export * from './training-fill.as'
export * from './training-gradients.as'
export * from './training-histogram.as'
export * from './training-rows.as'
export * from './training-scan.as'
export * from './training-sort.as'

/**
 * Times that a thread looks for a new job before it sleeps, half a millisecond or so. To be woken takes longer than most
 * jobs, and may be on the waker's own processor: with 4,000 looks two threads were no faster than one.
 */
const patience: i32 = 400000
const stopOperation: i32 = 0

/** Does the thread's share of the job that the control block describes. */
export function run(thread: i32): void {
  switch (operation()) {
    case 1: encodeNumbers(thread); break
    case 2: joinColumns(thread); break
    case 3: rewriteBundle(thread); break
    case 4: interleave(thread); break
    case 5: logLossGradients(thread); break
    case 6: packGradients(thread); break
    case 7: sampleRows(thread); break
    case 8: partitionRows(thread); break
    case 9: fillHistogram(thread); break
    case 10: searchSplits(thread); break
    case 11: searchCounted(thread); break
    case 12: describeSplit(thread); break
    case 13: addLeaves(thread); break
    case 14: countCodes(thread); break
    case 15: sumGradients(thread); break
    case 16: sortNumbers(thread); break
  }
}

/** What a further thread does all its life: says that it is there, then waits for jobs, does its share and says that it is done. */
export function work(thread: i32, job: i32): void {
  let seen = job
  atomic.add<i32>(doneAt, 1)
  atomic.notify(doneAt, 1)
  while (true) {
    let looks = 0
    while (atomic.load<i32>(jobAt) == seen) {
      if (++looks > patience) atomic.wait<i32>(jobAt, seen, -1)
    }
    seen = atomic.load<i32>(jobAt)
    if (operation() == stopOperation) return
    run(thread)
    atomic.add<i32>(doneAt, 1)
    atomic.notify(doneAt, 1)
  }
}
