import { checkArguments } from '../base/arguments.js'
import { type Problem, refuse } from '../base/errors.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { Table } from '../table/table.js'
import { type LifecycleStage, lifecycleStages } from './stage.js'

/** Agreement of tagged stages with known ones. */
export interface StageAgreement {
  /** Customer-months compared. */
  readonly count: number
  /** Share of equal stages, in [0, 1]. */
  readonly accuracy: number
  /** Cohen's kappa: 1 = equal, 0 = as by chance. Null if both contain only the same single stage. */
  readonly kappa: number | null
  /**
   * One row per stage: `stage`, `tagged`, `known`, `both`, `precision` (both / tagged), `recall` (both / known);
   * missing if the divisor is 0.
   */
  readonly byStage: Table
  /** Shape (5, 5), row by row: `confusion[known * 5 + tagged]`, stages in the order of `lifecycleStages`. */
  readonly confusion: Float64Array
}

/**
 * Returns how far tagged stages agree with known ones.
 *
 * Use it if the true stage is known, from a simulation or from people's judgement, and compare with a simpler tagger:
 * accuracy says little if most customers are in one stage. With p = share of equal stages and e = Σ over stages of
 * (share tagged × share known), kappa = (p − e) / (1 − e).
 *
 * @param tagged shape (n)
 * @param known shape (n)
 * @throws {HoldfastError} `length-differs`, `table-empty`
 *
 * O(n).
 *
 * @example
 * const { accuracy, kappa } = stageAgreement(
 *   ['maturity', 'maturity', 'decline', 'churn'],
 *   ['maturity', 'decline', 'decline', 'churn'],
 * )
 * accuracy
 * // => 0.75
 * kappa   // e = (2·1 + 1·2 + 1·1) / 16 = 5/16; (12/16 − 5/16) / (11/16)
 * // => 0.6363636363636364
 *
 * @see Cohen, A coefficient of agreement for nominal scales (1960)
 */
export function stageAgreement(
  tagged: readonly LifecycleStage[],
  known: readonly LifecycleStage[],
): StageAgreement {
  checkArguments('stageAgreement', ['tagged', tagged, 'list'], ['known', known, 'list'])
  refuse('stageAgreement', problemsOf(tagged, known))
  const size = lifecycleStages.length
  const confusion = new Float64Array(size * size)
  tagged.forEach((stage, index) => {
    confusion[lifecycleStages.indexOf(known[index]!) * size + lifecycleStages.indexOf(stage)]!++
  })
  const stages = Array.from(lifecycleStages.keys())
  const sum = (cellOf: (other: number) => number) =>
    stages.reduce((total, other) => total + confusion[cellOf(other)]!, 0)
  const both = stages.map((stage) => confusion[stage * size + stage]!)
  const knownCounts = stages.map((stage) => sum((other) => stage * size + other))
  const taggedCounts = stages.map((stage) => sum((other) => other * size + stage))
  const count = tagged.length
  const accuracy = both.reduce((total, cell) => total + cell, 0) / count
  const chance = stages.reduce(
    (total, stage) => total + (knownCounts[stage]! * taggedCounts[stage]!) / count ** 2,
    0,
  )
  const ratio = (divisors: readonly number[]) =>
    stages.map((stage) => (divisors[stage] === 0 ? null : both[stage]! / divisors[stage]!))
  const byStage = new Table([
    textColumn('stage', lifecycleStages),
    numberColumn('tagged', taggedCounts),
    numberColumn('known', knownCounts),
    numberColumn('both', both),
    numberColumn('precision', ratio(taggedCounts)),
    numberColumn('recall', ratio(knownCounts)),
  ])
  return {
    count,
    accuracy,
    kappa: chance === 1 ? null : (accuracy - chance) / (1 - chance),
    byStage,
    confusion,
  }
}

function problemsOf(tagged: readonly LifecycleStage[], known: readonly LifecycleStage[]): Problem[] {
  if (tagged.length !== known.length) {
    const rule = `to have as many stages as tagged (${tagged.length})`
    return [{ code: 'length-differs', parameter: 'known', rule, received: known.length }]
  }
  if (tagged.length === 0) return [{ code: 'table-empty', parameter: 'tagged', rule: 'to have a stage' }]
  const problems: Problem[] = []
  for (const [parameter, stages] of Object.entries({ tagged, known })) {
    const row = stages.findIndex((stage) => !lifecycleStages.includes(stage))
    if (row < 0) continue
    const rule = `to hold ${lifecycleStages.join(', ')}`
    problems.push({ code: 'value-unknown', parameter, rule, received: stages[row], place: { row: row + 1 } })
  }
  return problems
}
