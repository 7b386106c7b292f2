import * as z from 'zod'
import type { Months } from '../../base/days.js'
import { checkOptions } from '../../base/options.js'
import { ownValue } from '../../base/ownValue.js'
import type { WindowRule } from '../../base/windows.js'
import type { RowFilter } from '../../population/rowFilter.js'
import {
  type HistoryKinds,
  type InputTableName,
  inputTableNames,
  inputTables,
  type NoOtherTables,
} from '../../table/inputs.js'
import { checkFeatureRules } from '../checkFeatureRules.js'
import type {
  AggregateRule,
  AttributeRule,
  DaysUntilRule,
  DropRule,
  FeatureRule,
  InForceRule,
  IsOtherRule,
  OldestUnpaidRule,
  OpenRowsRule,
  RecencyRule,
  SlopeRule,
  StreakRule,
  ValueAtRule,
  ValueType,
  VariabilityRule,
} from '../rule.js'
import * as aggregates from './aggregateBuilders.js'
import * as arithmetic from './arithmeticBuilders.js'
import type { AmountsOn, ColumnOf, EventTableOf, FilterOn, KnownDayOf, ValueTypeOf } from './columnTypes.js'
import * as customers from './customerBuilders.js'
import * as rows from './rowBuilders.js'

/** Builds a rule about the rows of a table in a window. */
type Counted<Tables> = <Table extends EventTableOf<Tables>>(
  table: Table,
  window: WindowRule,
  where?: FilterOn<Tables, Table>,
) => AggregateRule

/** Builds a rule about a column of a table in a window. */
type Measured<Tables, Kind extends 'number' | 'text'> = <Table extends EventTableOf<Tables>>(
  table: Table,
  column: ColumnOf<Tables, Table, Kind>,
  window: WindowRule,
  where?: FilterOn<Tables, Table>,
) => AggregateRule

/** Builds a rule about the monthly sums of a column. */
type Monthly<Tables, Rule> = <Table extends EventTableOf<Tables>>(
  table: Table,
  measure: ColumnOf<Tables, Table, 'number'>,
  months: Months,
  where?: FilterOn<Tables, Table>,
) => Rule

type ValueAt<Tables> = <
  Table extends EventTableOf<Tables>,
  Column extends ColumnOf<Tables, Table, 'number' | 'text' | 'boolean'>,
>(
  table: Table,
  column: Column,
  window: WindowRule,
  where?: FilterOn<Tables, Table>,
) => ValueAtRule & { readonly type: ValueTypeOf<Tables, Table, Column> }

interface Streaks<Tables> {
  <Table extends EventTableOf<Tables>>(
    table: Table,
    of: 'active' | 'silent',
    months: Months,
    where?: FilterOn<Tables, Table>,
  ): StreakRule
  <Table extends EventTableOf<Tables>>(
    table: Table,
    measure: ColumnOf<Tables, Table, 'number'>,
    of: 'rising' | 'falling',
    months: Months,
    where?: FilterOn<Tables, Table>,
  ): StreakRule
}

interface DaysUntil<Tables> {
  (column: KnownDayOf<Tables, 'plans', 'from'>, of?: 'plan'): DaysUntilRule
  (column: KnownDayOf<Tables, 'customers', 'activatedAt'>, of: 'customer'): DaysUntilRule
}

/** Rule builders that know the tables and their columns. */
export interface FeatureBuilders<Tables extends HistoryKinds> {
  /** See {@link countOf}. */
  readonly countOf: Counted<Tables>
  /** See {@link activeDays}. */
  readonly activeDays: Counted<Tables>
  /** See {@link gapMean}. */
  readonly gapMean: Counted<Tables>
  /** See {@link gapDeviation}. */
  readonly gapDeviation: Counted<Tables>
  /** See {@link sumOf}. */
  readonly sumOf: Measured<Tables, 'number'>
  /** See {@link meanOf}. */
  readonly meanOf: Measured<Tables, 'number'>
  /** See {@link minOf}. */
  readonly minOf: Measured<Tables, 'number'>
  /** See {@link maxOf}. */
  readonly maxOf: Measured<Tables, 'number'>
  /** See {@link distinctOf}. */
  readonly distinctOf: Measured<Tables, 'text'>
  /** See {@link entropyOf}. */
  readonly entropyOf: Measured<Tables, 'text'>
  /** See {@link changesOf}. */
  readonly changesOf: Measured<Tables, 'number' | 'text'>
  /** See {@link firstValue}; the type, number or text, is that of the column. */
  readonly firstValue: ValueAt<Tables>
  /** See {@link lastValue}; the type, number or text, is that of the column. */
  readonly lastValue: ValueAt<Tables>
  /** See {@link recency}. */
  readonly recency: <Table extends EventTableOf<Tables>>(
    table: Table,
    where?: FilterOn<Tables, Table>,
  ) => RecencyRule
  /** See {@link slope}. */
  readonly slope: Monthly<Tables, SlopeRule>
  /** See {@link drop}. */
  readonly drop: Monthly<Tables, DropRule>
  /** See {@link variability}. */
  readonly variability: Monthly<Tables, VariabilityRule>
  /** See {@link streak}. */
  readonly streak: Streaks<Tables>
  /** See {@link openRows}. */
  readonly openRows: <Table extends EventTableOf<Tables>>(
    table: Table,
    until: ColumnOf<Tables, Table, 'day'>,
    which: OpenRowsRule['which'],
    where?: FilterOn<Tables, Table>,
  ) => OpenRowsRule
  /** See {@link oldestUnpaid}. */
  readonly oldestUnpaid: (due: AmountsOn<Tables>, paid: AmountsOn<Tables>) => OldestUnpaidRule
  /** See {@link tenure}. */
  readonly tenure: typeof customers.tenure
  /** See {@link attribute}; the type, number or text, is that of the column. */
  readonly attribute: <Column extends ColumnOf<Tables, 'customers', 'number' | 'text' | 'boolean'>>(
    column: Column,
  ) => AttributeRule & { readonly type: ValueTypeOf<Tables, 'customers', Column> }
  /** See {@link isOther}. */
  readonly isOther: (column: ColumnOf<Tables, 'customers', 'text'>) => IsOtherRule
  /** See {@link inForce}; the type, number or text, is that of the column. */
  readonly inForce: <Column extends ColumnOf<Tables, 'plans', 'number' | 'text' | 'boolean'>>(
    column: Column,
    lag?: InForceRule['lag'],
  ) => InForceRule & { readonly type: ValueTypeOf<Tables, 'plans', Column> }
  /** See {@link daysUntil}. */
  readonly daysUntil: DaysUntil<Tables>
  /** See {@link difference}. */
  readonly difference: typeof arithmetic.difference
  /** See {@link ratio}. */
  readonly ratio: typeof arithmetic.ratio
  /** See {@link shareOf}. */
  readonly shareOf: typeof arithmetic.shareOf
  /** See {@link countTrue}. */
  readonly countTrue: typeof arithmetic.countTrue
  /** See {@link log1p}. */
  readonly log1p: typeof arithmetic.log1p
  /** See {@link squareRoot}. */
  readonly squareRoot: typeof arithmetic.squareRoot
  /** See {@link band}. */
  readonly band: typeof arithmetic.band
  /** See {@link percentile}. */
  readonly percentile: typeof arithmetic.percentile
}

const kind = z.enum(['number', 'text', 'day', 'boolean'])
const columns = z.exactOptional(z.record(z.string(), kind))
const tablesSchema = z.strictObject(Object.fromEntries(inputTableNames.map((name) => [name, columns])))

/**
 * Returns the builders of feature rules for given tables: an unknown table or column, or a column of the wrong kind,
 * does not compile and is refused at run time.
 *
 * Use it if the tables are known when the program is written. The rules are those of the plain builders (`countOf`,
 * `sumOf`, …), except that the type of an attribute, a plan column or a first or last value follows from its column.
 * Columns that every such table has (the amount of a bill, the plan) need not be declared.
 *
 * @param tables the tables that rules are about, each with its columns and their kinds; written in place, `as const`,
 * or `history.tables` (then the compiler knows no columns)
 * @throws {HoldfastError} `option-invalid`; from the builders also `table-unknown`, `column-missing`, `column-type`
 *
 * @example
 * const { sumOf, shareOf } = featureBuilders({ usage: { minutes: 'number', kind: 'text' } })
 * const voice = sumOf('usage', 'minutes', { months: 3 }, { column: 'kind', in: ['voice'] })
 * featureName(shareOf(voice))
 * // => 'usage[kind=voice]_minutes_sum_3m_per_usage_minutes_sum_3m'
 *
 * @see {@link FeatureBuilders} for the list
 */
export function featureBuilders<const Tables extends HistoryKinds>(
  tables: Tables & NoOtherTables<keyof Tables>,
): FeatureBuilders<Tables> {
  const known = withRequired(checkOptions('featureBuilders', tablesSchema, tables) as HistoryKinds)
  const checked = Object.entries(untypedBuilders(known)).map(([name, build]) => {
    const built = (...given: unknown[]): FeatureRule => {
      const rule = (build as (...given: unknown[]) => FeatureRule)(...given)
      checkFeatureRules(name, [rule], known)
      return rule
    }
    return [name, built]
  })
  return Object.freeze(Object.fromEntries(checked)) as FeatureBuilders<Tables>
}

function untypedBuilders(
  tables: HistoryKinds,
): Readonly<Record<keyof FeatureBuilders<HistoryKinds>, unknown>> {
  const typeOf = (table: InputTableName, column: string): ValueType =>
    ownValue(tables[table], column) === 'text' ? 'text' : 'number'
  return {
    ...aggregates,
    ...rows,
    ...customers,
    ...arithmetic,
    firstValue: (table: EventTableOf<HistoryKinds>, column: string, window: WindowRule, where?: RowFilter) =>
      rows.firstValue(table, column, typeOf(table, column), window, where),
    lastValue: (table: EventTableOf<HistoryKinds>, column: string, window: WindowRule, where?: RowFilter) =>
      rows.lastValue(table, column, typeOf(table, column), window, where),
    attribute: (column: string) => customers.attribute(column, typeOf('customers', column)),
    inForce: (column: string, lag?: InForceRule['lag']) =>
      customers.inForce(column, typeOf('plans', column), lag),
  }
}

function withRequired(tables: HistoryKinds): HistoryKinds {
  const given = inputTableNames.filter((name) => name === 'customers' || tables[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, { ...tables[name], ...inputTables[name].required }]))
}
