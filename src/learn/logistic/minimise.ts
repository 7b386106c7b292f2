import { factorCholesky, solveFactored } from '../../base/cholesky.js'
import { curvatureAt, type Objective, raiseDiagonal, type Slope, sampleOf, slopeAt } from './objective.js'

/** Where and when the search for the minimum ends. */
export interface Stop {
  /** Largest slope at which the minimum counts as found. */
  readonly gradientTolerance: number
  /** Steps at most. */
  readonly maxIterations: number
}

/** Where a search ended. */
export interface Minimum {
  readonly coefficients: Float64Array
  /** Largest slope there; at most the tolerance where the minimum was found. */
  readonly steepness: number
  /** Second derivatives somewhere near, without the penalty: for searches that begin there. */
  readonly curvature: Float64Array
}

/** Scores of the sample, every so manieth row, at whose minimum the walk over more rows begins. */
const sampleScores = 300_000
const leastSampleRows = 2000
/** How near that minimum is gone to. */
const sampleTolerance = 1e-4
/** Columns up to which second derivatives of all rows take no longer than some ten slopes; beyond, they are those of fewer rows. */
const columnsOfAllRows = 200
/** Steps whose change of the slope is remembered. */
const memory = 12
/** Share of the slope that a step leaves where second derivatives serve; they are asked for anew where it is more. */
const goodStep = 0.3
const stepsBeforeAsking = 2

/**
 * Walks down to the minimum of a convex objective: Newton steps with second derivatives that are kept while they serve,
 * bettered by what the slopes of later steps say (L-BFGS). Of many rows, the walk begins at the minimum of a sample, and
 * where columns are many as well, second derivatives are those of some rows; it ends at the minimum of all.
 *
 * @param curvature second derivatives somewhere near, where they are known from another search
 * @param onStep called after each step
 *
 * O(steps × rows × columns) time, and O(columns² × rows) for second derivatives, rows × 200 × columns at most; some ten steps.
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  stop: Stop,
  curvature?: Float64Array,
  onStep: (step: number) => void = () => {},
): Minimum {
  const { rowCount, scoreCount } = objective.design
  const every = Math.floor(rowCount / Math.max(leastSampleRows, sampleScores / Math.max(scoreCount, 1)))
  if (every < 2) {
    return walkDown(objective, start, stop, (at) => curvatureAt(objective, at), curvature, onStep)
  }
  const sample = sampleOf(objective, every)
  const bentEvery = Math.min(every, Math.ceil(scoreCount / columnsOfAllRows))
  const bent = bentEvery < 2 ? objective : bentEvery < every ? sampleOf(objective, bentEvery) : sample
  const ask = (at: Float64Array): Float64Array => {
    const asked = curvatureAt(bent, at)
    if (bent !== objective) raiseDiagonal(asked, objective, at)
    return asked
  }
  const near = minimise(sample, start, { ...stop, gradientTolerance: sampleTolerance }, curvature)
  return walkDown(objective, near.coefficients, stop, ask, undefined, onStep)
}

function walkDown(
  objective: Objective,
  start: Float64Array,
  { gradientTolerance, maxIterations }: Stop,
  curvatureOf: (coefficients: Float64Array) => Float64Array,
  curvature: Float64Array | undefined,
  onStep: (step: number) => void,
): Minimum {
  let at: Point = { coefficients: start, slope: slopeAt(objective, start) }
  let known = curvature ?? curvatureOf(start)
  let metric = new Metric(known, objective.penalty)
  let [age, before] = [0, at.slope.steepness]
  let isFresh = curvature === undefined
  const askAnew = (): void => {
    known = curvatureOf(at.coefficients)
    metric = new Metric(known, objective.penalty)
    isFresh = true
    age = 0
    before = at.slope.steepness
  }
  for (let step = 0; step < maxIterations && at.slope.steepness > gradientTolerance; step++) {
    const next = pointBelow(objective, at, metric.direction(at.slope.gradient))
    if (next === null) {
      if (isFresh) break
      askAnew()
      continue
    }
    metric.remember(at, next)
    at = next
    isFresh = false
    age++
    onStep(step + 1)
    if (age >= stepsBeforeAsking && at.slope.steepness > before * goodStep ** age) askAnew()
  }
  return { coefficients: at.coefficients, steepness: at.slope.steepness, curvature: known }
}

interface Point {
  readonly coefficients: Float64Array
  readonly slope: Slope
}

/** What turns slopes into steps: second derivatives, and how slopes changed in the steps since. */
class Metric {
  readonly #factor: Float64Array | null
  readonly #steps: { readonly moved: Float64Array; readonly bent: Float64Array; readonly scale: number }[] =
    []

  constructor(curvature: Float64Array, penalty: number) {
    this.#factor = factorOf(curvature, penalty)
  }

  remember(from: Point, to: Point): void {
    const moved = to.coefficients.map((value, column) => value - from.coefficients[column]!)
    const bent = to.slope.gradient.map((value, column) => value - from.slope.gradient[column]!)
    const product = dot(moved, bent)
    // Below 0 it is rounding: the objective is convex.
    if (product > 0) this.#steps.push({ moved, bent, scale: 1 / product })
    if (this.#steps.length > memory) this.#steps.shift()
  }

  /** The way down times −1; see Nocedal and Wright (2006), algorithm 7.4. */
  direction(gradient: Float64Array): Float64Array {
    const direction = gradient.slice()
    const shares = this.#steps.map(() => 0)
    for (let index = this.#steps.length - 1; index >= 0; index--) {
      const { moved, bent, scale } = this.#steps[index]!
      shares[index] = scale * dot(moved, direction)
      addScaled(direction, bent, -shares[index]!)
    }
    if (this.#factor !== null) solveFactored(this.#factor, direction)
    for (const [index, { moved, bent, scale }] of this.#steps.entries()) {
      addScaled(direction, moved, shares[index]! - scale * dot(bent, direction))
    }
    return direction
  }
}

/** The factor of second derivatives; where floating point finds them not definite, with more and more on their diagonal. */
function factorOf(curvature: Float64Array, penalty: number): Float64Array | null {
  const size = Math.sqrt(curvature.length)
  for (let ridge = 0; ridge <= 1; ridge = ridge === 0 ? 1e-12 : ridge * 100) {
    const factor = curvature.slice()
    for (let column = 0; column < size; column++) {
      factor[column * size + column]! += ridge + (column < size - 1 ? penalty : 0)
    }
    if (factorCholesky(factor, size)) return factor
  }
  return null
}

const halvingsAtMost = 50
const sufficientDecrease = 1e-4
// Of the objective: below it a change of its value is rounding.
const rounding = 1e-14

/** The point at the end of the way down, halved until the objective falls enough (Armijo); null where it never does. */
function pointBelow(
  objective: Objective,
  { coefficients, slope }: Point,
  direction: Float64Array,
): Point | null {
  const descent = dot(slope.gradient, direction)
  if (!(descent > 0)) return null
  for (let halving = 0, length = 1; halving < halvingsAtMost; halving++, length /= 2) {
    const next = coefficients.map((value, column) => value - length * direction[column]!)
    const there = slopeAt(objective, next)
    const allowed = slope.value - sufficientDecrease * length * descent + rounding * Math.abs(slope.value)
    if (there.value <= allowed) return { coefficients: next, slope: there }
  }
  return null
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let index = 0; index < to.length; index++) to[index]! += factor * from[index]!
}
