import type { SumUnits } from './growLimits.js'
import type { KernelTeam } from './kernelTeam.js'
import type { TrainingRows } from './treeRows.js'

/** Units of a raw gradient and a raw hessian, as the kernel of log loss writes them. */
const logLossUnits = { gradient: 2 ** 24, hessian: 2 ** 26 }
/** The kernel sums raw values in units of 256. */
const sumUnit = 256

/** What a boosting step corrects: the derivatives of a loss at the margins so far. */
export interface Loss {
  /** Largest weight that a hessian of 1 stands for: 4 where the hessian is w p (1 - p), 1 where it is w; infinite = unknown. */
  readonly weightPerHessian: number
  /**
   * Writes first and second derivative for each row, before weights; `null` for log loss, which has a kernel.
   * Hessians must be above 0.
   */
  readonly derivatives: ((margin: Float64Array, gradient: Float64Array, hessian: Float64Array) => void) | null
}

/** Log loss of a yes or no: gradient p - y, hessian p (1 - p) with p the probability of the margin. */
export const logLoss: Loss = { weightPerHessian: 4, derivatives: null }

/** Where a training keeps what gradients are made from. */
export interface GradientMemory {
  /** Address of the margins (float64). */
  readonly margin: number
  /** Address of the outcomes (uint8); read by log loss. */
  readonly outcome: number
  readonly rowCount: number
  readonly statistics: number
  /** Address of 8 float64 a thread. */
  readonly sums: number
  readonly rowsSeen: TrainingRows
  /** Total of the whole-number weights, and how many of them a weight of 1 is. */
  readonly totalWeight: number
  readonly weightUnits: number
}

/**
 * Writes gradient and hessian of each row as whole numbers in one 64-bit word, in units so coarse that the sums over
 * all rows stay within 32 bits each. Sums of whole numbers do not depend on the order of the rows, so that any number
 * of threads gives the same tree, and a sibling is exactly its parent less the other child.
 *
 * 21 bits remain for a gradient of 5,000 rows, 11 for one of 5 million.
 *
 * @returns how many units there are in a gradient and a hessian of 1
 */
export function writeGradients(team: KernelTeam, memory: GradientMemory, loss: Loss): SumUnits {
  const { rowCount, statistics, rowsSeen, sums, weightUnits } = memory
  const together = rowCount > 30_000
  const raw = loss.derivatives === null ? logLossUnits : writeDerivatives(team, memory, loss.derivatives)
  if (loss.derivatives === null) {
    team.do('logLossGradients', [memory.margin, memory.outcome, statistics, rowCount], together)
  }
  team.do('sumGradients', [statistics, rowsSeen.role, rowsSeen.weights, rowCount, sums], together)
  const totals = new Float64Array(team.memory.buffer, sums, 8 * team.threadCount)
  let [below, above, hessian] = [0, 0, 0]
  for (let thread = 0; thread < team.threadCount; thread++) {
    below += totals[8 * thread]!
    above += totals[8 * thread + 1]!
    hessian += totals[8 * thread + 2]!
  }
  // Each row may be rounded up by one unit times its weight where weights multiply what is rounded.
  const rounding = rowsSeen.weightsAreWhole ? memory.totalWeight : rowCount
  const gradientShift = shiftFor(Math.max(below, above) * sumUnit, rounding, 2 ** 31)
  const hessianShift = shiftFor(hessian * sumUnit, rounding, 2 ** 32)
  const isWhole = rowsSeen.weightsAreWhole ? 1 : 0
  team.do(
    'packGradients',
    [statistics, rowsSeen.weights, isWhole, rowCount, gradientShift, hessianShift],
    together,
  )
  return {
    gradient: (raw.gradient * weightUnits) / 2 ** gradientShift,
    hessian: (raw.hessian * weightUnits) / 2 ** hessianShift,
    weight: weightUnits,
  }
}

/** The smallest shift after which the total stays below the limit whatever is rounded. */
function shiftFor(total: number, rounding: number, limit: number): number {
  let shift = 0
  while (total / 2 ** shift + rounding >= limit - 1) shift++
  return shift
}

/** Writes the derivatives of a loss that has no kernel, in units of the largest of them. */
function writeDerivatives(
  team: KernelTeam,
  memory: GradientMemory,
  derivatives: NonNullable<Loss['derivatives']>,
): { gradient: number; hessian: number } {
  const { rowCount } = memory
  const gradient = new Float64Array(rowCount)
  const hessian = new Float64Array(rowCount)
  derivatives(new Float64Array(team.memory.buffer, memory.margin, rowCount), gradient, hessian)
  const units = { gradient: unitsOf(gradient), hessian: unitsOf(hessian) }
  const raw = new Int32Array(team.memory.buffer, memory.statistics, 2 * rowCount)
  for (let row = 0; row < rowCount; row++) {
    raw[2 * row] = Math.round(hessian[row]! * units.hessian)
    raw[2 * row + 1] = Math.round(gradient[row]! * units.gradient)
  }
  return units
}

/** The power of two that brings the largest value to at most 2^24. */
function unitsOf(values: Float64Array): number {
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  return largest === 0 ? 1 : 2 ** (24 - Math.ceil(Math.log2(largest)))
}
