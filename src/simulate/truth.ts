import { leaveReasonIndex, leaveReasons, type MonthRisk } from './hazards.js'
import { type Line, stageIndex, stages } from './line.js'
import type { Simulation } from './lineMonth.js'

/** Writes the truth of a month for a line that may leave in it. */
export function writeTruth(
  simulation: Simulation,
  id: string,
  holderNumber: number,
  line: Line,
  month: number,
  risk: MonthRisk,
  reason: number,
): void {
  const { truth } = simulation.rows
  const silent = risk.byReason[leaveReasonIndex.silent]!
  truth.id.push(truth.id.codeOf(id))
  truth.month.push(simulation.months.start(month))
  truth.churnProbability.push(risk.leaves)
  truth.cancelProbability.push(risk.leaves - silent)
  truth.silentProbability.push(silent)
  truth.quietProbability.push(silent + (1 - silent) * risk.quiet)
  truth.left.push(reason === leaveReasonIndex.stays ? 0 : 1)
  if (reason === leaveReasonIndex.stays) truth.leaveReason.pushMissing()
  else truth.leaveReason.push(truth.leaveReason.codeOf(leaveReasons[reason]!))
  truth.stage.push(truth.stage.codeOf(stages[line.stage]!))
  truth.engagement.push(line.trend[0]!)
  truth.holder.push(holderNumber)
}

/** Writes the truth of a month for a line that has left: stage churn, nothing more to happen. */
export function writeTruthAfterLeaving(
  simulation: Simulation,
  id: string,
  holderNumber: number,
  month: number,
): void {
  const { truth } = simulation.rows
  truth.id.push(truth.id.codeOf(id))
  truth.month.push(simulation.months.start(month))
  truth.churnProbability.pushMissing()
  truth.cancelProbability.pushMissing()
  truth.silentProbability.pushMissing()
  truth.quietProbability.pushMissing()
  truth.left.push(0)
  truth.leaveReason.pushMissing()
  truth.stage.push(truth.stage.codeOf(stages[stageIndex.churn]!))
  truth.engagement.push(0)
  truth.holder.push(holderNumber)
}
