// Sorting of numbers; as ../kernels/training-sort.as.ts, which says what the arguments are.
import type { KernelViews } from './kernelViews.js'

export function sortNumbers(views: KernelViews, thread: number): void {
  if (thread === 0) views.numbersAt(views.address(0), views.argument(3)).sort()
}
