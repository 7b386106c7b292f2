import type { Random } from '../base/random.js'
import { drawBetween, drawIndex, drawLogNormal } from './draws.js'
import { regionShares } from './regions.js'

export const channels = ['store', 'online', 'partner', 'telesales'] as const
export const ageBands = ['18-24', '25-34', '35-49', '50-64', '65+'] as const
const channelShares = [0.38, 0.27, 0.22, 0.13]
const ageShares = [0.17, 0.26, 0.3, 0.18, 0.09]
const hopperChance = [0.05, 0.08, 0.2, 0.14]
/** Data volume of the age bands against the middle one. */
const dataOfAge = [1.9, 1.5, 1, 0.6, 0.3]

/**
 * A person: what does not change from month to month. A person holds one line after another, or two at once. Only
 * region, group, channel, age band, payment type and the two flags ever appear in a table.
 */
export interface Holder {
  readonly region: number
  readonly enterprise: boolean
  readonly channel: number
  /** Index of the age band; -1 = unknown to the operator. */
  readonly ageBand: number
  readonly prepaid: boolean
  readonly doNotDisturb: boolean
  /** A line of the operator's own staff: costs nothing and hardly ever ends. */
  readonly officialFree: boolean
  /** How much prices and offers matter; median 1. */
  readonly priceSensitivity: number
  /** Lives from welcome offer to welcome offer. */
  readonly hopper: boolean
  /** Satisfaction to which the person returns when nothing happens. */
  readonly contentment: number
  /** Readiness to complain; median 1. */
  readonly outspoken: number
  /** Reliability in paying; standard normal. */
  readonly discipline: number
  /** Usage of an ordinary month at full engagement. */
  readonly minutes: number
  readonly dataMb: number
  readonly messages: number
  /** Depth (logarithm) and time constant (months) of the ramp-up of a new line. */
  readonly rampDepth: number
  readonly rampMonths: number
  /** Monthly fall of usage while considering to leave (logarithm); 0 for those who leave without a sign. */
  readonly fadeRate: number
  /** Chance of a month without usage although the person stays. */
  readonly travels: number
}

/** Draws a person. */
export function drawHolder(random: Random): Holder {
  const channel = drawIndex(random, channelShares)
  const age = drawIndex(random, ageShares)
  const enterprise = random.uniform() < 0.09
  const prepaid = !enterprise && random.uniform() < (age === 0 ? 0.8 : 0.67)
  const hopper = random.uniform() < hopperChance[channel]! * (prepaid ? 1.4 : 1) * (enterprise ? 0.2 : 1)
  const talk = 0.35 * random.normal()
  const fades = random.uniform() < 0.88
  return {
    region: drawIndex(random, regionShares),
    enterprise,
    channel,
    ageBand: random.uniform() < 0.12 ? -1 : age,
    prepaid,
    doNotDisturb: random.uniform() < 0.05,
    officialFree: random.uniform() < 0.008,
    priceSensitivity: drawLogNormal(random, hopper ? 1.6 : age === 0 ? 1.2 : 1, 0.45),
    hopper,
    contentment: 0.3 + 0.55 * random.normal(),
    outspoken: drawLogNormal(random, 1, 0.6),
    discipline: random.normal(),
    minutes: drawLogNormal(random, 210, 0.45) * Math.exp(talk),
    dataMb: drawLogNormal(random, 5200 * dataOfAge[age]!, 0.7) * Math.exp(talk),
    messages: drawLogNormal(random, 24, 0.7),
    rampDepth: drawBetween(random, 0.3, 1.1),
    rampMonths: drawBetween(random, 1.2, 4.5),
    fadeRate: fades ? drawBetween(random, 0.2, 0.6) : 0,
    travels: random.uniform() < 0.06 ? 0.05 : 0.003,
  }
}
