import type { Random } from '../base/random.js'
import { pastMonths } from './calendar.js'
import { planCatalogue } from './plans.js'
import { regions } from './regions.js'

/** The environment of all customers, which is in no table: networks, competitors, prices, record faults. */
export interface World {
  /** Quality of the network of a region in a month; 0 = as expected, about ±0.5. */
  readonly network: (region: number, month: number) => number
  /** Strength of competitors' campaigns in a region in a month, 0 … about 2. */
  readonly competitor: (region: number, month: number) => number
  /** Chance that a complaint is handled badly. */
  readonly badHandling: (region: number) => number
  /** Rise of the fee of a plan at the start of the month, a share; mostly 0. */
  readonly priceRise: (plan: number, month: number) => number
  /** Whether the data volumes of a region are lost in a month. */
  readonly dataLost: (region: number, month: number) => boolean
}

/**
 * Returns the world of a simulation. Months are drawn in order, so that a longer simulation begins like a shorter one.
 */
export function drawWorld(random: Random, monthCount: number): World {
  const total = pastMonths + monthCount
  const network = new Float64Array(regions.length * total)
  const competitor = new Float64Array(regions.length * total)
  const priceRise = new Float64Array(planCatalogue.length * total)
  const dataLost = new Uint8Array(regions.length * total)
  const networkMean = Float64Array.from(regions, () => 0.3 * random.normal())
  const badHandling = Float64Array.from(regions, () => 0.25 + 0.25 * random.uniform())
  const quality = Float64Array.from(networkMean)
  const campaign = new Float64Array(regions.length)
  for (let index = 0; index < total; index++) {
    for (let region = 0; region < regions.length; region++) {
      const cell = index * regions.length + region
      const mean = networkMean[region]!
      const fault = random.uniform() < 0.03 ? 0.7 : 0
      quality[region] = mean + 0.8 * (quality[region]! - mean) + 0.15 * random.normal() - fault
      network[cell] = quality[region]!
      const starts = random.uniform() < 0.09 ? 0.5 + 0.9 * random.uniform() : 0
      campaign[region] = 0.6 * campaign[region]! + starts
      competitor[cell] = 0.2 + 0.15 * random.uniform() + campaign[region]!
      dataLost[cell] = random.uniform() < 0.008 ? 1 : 0
    }
    for (let plan = 0; plan < planCatalogue.length; plan++) {
      const rises = random.uniform() < 0.045
      const share = 0.04 + 0.07 * random.uniform()
      priceRise[index * planCatalogue.length + plan] = rises ? share : 0
    }
  }
  const cellOf = (region: number, month: number) => (month + pastMonths) * regions.length + region
  return {
    network: (region, month) => network[cellOf(region, month)]!,
    competitor: (region, month) => competitor[cellOf(region, month)]!,
    badHandling: (region) => badHandling[region]!,
    priceRise: (plan, month) => priceRise[(month + pastMonths) * planCatalogue.length + plan]!,
    dataLost: (region, month) => dataLost[cellOf(region, month)] === 1,
  }
}
