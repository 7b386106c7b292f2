import { quantile } from 'simple-statistics'
import type { Measurement } from '../result.js'

/** The rounds of one contender. */
export interface Series {
  /** Word in the ids: `holdfast`, `lightgbm`, … */
  readonly name: string
  /** Name in `versions`; left out for holdfast. */
  readonly peer?: string
  /** One value a round, in the order of running. */
  readonly rounds: readonly number[]
  /** Area under the ROC curve on rows that nobody trained on. */
  readonly rocAuc?: number
}

/** What holdfast has to reach. */
export interface Target {
  /** A contender, or `fastest` for the best of the peers round by round. */
  readonly than: string
  /** Limit of holdfast's value over theirs: at most for times, at least for rates. */
  readonly ratio: number
}

/** Contenders that ran in turns on the same work. */
export interface Comparison {
  /** First words of its ids. */
  readonly id: string
  readonly about: string
  readonly unit: 's' | 'rows/s' | 'ns' | 'ms'
  /** holdfast first, where it took part. */
  readonly series: readonly Series[]
  readonly targets: readonly Target[]
  /** How much of AUC holdfast may be below a peer of the targets; left out where rows are too few to tell. */
  readonly aucTolerance?: number
  /** Seconds of the same piece of work before and after each round. */
  readonly spins: readonly number[]
}

/** Median, least and greatest of the rounds. */
export interface Range {
  readonly median: number
  readonly least: number
  readonly greatest: number
}

/** Returns the middle and the ends of rounds. */
export function rangeOf(rounds: readonly number[]): Range {
  const list = [...rounds]
  return { median: quantile(list, 0.5), least: Math.min(...list), greatest: Math.max(...list) }
}

/** Returns holdfast over the other, round by round: what slows a whole round down does not count. */
export function ratiosOf(holdfast: readonly number[], other: readonly number[]): number[] {
  return holdfast.slice(0, other.length).map((value, round) => value / other[round]!)
}

/** Returns the series of holdfast and those of the peers. */
export function sidesOf({ series }: Comparison): { own: Series | undefined; peers: readonly Series[] } {
  return {
    own: series.find(({ peer }) => peer === undefined),
    peers: series.filter(({ peer }) => peer !== undefined),
  }
}

/** Returns greatest over least of the spins: 1.00 on a machine that did nothing else. */
export function spinSpread(spins: readonly number[]): number {
  const { least, greatest } = rangeOf(spins)
  return greatest / least
}

/** Returns the figures of a comparison; see README.md for their ids. */
export function measurementsOf(comparison: Comparison): Measurement[] {
  const { id, unit, series, spins } = comparison
  const { own } = sidesOf(comparison)
  const figures = series.flatMap(({ name, peer, rounds, rocAuc }): Measurement[] => {
    const owner = peer === undefined ? {} : { peer }
    const ratio = own === undefined || peer === undefined ? null : rangeOf(ratiosOf(own.rounds, rounds))
    const figure = (words: string, value: number): Measurement => ({
      id: `${id}.${words}.${name}`,
      value,
      unit: '1',
      ...owner,
    })
    return [
      {
        id: `${id}.${name}`,
        value: rangeOf(rounds).median,
        unit,
        ...owner,
        ...(ratio === null ? {} : { ratio: ratio.median }),
      },
      ...(ratio === null ? [] : [figure('ratioMin', ratio.least), figure('ratioMax', ratio.greatest)]),
      ...(rocAuc === undefined ? [] : [figure('rocAuc', rocAuc)]),
    ]
  })
  const spread = spins.length === 0 ? [] : [{ id: `${id}.spinSpread`, value: spinSpread(spins), unit: '1' }]
  return [...figures, ...spread]
}
