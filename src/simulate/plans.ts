import type { Random } from '../base/random.js'
import { drawIndex } from './draws.js'
import type { Holder } from './holder.js'

/** A plan of the operator; money and allowances are per month. */
export interface Plan {
  readonly name: string
  readonly prepaid: boolean
  readonly converged: boolean
  readonly fee: number
  readonly minutes: number
  readonly dataMb: number
}

/** All plans, within a family from small to large. */
export const planCatalogue: readonly Plan[] = [
  { name: 'talk', prepaid: true, converged: false, fee: 0, minutes: 0, dataMb: 0 },
  { name: 'talk-data', prepaid: true, converged: false, fee: 38, minutes: 100, dataMb: 6000 },
  { name: 'basic', prepaid: false, converged: false, fee: 58, minutes: 150, dataMb: 4000 },
  { name: 'plus', prepaid: false, converged: false, fee: 88, minutes: 300, dataMb: 10_000 },
  { name: 'max', prepaid: false, converged: false, fee: 128, minutes: 1000, dataMb: 30_000 },
  { name: 'family', prepaid: false, converged: true, fee: 129, minutes: 500, dataMb: 20_000 },
  { name: 'family-plus', prepaid: false, converged: true, fee: 199, minutes: 1500, dataMb: 60_000 },
]

const minutePrice = 0.15
const megabytePrice = 0.003
/** Overage is capped, as real operators do after the first complaints. */
const overageCap = 90

/** Returns the plan that a person chooses for a new line, by payment type and usage. */
export function drawPlan(random: Random, holder: Holder): number {
  if (holder.prepaid) return random.uniform() < (holder.dataMb > 3500 ? 0.75 : 0.25) ? 1 : 0
  const convergedChance = holder.enterprise ? 0.1 : holder.hopper ? 0.03 : 0.16
  const isLarge = random.uniform() < sizeChance(holder)
  if (random.uniform() < convergedChance) return isLarge ? 6 : 5
  return isLarge ? 4 : random.uniform() < 0.5 ? 3 : 2
}

function sizeChance(holder: Holder): number {
  return holder.dataMb > 12_000 ? 0.65 : holder.dataMb > 5000 ? 0.25 : 0.08
}

/** Returns the length of the agreement that comes with a new line, in months; 0 = none. */
export function drawContractMonths(random: Random, plan: number, hopper: boolean): number {
  const { prepaid, converged } = planCatalogue[plan]!
  const chance = prepaid ? 0.12 : converged ? 0.9 : hopper ? 0.4 : 0.72
  if (random.uniform() >= chance) return 0
  return random.uniform() < (prepaid ? 1 : 0.5) ? 12 : 24
}

/** Returns how long a welcome offer lasts, in months; 0 = none. */
export function drawPromotionMonths(random: Random, hopper: boolean): number {
  if (random.uniform() >= (hopper ? 0.9 : 0.6)) return 0
  return [3, 6, 12, 24][drawIndex(random, hopper ? [0.4, 0.1, 0.45, 0.05] : [0.05, 0.1, 0.6, 0.25])]!
}

/** Returns the next larger (+1) or smaller (-1) plan of the same family, or the same if there is none. */
export function neighbourPlan(plan: number, step: 1 | -1): number {
  const here = planCatalogue[plan]!
  const next = planCatalogue[plan + step]
  return next !== undefined && next.prepaid === here.prepaid && next.converged === here.converged
    ? plan + step
    : plan
}

/** Returns what usage beyond the allowances costs. */
export function overageOf(plan: number, minutes: number, dataMb: number): number {
  const { minutes: freeMinutes, dataMb: freeData } = planCatalogue[plan]!
  const beyond =
    minutePrice * Math.max(0, minutes - freeMinutes) + megabytePrice * Math.max(0, dataMb - freeData)
  return overageCap * (1 - Math.exp(-beyond / overageCap))
}
