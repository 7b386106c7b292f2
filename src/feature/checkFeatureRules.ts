import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import * as z from '../base/schema.js'
import { type Need, needProblems } from '../table/historyProblems.js'
import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import { columnsRead, tablesRead } from './columnKindsOf.js'
import { featureRuleSchema } from './featureRuleSchema.js'
import { featureName } from './name/featureName.js'
import type { FeatureRule } from './rule.js'

/** At least one rule, each of them well-formed. */
export const featureRulesSchema = z.array(featureRuleSchema).min(1)

/**
 * Refuses rules that a history cannot answer: malformed or repeated ones, and those about tables or columns that it
 * does not have or that are of another kind.
 *
 * @throws {HoldfastError} all problems at once: `option-invalid`, `column-duplicate`, `table-unknown`, `column-missing`,
 * `column-type`
 */
export function checkFeatureRules(
  operation: string,
  rules: readonly FeatureRule[],
  tables: HistoryKinds,
): void {
  checkOptions(operation, featureRulesSchema, rules)
  const needs = rules.flatMap((rule): Need[] => [
    ...tablesRead(rule).map((table) => ({ table })),
    ...columnsRead(rule).map((read) => ({ ...read, reader: `feature ${featureName(rule)}` })),
  ])
  refuse(operation, [
    ...askedTwice(rules),
    ...needProblems(
      needs,
      tables,
      (table) => `Give it to openHistory, or leave out the features of ${table}.`,
    ),
  ])
}

/** Returns the tables that some rules read. */
export function featureTables(rules: readonly FeatureRule[]): InputTableName[] {
  return [...new Set(rules.flatMap(tablesRead))]
}

/** Returns a problem for each feature that more than one rule asks for. */
export function askedTwice(rules: readonly FeatureRule[]): Problem[] {
  const names = rules.map(featureName)
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  return [...repeated].map((name) => ({
    code: 'column-duplicate',
    parameter: `feature ${name}`,
    rule: 'to be asked once',
    wayOut: 'Leave the second rule out.',
  }))
}
