import { mean, sampleStandardDeviation } from 'simple-statistics'
import { type MetricName, metrics } from '../evaluate/metrics.js'
import { lossOf, type ScoredTrial } from './trial.js'

/** With fewer folds their spread is unknown: then their parts are compared. */
const leastFolds = 3

/** Loss of a trial compared with another of the same rung, fold by fold. */
export interface PairedLoss {
  /** Above 0 = worse. */
  readonly mean: number
  readonly standardError: number
}

/**
 * Returns the paired difference of two trials of one rung.
 *
 * Repeats use the same customers again: the standard error counts only the folds of one repeat.
 */
export function pairedLoss(
  trial: ScoredTrial,
  best: ScoredTrial,
  metric: MetricName,
  foldsOfRepeat: number,
): PairedLoss {
  const byFold = trial.figures.length >= leastFolds
  const [own, other] = [trial, best].map(({ figures }) =>
    figures.flatMap((fold) => (byFold ? [fold[metric]!.whole] : fold[metric]!.parts)),
  )
  const sign = metrics[metric].better === 'higher' ? -1 : 1
  const difference = lossOf(trial, metric) - lossOf(best, metric)
  const pairs = own!.map((value, index) => sign * (value - other![index]!))
  if (pairs.length < 2) return { mean: difference, standardError: 0 }
  const independent = byFold ? foldsOfRepeat : pairs.length
  return {
    mean: byFold ? mean(pairs) : difference,
    standardError: sampleStandardDeviation(pairs) / Math.sqrt(independent),
  }
}

/** How to choose among good candidates; see `SelectOptions`. */
export type SelectionRule = 'one-standard-error' | 'best'

/** A choice among trials, and its grounds. */
export interface Choice {
  readonly chosen: ScoredTrial
  /** The best in the first metric. */
  readonly best: ScoredTrial
  /** Those that count as equal to the best in the first metric. */
  readonly equalsInFirst: readonly ScoredTrial[]
  /** Those that are also equal in every further metric. */
  readonly equals: readonly ScoredTrial[]
}

/**
 * Returns the trial to choose among those of one rung.
 *
 * Trials are equal to the best in the first metric if they are not worse by more than the standard error of their
 * paired difference. `one-standard-error` keeps those that are equal in the next metric as well, and so on, and takes
 * the simplest. `best` allows no difference, and takes the simplest only in a tie.
 *
 * @param isOpen false for trials that can no longer be chosen; at least one is open. If no equal one is open, the best
 * of the others is chosen
 */
export function chooseTrial(
  trials: readonly ScoredTrial[],
  names: readonly MetricName[],
  rule: SelectionRule,
  foldsOfRepeat: number,
  isOpen: (trial: ScoredTrial) => boolean = () => true,
): Choice {
  const forgiven = rule === 'best' ? 0 : 1
  const within = (own: readonly ScoredTrial[], name: MetricName): readonly ScoredTrial[] => {
    const best = bestOf(own, name)
    return own.filter((trial) => {
      const { mean: worse, standardError } = pairedLoss(trial, best, name, foldsOfRepeat)
      return worse <= forgiven * standardError
    })
  }
  const [first, ...others] = names
  const equalsInFirst = within(trials, first!)
  const equals = others.reduce(within, equalsInFirst)
  const open = equals.filter(isOpen)
  const chosen = open.length > 0 ? simplestOf(open) : bestOf(trials.filter(isOpen), first!)
  return { chosen, best: bestOf(trials, first!), equalsInFirst, equals }
}

/** Returns the trial that is best on average; the first in a tie. */
export function bestOf(trials: readonly ScoredTrial[], name: MetricName): ScoredTrial {
  return trials.reduce((best, trial) => (lossOf(trial, name) < lossOf(best, name) ? trial : best))
}

function simplestOf(trials: readonly ScoredTrial[]): ScoredTrial {
  return trials.reduce((simplest, trial) => (isSimpler(trial, simplest) ? trial : simplest))
}

function isSimpler({ complexity }: ScoredTrial, { complexity: other }: ScoredTrial): boolean {
  const place = complexity.findIndex((value, index) => value !== other[index])
  return place >= 0 && complexity[place]! < other[place]!
}
