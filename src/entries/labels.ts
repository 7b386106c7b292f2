// `holdfast/labels`: who is counted at a cutoff, and what happened to them after it.

export {
  type ArrearsByAttribute,
  type ArrearsByBalance,
  type ArrearsByPayments,
  type ArrearsSign,
  type FalseChurnOptions,
  type FalseChurnRule,
  falseChurn,
  type SameDevice,
} from '../population/falseChurnRule.js'
export { type FalseChurnReason, falseChurnReasons } from '../population/falseChurnSql.js'
export { type FalseChurn, falseChurnTable } from '../population/falseChurnTable.js'
export { type FollowedCohort, type FollowOptions, followCohort } from '../population/followCohort.js'
export { type MonthlyFlowsOptions, monthlyFlows } from '../population/monthlyFlows.js'
export { type ReturnCurve, type ReturnCurveOptions, returnCurve } from '../population/returnCurve.js'
export {
  type AttributeIn,
  activeCustomers,
  attributeIn,
  type Exclusion,
  type InactiveFor,
  inactiveFor,
  type JoinedWithin,
  joinedWithin,
  type PopulationRule,
} from '../population/rule.js'
export {
  cohortFromTable,
  type SnapshotCohort,
  type SnapshotOptions,
  snapshotCohort,
} from '../population/snapshotCohort.js'
export { stockFlowAudit } from '../population/stockFlowAudit.js'

export { type ActivityChurnedOptions, activityChurned } from '../label/activityChurned.js'
export {
  type CancelCause,
  type InvoluntaryRule,
  involuntary,
  type ReasonIn,
  reasonIn,
  type UnpaidBefore,
  type UnpaidBeforeOptions,
  unpaidBefore,
  voluntary,
} from '../label/cancelCause.js'
export type { CancelledOptions } from '../label/cancelled.js'
export { type FirstPassageOptions, firstPassage } from '../label/firstPassage.js'
export type { HorizonOptions } from '../label/horizonOf.js'
export { labelName } from '../label/labelName.js'
export type { ResolvedChurn } from '../label/labelParts.js'
export type { LabelTableOptions } from '../label/labelTable.js'
export { parseLabelName } from '../label/parseLabelName.js'
export { type LowerPlan, type PlanDowngradedOptions, planDowngraded } from '../label/planDowngraded.js'
export type { PlanOrder, PlanTiers, PlanValue } from '../label/planOrder.js'
export type {
  CancelledRule,
  FirstPassageRule,
  Horizon,
  LabelRule,
  OutcomeRule,
  PassageCause,
  PlanDowngradedRule,
  SilentRule,
  ValueDroppedRule,
} from '../label/rule.js'
export type { SilentOptions } from '../label/silent.js'
export { type SurvivalOutcomes, type SurvivalPlan, survivalTable } from '../label/survivalTable.js'
export { type ValueDroppedOptions, valueDropped } from '../label/valueDropped.js'
