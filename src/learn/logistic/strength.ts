import { softplus } from '../../base/statistics.js'
import { indexOfLeast, total } from '../pairedLosses.js'
import type { Design } from './design.js'
import { minimise } from './minimise.js'
import { marginsOf, type Objective } from './objective.js'

/** Strengths that are tried, from strong to weak: half a power of ten between two. */
export const strengths: readonly number[] = Array.from({ length: 13 }, (_, index) => 10 ** (index / 2 - 4))

/** Rows with what happened to them, dealt to folds. */
export interface DealtRows {
  readonly design: Design
  readonly outcome: Uint8Array
  readonly weight: Float64Array | null
  /** Shape (rows), from 0. */
  readonly foldOf: ArrayLike<number>
  readonly foldCount: number
}

/** A strength, and the log loss of each row by the model that was trained without its fold, times its weight. */
export interface TriedStrength {
  readonly inverseRegularization: number
  readonly losses: Float64Array
}

/** Strengths weaker than the best, one after the other, of a loss above the best after which no weaker one is tried. */
const patience = 2
// The mean losses are good to five digits then.
const stop = { gradientTolerance: 1e-6, maxIterations: 100 }

/**
 * Returns the strength of least log loss on rows that the model has not seen. Each search begins where the one of the
 * strength before ended.
 *
 * @param grid from strong to weak
 */
export function bestStrength(rows: DealtRows, grid: readonly number[] = strengths): TriedStrength {
  const path = new FoldPath(rows)
  const tried: TriedStrength[] = []
  for (const inverseRegularization of grid) {
    tried.push({ inverseRegularization, losses: path.lossesAt(inverseRegularization) })
    if (tried.length - 1 - indexOfLeast(tried.map(({ losses }) => total(losses))) >= patience) break
  }
  return tried[indexOfLeast(tried.map(({ losses }) => total(losses)))]!
}

/** Models of all rows but those of one fold, of one strength after the other. */
class FoldPath {
  readonly #objectives: readonly Omit<Objective, 'penalty'>[]
  readonly #weights: readonly number[]
  #ends: Float64Array[]
  #curvature: Float64Array | undefined

  constructor(readonly rows: DealtRows) {
    const { design, outcome, weight, foldOf, foldCount } = rows
    const weightOf = (row: number): number => (weight === null ? 1 : weight[row]!)
    const trained = Array.from({ length: foldCount }, (_, fold) =>
      Float64Array.from(outcome, (_, row) => (foldOf[row] === fold ? 0 : weightOf(row))),
    )
    this.#weights = trained.map(total)
    this.#objectives = trained.map((share, fold) => ({
      design,
      outcome,
      share: share.map((own) => own / this.#weights[fold]!),
    }))
    this.#ends = trained.map(() => new Float64Array(design.columnCount))
  }

  /** Losses of all rows, each by the model without its fold. */
  lossesAt(inverseRegularization: number): Float64Array {
    const { design, outcome, weight, foldOf } = this.rows
    const losses = new Float64Array(outcome.length)
    this.#ends = this.#objectives.map((objective, fold) => {
      const penalty = 1 / (inverseRegularization * this.#weights[fold]!)
      const { coefficients, curvature } = minimise(
        { ...objective, penalty },
        this.#ends[fold]!,
        stop,
        this.#curvature,
      )
      this.#curvature = curvature
      const margin = marginsOf(design, coefficients)
      for (let row = 0; row < margin.length; row++) {
        if (foldOf[row] !== fold) continue
        const loss = softplus(outcome[row] === 1 ? -margin[row]! : margin[row]!)
        losses[row] = weight === null ? loss : weight[row]! * loss
      }
      return coefficients
    })
    return losses
  }
}
