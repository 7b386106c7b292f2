import { mean, sampleStandardDeviation } from 'simple-statistics'
import { type MetricName, metrics } from '../evaluate/metrics.js'
import type { Candidate, FamilyName } from './candidate.js'
import type { Rung } from './rungs.js'

/** A metric on one fold: of all its rows, and of five parts of them. */
export interface FoldFigure {
  readonly whole: number
  /** Empty if the fold is too small to divide. */
  readonly parts: readonly number[]
}

/** Metrics of one fold. */
export type FoldFigures = Readonly<Record<string, FoldFigure>>

/** One candidate tried on one rung. */
export interface Trial {
  /** Learner and the options that differ from the defaults. */
  readonly name: string
  readonly learner: FamilyName
  /** Options of the learner; of a blend the weight of each member. */
  readonly options: Readonly<Record<string, unknown>>
  /** From 1; higher rungs cost more and tell more. */
  readonly rung: number
  /** Share of the training rows used. */
  readonly rowShare: number
  /** Each metric by fold; those of one rung belong together, fold by fold. */
  readonly foldValues: Readonly<Record<string, readonly number[]>>
  /** Mean of each metric over the folds. */
  readonly mean: Readonly<Record<string, number>>
  /** Standard error of each mean; null with a single fold. Compare candidates by their differences instead. */
  readonly standardError: Readonly<Record<string, number | null>>
  /** Time of its trainings, including those of lower rungs that it builds on. */
  readonly seconds: number
  /** Why it failed, in which case the figures are empty; null = it did not. */
  readonly note: string | null
}

/** A trial with what the choice needs. */
export interface ScoredTrial extends Trial {
  readonly figures: readonly FoldFigures[]
  readonly complexity: readonly number[]
}

/** A finished trial and its candidate. */
export interface TriedCandidate {
  readonly candidate: Candidate
  readonly trial: ScoredTrial
}

/** Returns the trial of a candidate with these figures, fold by fold. */
export function trialOf(
  about: Pick<ScoredTrial, 'name' | 'learner' | 'options' | 'complexity' | 'seconds'>,
  [rung, { rowShare }]: readonly [number: number, rung: Rung],
  names: readonly MetricName[],
  figures: readonly FoldFigures[],
): ScoredTrial {
  const byMetric = names.map((name) => [name, figures.map((own) => own[name]!.whole)] as const)
  return {
    ...about,
    rung,
    rowShare,
    figures,
    foldValues: Object.fromEntries(byMetric),
    mean: Object.fromEntries(byMetric.map(([name, values]) => [name, mean([...values])])),
    standardError: Object.fromEntries(byMetric.map(([name, values]) => [name, errorOfMean(values)])),
    note: null,
  }
}

function errorOfMean(values: readonly number[]): number | null {
  return values.length < 2 ? null : sampleStandardDeviation([...values]) / Math.sqrt(values.length)
}

/** Returns the mean loss of a trial; lower is better for every metric. */
export function lossOf(trial: Trial, metric: MetricName): number {
  const value = trial.mean[metric]!
  return metrics[metric].better === 'higher' ? -value : value
}
