import { seededRandom } from '../../src/base/random.js'
import { metricsWithoutInterval } from '../../src/evaluate/interval/bootstrapInterval.js'
import { metricNames } from '../../src/evaluate/metrics.js'
import type { Benchmark, Measurement } from '../result.js'
import { clusterIntervals, type Intervals, sampleIntervals, truthsOf } from './intervals.js'
import {
  type Population,
  rowsOfCustomers,
  rowsOfLastCutoff,
  scoredPopulation,
  takePopulation,
} from './population.js'

const runs = 500
const customersPerRun = 3000
const customersPerClusterRun = 1200
const levels = [0.95, 0.9] as const
// Two points, and the last digits of a difference.
const tolerance = 0.02 + 1e-9
/** What intervals do that are not meant for the case is shown with one run of so many. */
const runsPerWrong = 5

/** Metrics that an interval is offered for. */
const names = metricNames.filter((name) => metricsWithoutInterval[name] === undefined)

/** How often intervals hold the figure of all customers that a sample was drawn from. */
export const benchmark: Benchmark = {
  about: 'how often do intervals of 95 % and of 90 % hold the figure of all customers of the kind?',
  run: async () => {
    const population = await scoredPopulation()
    const oneRowEach = takePopulation(population, rowsOfLastCutoff(population))
    const rowsOf = rowsOfCustomers(population)
    const sample = new Tally(truthsOf(oneRowEach, names))
    const clusters = new Tally(truthsOf(population, names))
    for (let run = 0; run < runs; run++) {
      const random = seededRandom(run)
      const rows = Int32Array.from({ length: customersPerRun }, () =>
        random.integer(oneRowEach.outcome.length),
      )
      sample.add(
        sampleIntervals(takePopulation(oneRowEach, rows), names, levels, run, run % runsPerWrong === 0),
      )
      const drawn = Array.from(
        { length: customersPerClusterRun },
        () => rowsOf[random.integer(rowsOf.length)]!,
      )
      clusters.add(
        clusterIntervals(drawnCustomers(population, drawn), names, levels, run, run % runsPerWrong === 0),
      )
    }
    const results = [
      ...sizes('sample', oneRowEach, customersPerRun),
      ...sizes('clusters', population, customersPerClusterRun),
      ...sample.measurements('sample'),
      ...clusters.measurements('clusters'),
    ]
    return { peers: {}, results, notices: missed(results) }
  },
}

/** A customer who is drawn twice is two customers. */
function drawnCustomers(population: Population, drawn: readonly Int32Array[]): Population {
  const rows = Int32Array.from(drawn.flatMap((some) => [...some]))
  const customers = drawn.flatMap((some, place) => Array.from(some, () => String(place)))
  return { ...takePopulation(population, rows), customers }
}

function sizes(kind: string, { outcome }: Population, customers: number): Measurement[] {
  const churned = outcome.reduce((sum, y) => sum + y, 0)
  return [
    { id: `${kind}.population.rows`, value: outcome.length, unit: 'rows' },
    { id: `${kind}.population.baseRate`, value: churned / outcome.length, unit: '1' },
    { id: `${kind}.customersPerRun`, value: customers, unit: 'customers' },
  ]
}

/** The intervals that a user gets unless he asks for others, off their level by more than two points. */
function missed(results: readonly Measurement[]): string[] {
  return results.flatMap(({ id, value }) => {
    const level = levels.find((one) => id.endsWith(`.${one * 100}`))
    if (level === undefined || !/\.(default|delong)\./.test(id) || Math.abs(value - level) <= tolerance)
      return []
    return [`${id} is ${(value * 100).toFixed(1)} %: more than two points from its level.`]
  })
}

/** Counts how often intervals hold their truth. */
class Tally {
  readonly #held = new Map<string, boolean[]>()
  readonly #truths: ReadonlyMap<string, number>

  constructor(truths: ReadonlyMap<string, number>) {
    this.#truths = truths
  }

  add(intervals: Intervals): void {
    for (const { figure, kind, level, lower, upper } of intervals) {
      const truth = this.#truths.get(figure)!
      const id = `${kind}.${figure}.${Math.round(level * 100)}`
      const some = this.#held.get(id) ?? []
      some.push(lower <= truth && truth <= upper)
      this.#held.set(id, some)
    }
  }

  measurements(prefix: string): Measurement[] {
    return [...this.#held].map(([id, some]) => {
      const value = some.filter((held) => held).length / some.length
      return { id: `${prefix}.${id}`, value, unit: '1' }
    })
  }
}
