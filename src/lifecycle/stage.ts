/** The stages of a customer's life, in their usual order. Any of them may be followed by any other. */
export const lifecycleStages = ['acquisition', 'growth', 'maturity', 'decline', 'churn'] as const

/** One stage of a customer's life. */
export type LifecycleStage = (typeof lifecycleStages)[number]

/** Index of a stage in {@link lifecycleStages}, stored instead of the name. */
export type StageCode = 0 | 1 | 2 | 3 | 4

export const acquisition: StageCode = 0
export const growth: StageCode = 1
export const maturity: StageCode = 2
export const decline: StageCode = 3
export const churn: StageCode = 4
