import { compareModels } from '../../src/evaluate/interval/compareModels.js'
import { contactsByCost, savings, totalCost } from '../../src/evaluate/profit/costs.js'
import { clip } from './figures.js'
import type { QualitySet } from './qualitySet.js'

/** Figures by which a model is set beside the best peer. */
export type ComparedFigure = 'rocAuc' | 'logLoss' | 'savings'

/** A figure of two models on the tested rows of one fold: how far they differ, and how surely. */
interface PairedDifference {
  readonly difference: number
  readonly variance: number
}

/** A model beside the best of the peers in one figure. */
export interface BesideBest {
  readonly figure: ComparedFigure
  /** Model of the peer. */
  readonly best: string
  /** Model less peer, mean over the folds. */
  readonly difference: number
  /** Of that mean, from the customers that were tested, each seen by both models. */
  readonly standardError: number
}

/** Who predicted what: probabilities by fold, and the mean of each figure over the folds. */
export interface Contender {
  readonly model: string
  readonly probabilities: readonly ArrayLike<number>[]
  readonly means: Readonly<Partial<Record<ComparedFigure, number>>>
}

const lowerIsBetter: ReadonlySet<ComparedFigure> = new Set(['logLoss'])
/** Standard errors beyond which a difference is more than noise: 95 of 100 lie within where there is none. */
const noise = 1.96

/** Returns the model beside the peer that is best in each figure of the set; the best of many is a little lucky. */
export function besideBest(set: QualitySet, own: Contender, peers: readonly Contender[]): BesideBest[] {
  return (Object.keys(own.means) as ComparedFigure[]).map((figure) => {
    const sign = lowerIsBetter.has(figure) ? -1 : 1
    const best = peers.reduce((one, other) =>
      sign * other.means[figure]! > sign * one.means[figure]! ? other : one,
    )
    const folds = set.folds.map(({ test }, fold) =>
      differenceOf[figure](set, test, own.probabilities[fold]!, best.probabilities[fold]!),
    )
    return {
      figure,
      best: best.model,
      difference: folds.reduce((sum, { difference }) => sum + difference, 0) / folds.length,
      standardError: Math.sqrt(folds.reduce((sum, { variance }) => sum + variance, 0)) / folds.length,
    }
  })
}

/** Returns what can be said of a model beside the best peer. */
export function verdictOf({ figure, difference, standardError }: BesideBest): string {
  const ahead = lowerIsBetter.has(figure) ? -difference : difference
  if (ahead >= 0) return 'best'
  return -ahead <= noise * standardError ? 'within noise' : 'behind'
}

const differenceOf: Readonly<
  Record<
    ComparedFigure,
    (
      set: QualitySet,
      rows: readonly number[],
      own: ArrayLike<number>,
      best: ArrayLike<number>,
    ) => PairedDifference
  >
> = {
  rocAuc: (set, rows, own, best) => {
    const { difference, standardError } = compareModels(own, best, outcomeOf(set, rows), { method: 'delong' })
    return { difference: difference.value, variance: standardError ** 2 }
  },
  logLoss: (set, rows, own, best) => {
    const outcome = outcomeOf(set, rows)
    return meanOfPairs(rows.map((_, at) => lossOf(own[at]!, outcome[at]!) - lossOf(best[at]!, outcome[at]!)))
  },
  savings: (set, rows, own, best) => {
    const outcome = outcomeOf(set, rows)
    const costs = costsOf(set, rows)
    const decisions = [own, best].map((probability) => contactsByCost(probability, costs))
    // What decisions save is 1 − cost / cost without a model: that cost is of both models and taken for known.
    const withoutModel = totalCost(new Uint8Array(rows.length), outcome, costs)
    const toAll = totalCost(new Uint8Array(rows.length).fill(1), outcome, costs)
    const scale = rows.length / Math.min(withoutModel, toAll)
    const costOf = (contacted: Uint8Array, at: number): number => {
      const [hit, missed] =
        outcome[at] === 1
          ? (['truePositive', 'falseNegative'] as const)
          : (['falsePositive', 'trueNegative'] as const)
      return costs[contacted[at] === 1 ? hit : missed][at]!
    }
    return meanOfPairs(rows.map((_, at) => scale * (costOf(decisions[1]!, at) - costOf(decisions[0]!, at))))
  },
}

/** Returns the share of the cost that decisions by these probabilities save on rows of a set that has costs. */
export function savingsOf(set: QualitySet, rows: readonly number[], probability: ArrayLike<number>): number {
  const costs = costsOf(set, rows)
  return savings(contactsByCost(probability, costs), outcomeOf(set, rows), costs)
}

/** Returns what happened to rows of a set. */
export function outcomeOf({ dataset }: QualitySet, rows: readonly number[]): Uint8Array {
  return Uint8Array.from(rows, (row) => dataset.outcome[row]!)
}

function costsOf({ name, costs }: QualitySet, rows: readonly number[]): NonNullable<QualitySet['costs']> {
  if (costs === undefined) throw new Error(`${name} has no costs.`)
  const of = (all: Float64Array): Float64Array => Float64Array.from(rows, (row) => all[row]!)
  return {
    truePositive: of(costs.truePositive),
    falsePositive: of(costs.falsePositive),
    falseNegative: of(costs.falseNegative),
    trueNegative: of(costs.trueNegative),
  }
}

function lossOf(probability: number, outcome: number): number {
  const clipped = Math.min(Math.max(probability, clip), 1 - clip)
  return -Math.log(outcome === 1 ? clipped : 1 - clipped)
}

function meanOfPairs(differences: readonly number[]): PairedDifference {
  const count = differences.length
  const mean = differences.reduce((sum, value) => sum + value, 0) / count
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { difference: mean, variance: squares / (count - 1) / count }
}
