import type { Problem } from '../base/errors.js'
import { featureName } from '../feature/name/featureName.js'
import type { FeatureRule } from '../feature/rule.js'
import { outcomeColumns } from '../label/labelProblems.js'
import type { LabelRule } from '../label/rule.js'
import type { FalseChurnRule } from '../population/falseChurnRule.js'
import type { PopulationRule } from '../population/rule.js'

interface PlannedColumns {
  readonly label: LabelRule
  readonly features: readonly FeatureRule[]
  readonly population: PopulationRule
  readonly falseChurn?: FalseChurnRule
}

/**
 * Returns problems for everything in a plan that reads a column of `customers` filled in with the outcome, such as the
 * reason for the cancellation or a status "closed for arrears": whoever has a value has left.
 */
export function outcomeColumnProblems(plan: PlannedColumns): Problem[] {
  const signs = plan.falseChurn?.arrears ?? []
  const columns = new Set([
    ...outcomeColumns(plan.label),
    ...signs.flatMap((sign) => (sign.by === 'attribute' ? [sign.column] : [])),
  ])
  const features = plan.features
    .filter((rule) => columnsOfCustomer(rule).some((column) => columns.has(column)))
    .map((rule) => leak(`feature ${featureName(rule)}`))
  const exclusions = plan.population.exclusions
    .filter((exclusion) => exclusion.kind === 'attributeIn' && columns.has(exclusion.column))
    .map(({ reason }) => leak(`exclusion ${JSON.stringify(reason)}`))
  return [...features, ...exclusions]
}

function leak(parameter: string): Problem {
  return {
    code: 'data-leak',
    parameter,
    rule: 'to read no column that says why a customer left, as the label does',
    wayOut: 'Leave it out.',
  }
}

/** The columns of `customers` that a rule, or one inside it, reads. */
function columnsOfCustomer(rule: object): string[] {
  const { kind, column, of } = rule as { kind?: unknown; column?: unknown; of?: unknown }
  const isOwn = kind === 'attribute' || kind === 'isOther' || (kind === 'daysUntil' && of === 'customer')
  const inner = Object.values(rule).flatMap((value) =>
    typeof value === 'object' && value !== null ? columnsOfCustomer(value) : [],
  )
  return isOwn && typeof column === 'string' ? [column, ...inner] : inner
}
