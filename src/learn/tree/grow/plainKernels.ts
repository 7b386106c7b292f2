import type { KernelMemory } from '../../../base/kernelMemory.js'
import { encodeNumbers, interleave, joinColumns, rewriteBundle } from './plain/bins.js'
import { logLossGradients, packGradients, sumGradients } from './plain/gradients.js'
import { fillHistogram } from './plain/histogram.js'
import { KernelViews } from './plain/kernelViews.js'
import { addLeaves, countCodes, partitionRows, sampleRows } from './plain/rows.js'
import { describeSplit, searchCounted, searchSplits } from './plain/search.js'
import { sortNumbers } from './plain/sort.js'

/** Kernels by the numbers of their operations, which are those of kernels/training.as.ts. */
const kernels: readonly (((views: KernelViews, thread: number) => void) | null)[] = [
  null,
  encodeNumbers,
  joinColumns,
  rewriteBundle,
  interleave,
  logLossGradients,
  packGradients,
  sampleRows,
  partitionRows,
  fillHistogram,
  searchSplits,
  searchCounted,
  describeSplit,
  addLeaves,
  countCodes,
  sumGradients,
  sortNumbers,
]

/**
 * Returns the kernels of training in TypeScript, for where there is no WebAssembly with shared memory: does a thread's
 * share of the job in the control block, with the same results to the bit.
 */
export function plainKernels(memory: KernelMemory): (thread: number) => void {
  const views = new KernelViews(memory)
  return (thread) => {
    views.renew()
    kernels[views.operation]?.(views, thread)
  }
}
