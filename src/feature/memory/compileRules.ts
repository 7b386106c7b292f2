import { checkArguments } from '../../base/arguments.js'
import { inNameOf, type Problem, refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import * as z from '../../base/schema.js'
import { timeZoneRule } from '../../base/timeZone.js'
import type { TableReads } from '../../table/customerHistory.js'
import {
  type EventTableName,
  type HistoryKinds,
  historyKindsRule,
  type InputTableName,
} from '../../table/inputs.js'
import { type RepeatedRows, repeatedRowsRule } from '../../table/repeatedRows.js'
import type { ColumnKind } from '../../table/table.js'
import { askedTwice, featureRulesSchema } from '../checkFeatureRules.js'
import { columnKindsOf, columnsRead, type ReadColumn, tablesRead } from '../columnKindsOf.js'
import { formulaOf } from '../formula.js'
import { featureKind, featureName } from '../name/featureName.js'
import type { PercentileReference } from '../percentileReference.js'
import type { FeatureRule } from '../rule.js'
import { FormulaSteps } from './formulaSteps.js'
import { ProgramParts } from './programParts.js'
import type { ColumnProgram, RuleProgram, TextStep } from './ruleProgram.js'

/** What rules need besides a customer's rows. */
export interface CompileRulesOptions {
  /**
   * References for rules of kind `percentile`; for each feature the latest one made by the cutoff is used. Default
   * none.
   */
  readonly percentiles?: readonly PercentileReference[]
  /** Time zone that gives instants in the rows their day, as in the history (`history.timeZone`). Default `'UTC'`. */
  readonly timeZone?: string
  /**
   * Treatment of rows that equal an earlier row in every column, as in the history (`history.repeatedRows`): each
   * counts, they are left out, or the customer is refused. Applies to the tables that the rules read. Default `'keep'`.
   */
  readonly repeatedRows?: RepeatedRows
  /**
   * Tables and columns of the history that the rules were made for (`history.tables`): only these columns tell rows
   * apart. Matters unless `repeatedRows` is `'keep'`. Default: the columns that the rows have.
   */
  readonly tables?: HistoryKinds
}

const compileOptions = z.strictObject({
  percentiles: z.array(z.custom<PercentileReference>()).default([]),
  timeZone: timeZoneRule,
  repeatedRows: repeatedRowsRule,
  tables: historyKindsRule.exactOptional(),
})

/** Rules ready to run in memory, for any number of customers and cutoffs. Immutable. */
export interface CompiledRules {
  readonly rules: readonly FeatureRule[]
  /** @internal In the order of the rules. */
  readonly features: readonly CompiledFeature[]
  /** @internal Kinds of the columns that the rules read, where the rules allow only one. */
  readonly kinds: HistoryKinds
  /** @internal The tables and columns that the rules read. */
  readonly reads: TableReads
  /** @internal The attributes of the customer that the rules read. */
  readonly attributes: readonly ColumnProgram[]
  /** @internal */
  readonly program: RuleProgram
  /** Time zone that gives instants their day. */
  readonly timeZone: string
  /** Treatment of rows that equal an earlier row in every column. */
  readonly repeatedRows: RepeatedRows
  /** @internal The columns that tell rows apart, if known. */
  readonly tables: HistoryKinds | undefined
}

/** Where to find the value of a feature. */
export type CompiledFeature =
  | { readonly kind: 'number'; readonly name: string; readonly slot: number }
  | { readonly kind: 'text'; readonly name: string; readonly read: TextStep }

/**
 * Returns rules ready to run in memory: compile them once when a service starts, use them for every customer.
 *
 * Rules with the same filter share their rows; equal parts and equal arithmetic are computed once.
 *
 * @param rules with different names
 * @param options `percentiles`: needed for rules of kind `percentile`; `timeZone`, `repeatedRows`, `tables` of the history
 * @throws {HoldfastError} all problems at once: `option-invalid` for a malformed rule or a percentile without a
 * reference, `column-duplicate` for a repeated feature, `column-type` if two rules need different kinds of one column
 *
 * O(rules).
 *
 * @example
 * const compiled = compileRules([countOf('usage', { months: 1 }), recency('usage')])
 * const customer = { id: 'A', activatedAt: '2024-11-15' }
 * const { columns } = featuresOf({ customer, usage: [{ day: '2025-02-27' }] }, compiled, epochDay('2025-03-01'))
 * columns.map((column) => column.values[0])
 * // => [1, 2]
 *
 * @see {@link featuresOf} to ask once, {@link followCustomer} for a customer whose events keep coming
 */
export function compileRules(
  rules: readonly FeatureRule[],
  options: CompileRulesOptions = {},
): CompiledRules {
  checkArguments('compileRules', ['rules', rules, 'array'], ['options', options, 'options'])
  checkOptions('compileRules', featureRulesSchema, rules)
  const checked = checkOptions('compileRules', compileOptions, options)
  const { percentiles, timeZone, repeatedRows } = checked
  const columns = rules.flatMap(columnsRead)
  refuse('compileRules', [
    ...askedTwice(rules),
    ...withoutReference(rules, percentiles),
    ...ofOtherRows(percentiles, checked),
    ...ofNoKind(columns),
  ])
  const tables = new Set(rules.flatMap(tablesRead))
  const parts = new ProgramParts(
    new Map<EventTableName, ColumnProgram[]>([...tables].map((table) => [table, columnsOf(table, columns)])),
  )
  const steps = new FormulaSteps(parts)
  const features = rules.map((rule) => compiledFeature(rule, steps, percentiles))
  return {
    rules,
    features,
    kinds: columnKindsOf(rules),
    reads: new Map(
      (['customers', ...tables] as const).map((table) => [
        table,
        columnsOf(table, columns).map(({ name }) => name),
      ]),
    ),
    attributes: columnsOf('customers', columns),
    timeZone,
    repeatedRows,
    tables: checked.tables as HistoryKinds | undefined,
    program: {
      windows: parts.windows,
      tables: parts.tables(),
      lags: parts.lags,
      steps: steps.steps,
      slots: parts.slots,
    },
  }
}

/** Compiles the rules unless they are compiled already. @param operation the public function that was given them */
export function compiledOnce(
  operation: string,
  rules: readonly FeatureRule[] | CompiledRules,
): CompiledRules {
  if (typeof rules === 'object' && rules !== null && 'program' in rules) return rules
  return inNameOf(operation, () => compileRules(rules))
}

function compiledFeature(
  rule: FeatureRule,
  steps: FormulaSteps,
  percentiles: readonly PercentileReference[],
): CompiledFeature {
  const [name, formula] = [featureName(rule), formulaOf(rule)]
  if (featureKind(rule) === 'text') return { kind: 'text', name, read: steps.text(formula) }
  const slot =
    formula.op === 'percentile'
      ? steps.percentile(formula, referencesOf(name, percentiles))
      : steps.number(formula)
  return { kind: 'number', name, slot }
}

function referencesOf(name: string, percentiles: readonly PercentileReference[]): PercentileReference[] {
  return percentiles.filter(({ feature }) => feature === name)
}

/** Rows that are read differently have other values. */
function ofOtherRows(
  percentiles: readonly PercentileReference[],
  asked: Pick<CompiledRules, 'timeZone' | 'repeatedRows'>,
): Problem[] {
  return (['timeZone', 'repeatedRows'] as const).flatMap((name) => {
    const other = percentiles.find((reference) => (reference[name] ?? asked[name]) !== asked[name])
    if (other === undefined) return []
    return [
      {
        code: 'option-invalid',
        parameter: name,
        rule: `to be that of the history from which the percentiles were made, ${other[name]}`,
        received: asked[name],
        wayOut: `Give ${name}: '${other[name]}', or percentiles from a history that was opened like that of the rules.`,
      },
    ]
  })
}

function withoutReference(
  rules: readonly FeatureRule[],
  percentiles: readonly PercentileReference[],
): Problem[] {
  return rules
    .filter((rule) => rule.kind === 'percentile' && referencesOf(featureName(rule), percentiles).length === 0)
    .map((rule) => ({
      code: 'option-invalid',
      parameter: `feature ${featureName(rule)}`,
      rule: 'to have a reference: a single customer has no rank',
      wayOut: 'Make one with percentileReferences from the batch and give it to compileRules as percentiles.',
    }))
}

/** Returns the columns of a table, each with the kinds that all its rules accept. */
function columnsOf(table: InputTableName, columns: readonly ReadColumn[]): ColumnProgram[] {
  const kindsOf = new Map<string, readonly ColumnKind[]>()
  for (const { column, kinds } of columns.filter((read) => read.table === table)) {
    kindsOf.set(
      column,
      (kindsOf.get(column) ?? kinds).filter((kind) => kinds.includes(kind)),
    )
  }
  return [...kindsOf].map(([name, kinds]) => ({ name, kinds }))
}

function ofNoKind(columns: readonly ReadColumn[]): Problem[] {
  const tables = [...new Set(columns.map(({ table }) => table))]
  return tables.flatMap((table) =>
    columnsOf(table, columns)
      .filter(({ kinds }) => kinds.length === 0)
      .map(({ name }) => ({
        code: 'column-type',
        parameter: `column ${name}`,
        rule: 'to be read as one kind by all rules',
        place: { table },
        wayOut: 'Leave out the rules that read it as another kind.',
      })),
  )
}
