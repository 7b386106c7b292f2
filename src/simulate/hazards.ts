import { leavingSeason, type SimulatedMonths } from './calendar.js'
import type { Holder } from './holder.js'
import { type Line, neverEnds, tenureOf } from './line.js'
import { planCatalogue } from './plans.js'
import type { World } from './world.js'

/** Why a line ends, as the truth table names it. */
export const leaveReasons = ['cancelled', 'silent', 'arrears', 'transfer'] as const

/** Index into {@link leaveReasons}, or -1 for staying. */
export const leaveReasonIndex = { stays: -1, cancelled: 0, silent: 1, arrears: 2, transfer: 3 } as const

/** Probabilities of what a line may do in one month, given its state at the month's start. */
export interface MonthRisk {
  /** Probability of ending for each of {@link leaveReasons}. */
  readonly byReason: Float64Array
  /** Probability of ending: their sum. */
  leaves: number
  /** Probability of a month without usage by a line that does not fall silent for good: suspended, or abroad. */
  quiet: number
}

/** Returns a risk record, to be reused. */
export function emptyRisk(): MonthRisk {
  return { byReason: new Float64Array(leaveReasons.length), leaves: 0, quiet: 0 }
}

/**
 * Fills in the probabilities of the month that begins, from the latent state at its start and nothing later.
 *
 * Each reason is a rate; with L their sum, the line ends in the month with probability 1 − e^−L, and for one
 * reason in proportion to its rate (competing risks).
 */
export function assessMonth(
  risk: MonthRisk,
  line: Line,
  holder: Holder,
  world: World,
  months: SimulatedMonths,
  month: number,
): void {
  const voluntary = voluntaryRate(line, holder, world, months, month)
  const silentShare = holder.prepaid ? 0.62 : 0
  const transferShare = (holder.hopper ? 0.3 : 0.06) * (1 - silentShare)
  const arrears = line.suspendedMonths >= 2 ? 0.55 : 0
  const total = voluntary + arrears
  risk.leaves = -Math.expm1(-total)
  const perRate = total === 0 ? 0 : risk.leaves / total
  risk.byReason[leaveReasonIndex.cancelled] = voluntary * (1 - silentShare - transferShare) * perRate
  risk.byReason[leaveReasonIndex.silent] = voluntary * silentShare * perRate
  risk.byReason[leaveReasonIndex.arrears] = arrears * perRate
  risk.byReason[leaveReasonIndex.transfer] = voluntary * transferShare * perRate
  risk.quiet = line.suspendedMonths > 0 ? 1 : holder.travels
}

function voluntaryRate(
  line: Line,
  holder: Holder,
  world: World,
  months: SimulatedMonths,
  month: number,
): number {
  const tenure = tenureOf(line, month)
  const heat = heatOf(line, holder, world, month)
  const abrupt =
    0.013 * Math.exp(0.8 * heat) * inertia(tenure) +
    (line.lifeEvent ? 0.3 : 0) +
    newcomerRate(line, holder, tenure) +
    promotionHopRate(line, holder, month)
  const thinking =
    line.wavering === 0
      ? 0
      : (0.03 + 0.085 * Math.min(line.wavering, 4)) *
        Math.exp(0.3 * heat) *
        (line.asked ? 2.2 : 1) *
        (line.courted ? 0.5 : 1)
  return (
    (abrupt + thinking) * bindingFactor(line, months, month) * standingFactor(line, holder, months, month)
  )
}

/** Inclination to leave: dissatisfaction and the pull of competitors, which reinforce each other. */
export function heatOf(line: Line, holder: Holder, world: World, month: number): number {
  const push = Math.max(0, 0.3 - line.satisfaction) ** 1.5
  // Last month's offers of competitors act now: people need time to hear of them.
  const pull = holder.priceSensitivity * (world.competitor(holder.region, month - 1) + 0.6 * line.priceShock)
  return Math.min(0.6 * push + 0.35 * pull + 0.45 * Math.min(push, 2) * Math.min(pull, 2), 3.2)
}

/** The longer the tenure, the less customers look around. */
function inertia(tenure: number): number {
  return 1 / (1 + tenure / 45)
}

function newcomerRate(line: Line, holder: Holder, tenure: number): number {
  if (tenure > 3) return 0
  return (holder.hopper ? 0.22 : 0.035) + (line.satisfaction < -0.3 ? 0.06 : 0)
}

function promotionHopRate(line: Line, holder: Holder, month: number): number {
  const since = month - line.promotionEndMonth
  if (line.promotionShare === 0 || since < 0 || since > 2) return 0
  return (holder.hopper ? 0.3 : 0.1 * holder.priceSensitivity) * (1 - 0.25 * since)
}

/** An agreement holds people back until it is nearly over; then they leave more easily than those who never had one. */
function bindingFactor(line: Line, months: SimulatedMonths, month: number): number {
  if (line.contractEnd === neverEnds) return 1
  const left = (line.contractEnd - months.start(month)) / 30.4
  if (left > 2) return 0.15
  if (left > 0) return 0.7
  return left > -4 ? 2.2 : 1
}

function standingFactor(line: Line, holder: Holder, months: SimulatedMonths, month: number): number {
  const converged = planCatalogue[line.plan]!.converged ? 0.14 : 1
  const official = holder.officialFree ? 0.05 : 1
  const enterprise = holder.enterprise ? 0.6 : 1
  const prepaid = holder.prepaid ? 1.15 : 1
  return converged * official * enterprise * prepaid * leavingSeason[months.ofYear(month)]!
}
