import { z } from 'zod'
import { closestWord, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { ownValue } from '../base/ownValue.js'
import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import { columnsRead, type ReadColumn, tablesRead } from './columnKindsOf.js'
import { featureRuleSchema } from './featureRuleSchema.js'
import { featureName } from './name/featureName.js'
import type { FeatureRule } from './rule.js'

/** At least one rule, each of them well-formed. */
export const featureRulesSchema = z.array(featureRuleSchema).min(1)

/**
 * Refuses rules that cannot be asked of a history: malformed, asked twice, or about tables and columns that it does not
 * have or whose kind is another.
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
  const problems = rules.flatMap((rule) => [...missingTables(rule, tables), ...wrongColumns(rule, tables)])
  refuse(operation, [...askedTwice(rules), ...new Map(problems.map((p) => [JSON.stringify(p), p])).values()])
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

function missingTables(rule: FeatureRule, tables: HistoryKinds): Problem[] {
  return tablesRead(rule)
    .filter((table) => tables[table] === undefined)
    .map((table) => ({
      code: 'table-unknown',
      parameter: `table ${table}`,
      rule: `to be one of the tables of the history: ${Object.keys(tables).join(', ')}`,
      wayOut: `Give it to openHistory, or leave out the features of ${table}.`,
    }))
}

function wrongColumns(rule: FeatureRule, tables: HistoryKinds): Problem[] {
  return columnsRead(rule).flatMap((read) => {
    const columns = tables[read.table]
    return columns === undefined ? [] : wrongColumn(read, columns, featureName(rule))
  })
}

function wrongColumn(
  { table, column, kinds }: ReadColumn,
  columns: NonNullable<HistoryKinds[InputTableName]>,
  feature: string,
): Problem[] {
  const kind = ownValue(columns, column)
  if (kind === undefined) {
    const close = closestWord(column, Object.keys(columns))
    return [
      {
        code: 'column-missing',
        parameter: `column ${column}`,
        rule: `to be one of ${Object.keys(columns).join(', ')}`,
        place: { table },
        wayOut: close === undefined ? `Leave out the feature ${feature}.` : `Did you mean ${close}?`,
      },
    ]
  }
  if (kinds.includes(kind)) return []
  return [
    {
      code: 'column-type',
      parameter: `column ${column}`,
      rule: `to hold ${kinds.join(' or ')} values for the feature ${feature}`,
      received: kind,
      place: { table },
    },
  ]
}
