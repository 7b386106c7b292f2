import { type EpochDay, formatDay } from '../base/days.js'
import type { Problem, ProblemCode } from '../base/errors.js'
import { cellRuleOf } from '../table/columnTexts.js'
import { inputTables } from '../table/inputs.js'
import type { Engine } from './engine.js'
import { type ColumnPlan, flagOf } from './historyColumns.js'
import { builtName, type StagedTable } from './historySources.js'
import { withSteps } from './writtenSql.js'

/** A rule that every row of a table must keep, as data: both message and statement are built from it. */
export interface RowRule {
  /** Our name of the column. */
  readonly name: string
  /** The name in the source. */
  readonly column: string
  readonly code: ProblemCode
  readonly rule: string
  readonly wayOut: string
  /** SQL over the rows of {@link checkedRows}: true if the row breaks the rule. */
  readonly broken: string
  /** SQL of the text shown for a row that breaks it. */
  readonly shown: string
  /** True if it only follows from another row that was set aside. */
  readonly follows?: boolean
  /** Whether it checks how one cell is written, or the typed columns of a row, possibly against other rows. */
  readonly of: 'cell' | 'row'
}

/** A staged table with its columns planned: everything its statements are built from. */
export interface PlannedTable {
  readonly staged: StagedTable
  readonly plans: readonly ColumnPlan[]
  /** Problems of its columns. */
  readonly problems: readonly Problem[]
  /** True if the table is already built, with no cell that breaks a rule: see {@link buildCells}. */
  readonly isBuilt?: boolean
}

/** Name of the engine's temporary table of customers: `id`, `activatedAt`, `accepted`, `first`. */
const customerIds = '"holdfast ids"'

/** Returns the rules for the rows of a table; absent columns have none. */
export function rowRules(
  engine: Engine,
  { staged, plans }: PlannedTable,
  today: EpochDay,
  knowsCustomers: boolean,
): RowRule[] {
  const planOf = new Map(plans.map((plan) => [plan.name, plan]))
  const rules = plans.flatMap((plan) => cellRules(engine, plan))
  const { happenedAt } = inputTables[staged.table]
  const add = (name: string, rule: Omit<RowRule, 'name' | 'column' | 'shown' | 'of'>) => {
    const plan = planOf.get(name)
    if (plan !== undefined)
      rules.push({ name, column: plan.sourceName, shown: shownOf(engine, plan), of: 'row', ...rule })
  }
  const dates = staged.table === 'customers' ? ['activatedAt', 'cancelledAt'] : [happenedAt]
  for (const name of dates) add(name, futureRule(engine, name, today))
  if (staged.table === 'customers') {
    if (planOf.has('activatedAt')) add('cancelledAt', orderRule(engine, 'activatedAt', 'cancelledAt'))
    add('id', duplicateRule)
  } else if (staged.table !== 'calls' && knowsCustomers && planOf.has('id')) {
    for (const rule of customerRules) add('id', rule)
    add(happenedAt, activationRule)
  }
  if (staged.table === 'plans' && planOf.has('from')) add('to', orderRule(engine, 'from', 'to'))
  return rules
}

function cellRules(engine: Engine, plan: ColumnPlan): RowRule[] {
  const { name, sourceName: column, kind } = plan
  const [shown, of] = [shownOf(engine, plan), 'cell'] as const
  const rules: RowRule[] = []
  if (plan.required) {
    const rule = 'to have a value in every row'
    const wayOut = 'Fill it in the source.'
    rules.push({ name, column, code: 'value-missing', rule, wayOut, broken: `${shown} IS NULL`, shown, of })
  }
  if (plan.wrongType !== null) {
    const broken = flagOf(engine, 'wrong', plan.name)
    rules.push({
      name,
      column,
      code: 'value-type',
      rule: cellRuleOf(plan.reading ?? { kind }),
      wayOut: typeWayOut(plan),
      broken,
      shown,
      of,
    })
  }
  if (plan.notFinite !== null) {
    const broken = flagOf(engine, 'not finite', plan.name)
    const wayOut = plan.required ? 'Correct it in the source.' : 'Write blank for missing.'
    rules.push({ name, column, code: 'value-not-finite', rule: 'to be finite', wayOut, broken, shown, of })
  }
  if (plan.rounded !== null) {
    const rule = 'to lie within ±(2^53 − 1), the integers that a number holds exactly'
    const broken = flagOf(engine, 'rounded', plan.name)
    rules.push({ name, column, code: 'out-of-range', rule, wayOut: roundedWayOut(plan), broken, shown, of })
  }
  return rules
}

function roundedWayOut({ name, kind }: ColumnPlan): string {
  if (kind === 'text')
    return 'Write it as a text or as a 64-bit integer: as a floating number it has lost digits.'
  return `Read an id as text with types: { ${JSON.stringify(name)}: 'text' }; write a quantity in a larger unit.`
}

function typeWayOut({ name, kind, required }: ColumnPlan): string {
  if (name === 'period') return 'A month may be written YYYY-MM.'
  if (required) return 'Correct it in the source; a blank would be refused too.'
  if (kind !== 'number') return 'Write blank for missing.'
  return `Write blank for missing, or name the mark in missing: ['?'], or read the column as text with types: { ${name}: 'text' }.`
}

function futureRule(engine: Engine, name: string, today: EpochDay) {
  const day = engine.dialect.identifier(name)
  // A bill of the current month is dated with its last day, which may be to come, and is still not in the future
  const known = name === 'period' ? `${monthStartOf(day)}` : day
  return {
    code: 'date-in-future',
    rule: `to be on or before today (${formatDay(today)})`,
    wayOut: 'Correct the date, or give the day of the export as today.',
    broken: `${known} > ${today}`,
  } as const
}

function orderRule(engine: Engine, start: string, end: string) {
  const { identifier } = engine.dialect
  return {
    code: 'out-of-range',
    rule: `to be on or after ${start}`,
    wayOut: `Correct one of the two dates.`,
    broken: `${identifier(end)} < ${identifier(start)}`,
  } as const
}

const duplicateRule = {
  code: 'duplicate-id',
  rule: 'to occur once among the customers',
  wayOut:
    'Keep one row per customer; what changes over time belongs in plans. For customers who came back or have several products, see subscriptionPeriods.',
  broken: '"holdfast row" > "holdfast first"',
} as const

const customerRules = [
  {
    code: 'id-unknown',
    rule: 'to be the id of a customer',
    wayOut: 'Add the customer to customers, or check that both tables write ids the same way.',
    broken: 'id IS NOT NULL AND "holdfast accepted" IS NULL',
  },
  {
    code: 'id-unknown',
    rule: 'to be the id of a customer who was not set aside',
    wayOut: 'Correct the row of the customer.',
    broken: '"holdfast accepted" = false',
    follows: true,
  },
] as const

const activationRule = {
  code: 'event-before-activation',
  rule: 'to be on or after the activation of the customer',
  wayOut: 'Correct activatedAt, or leave out what happened before it.',
  broken: '"holdfast day" < "holdfast activated"',
} as const

function shownOf(engine: Engine, plan: ColumnPlan): string {
  return flagOf(engine, 'shown', plan.name)
}

/** Returns the SQL of the day on which a row happened, over typed columns. */
function happenedOn(engine: Engine, staged: StagedTable): string {
  const { happenedAt } = inputTables[staged.table]
  const day = engine.dialect.identifier(happenedAt)
  if (happenedAt !== 'period') return day
  return `CAST(last_day(DATE '1970-01-01' + ${day}) - DATE '1970-01-01' AS INTEGER)`
}

function monthStartOf(day: string): string {
  return `CAST(CAST(date_trunc('month', DATE '1970-01-01' + ${day}) AS DATE) - DATE '1970-01-01' AS INTEGER)`
}

/**
 * Returns the SQL of the rows of a table with typed columns under our names, and the columns that the rules need:
 * `holdfast row` (rowid), `holdfast shown x` (the cell as text), `holdfast wrong x`, `holdfast not finite x`,
 * `holdfast rounded x`, and for rows of customers `holdfast first`, for others `holdfast day`, `holdfast activated`,
 * `holdfast accepted`.
 *
 * @param besideOthers whether a row is checked against other rows: of its id, or of its customer
 */
export function checkedRows(engine: Engine, { staged, plans }: PlannedTable, besideOthers: boolean): string {
  const { identifier } = engine.dialect
  const columns = plans.flatMap((plan) => [
    `${plan.value} AS ${identifier(plan.name)}`,
    `${plan.shown} AS ${shownOf(engine, plan)}`,
    ...(plan.wrongType === null ? [] : [`${plan.wrongType} AS ${flagOf(engine, 'wrong', plan.name)}`]),
    ...(plan.notFinite === null ? [] : [`${plan.notFinite} AS ${flagOf(engine, 'not finite', plan.name)}`]),
    ...(plan.unexpected === undefined
      ? []
      : [`${plan.unexpected} AS ${flagOf(engine, 'unexpected', plan.name)}`]),
    ...(plan.rounded === null ? [] : [`${plan.rounded} AS ${flagOf(engine, 'rounded', plan.name)}`]),
  ])
  const rows =
    staged.more === undefined
      ? `rowid AS "holdfast row", * FROM ${staged.raw}`
      : `NULL AS "holdfast row", * FROM (${staged.more.csv?.cells ?? staged.more.query})`
  const raw = withSteps(
    `(SELECT ${rows})`,
    plans.map((plan) => plan.steps),
  )
  const typed = `(SELECT "holdfast row", ${columns.join(', ')} FROM ${raw})`
  const has = (name: string) => plans.some((plan) => plan.name === name)
  if (staged.table === 'calls' || !has('id')) return typed
  if (staged.table === 'customers') {
    const first = 'CASE WHEN id IS NOT NULL THEN min("holdfast row") OVER (PARTITION BY id) END'
    return besideOthers ? `(SELECT *, ${first} AS "holdfast first" FROM ${typed})` : typed
  }
  const day = has(inputTables[staged.table].happenedAt) ? happenedOn(engine, staged) : 'NULL::INTEGER'
  const dated = `(SELECT *, ${day} AS "holdfast day" FROM ${typed})`
  return besideOthers ? `(SELECT * FROM ${dated} LEFT JOIN ${customerIds} ON id = "holdfast id")` : dated
}

/**
 * Creates the temporary table of customer ids that the rules of other tables read.
 *
 * @param broken the rules that some customer breaks
 * @param isBuilt whether the table of customers is built, see {@link buildCells}
 */
export async function makeCustomerIds(
  engine: Engine,
  customers: PlannedTable,
  broken: readonly RowRule[],
  isBuilt: boolean,
): Promise<void> {
  const activatedAt = customers.plans.some((plan) => plan.name === 'activatedAt')
    ? '"activatedAt"'
    : 'NULL::INTEGER'
  const rows = isBuilt
    ? `SELECT id AS "holdfast id", ${activatedAt} AS "holdfast activated", true AS "holdfast accepted"
       FROM ${builtTable(engine, customers)}`
    : `SELECT id AS "holdfast id", arg_min(${activatedAt}, "holdfast row") AS "holdfast activated",
         bool_or((${anyBroken(broken)}) IS NOT TRUE) AS "holdfast accepted"
       FROM ${checkedRows(engine, customers, broken.length > 0)} WHERE id IS NOT NULL GROUP BY 1`
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${customerIds} AS ${rows}`)
}

/** Drops the temporary table of customer ids. */
export async function dropCustomerIds(engine: Engine): Promise<void> {
  await engine.run(`DROP TABLE IF EXISTS ${customerIds}`)
}

/** Returns the SQL that is true if a row breaks any of the rules. */
export function anyBroken(rules: readonly Pick<RowRule, 'broken'>[]): string {
  return rules.length === 0 ? 'false' : rules.map((rule) => `(${rule.broken})`).join(' OR ')
}

/** Returns the name under which a table is built. */
export function builtTable(engine: Engine, { staged }: PlannedTable): string {
  return engine.dialect.identifier(builtName(staged.table))
}

const cellBroken = 'holdfast: a cell breaks a rule'

/**
 * Builds the checked table under {@link builtName}; returns false, with nothing built, if a cell breaks a rule. Cells
 * are read once: counting broken ones first and then building takes twice as long.
 */
export async function buildCells(engine: Engine, planned: PlannedTable): Promise<boolean> {
  const { identifier, literal } = engine.dialect
  const { plans } = planned
  const unexpected = plans
    .filter((plan) => plan.unexpected !== undefined)
    .map(({ name }) => ({ broken: flagOf(engine, 'unexpected', name) }))
  const broken = anyBroken([...plans.flatMap((plan) => cellRules(engine, plan)), ...unexpected])
  const [first, ...others] = builtColumns(engine, planned)
  // In a column, because a condition on the rows would read their cells twice
  const guarded = `CASE WHEN ${broken} THEN error(${literal(cellBroken)}) ELSE ${first!.sql} END AS ${identifier(first!.name)}`
  const columns = [guarded, ...others.map(({ name, sql }) => `${sql} AS ${identifier(name)}`)]
  try {
    await engine.run(
      `CREATE OR REPLACE TABLE ${builtTable(engine, planned)} AS SELECT ${columns.join(', ')} FROM ${checkedRows(engine, planned, false)}`,
    )
    return true
  } catch (error) {
    // Problems of files that are not staged yet are found by staging
    const isKnown =
      planned.staged.more !== undefined || String((error as Error).cause ?? error).includes(cellBroken)
    if (isKnown) return false
    throw error
  }
}

/** Returns the SQL of the rows of a built table with the columns that the rules of rows need, see {@link checkedRows}. */
export function builtRows(engine: Engine, planned: PlannedTable, besideOthers: boolean): string {
  const { staged, plans } = planned
  const table = builtTable(engine, planned)
  if (staged.table === 'calls' || !plans.some(({ name }) => name === 'id')) return table
  if (staged.table === 'customers') {
    const first = 'CASE WHEN id IS NOT NULL THEN min(rowid) OVER (PARTITION BY id) END'
    return `(SELECT *, rowid AS "holdfast row", ${first} AS "holdfast first" FROM ${table})`
  }
  const isKnown = builtColumns(engine, planned).some(({ name }) => name === 'day')
  const day = isKnown ? 'day' : 'NULL::INTEGER'
  const dated = `(SELECT *, rowid AS "holdfast row", id AS "holdfast shown id", ${day} AS "holdfast day" FROM ${table})`
  return besideOthers ? `(SELECT * FROM ${dated} LEFT JOIN ${customerIds} ON id = "holdfast id")` : dated
}

/** Drops a built table. */
export async function dropBuilt(engine: Engine, planned: PlannedTable): Promise<void> {
  await engine.run(`DROP TABLE IF EXISTS ${builtTable(engine, planned)}`)
}

/** Gives a built table its final name. */
export async function takeBuilt(engine: Engine, planned: PlannedTable): Promise<void> {
  const own = engine.dialect.identifier(planned.staged.table)
  await engine.run(`DROP TABLE IF EXISTS ${own}`)
  await engine.run(`ALTER TABLE ${builtTable(engine, planned)} RENAME TO ${own}`)
}

/** The columns of a checked table, over the rows of {@link checkedRows}. */
function builtColumns(
  engine: Engine,
  { staged, plans }: PlannedTable,
): { readonly name: string; readonly sql: string }[] {
  const columns = plans.map(({ name }) => ({
    name,
    sql: name === 'period' ? monthStartOf('period') : engine.dialect.identifier(name),
  }))
  if (staged.table === 'customers' && !plans.some((plan) => plan.name === 'cancelledAt'))
    columns.push({ name: 'cancelledAt', sql: 'NULL::INTEGER' })
  const isEvent = staged.table !== 'customers' && staged.table !== 'calls'
  if (isEvent && inputTables[staged.table].happenedAt !== 'day')
    columns.push({ name: 'day', sql: '"holdfast day"' })
  return columns
}

/**
 * Returns the statement that creates the checked table under its final name.
 *
 * @param broken the rules that some row breaks; rows that break one are left out
 */
export function buildStatement(engine: Engine, planned: PlannedTable, broken: readonly RowRule[]): string {
  const { identifier } = engine.dialect
  const columns = builtColumns(engine, planned).map(({ name, sql }) => `${sql} AS ${identifier(name)}`)
  const kept = broken.length === 0 ? '' : ` WHERE (${anyBroken(broken)}) IS NOT TRUE`
  const rows = checkedRows(engine, planned, broken.length > 0)
  return `CREATE OR REPLACE TABLE ${identifier(planned.staged.table)} AS SELECT ${columns.join(', ')} FROM ${rows}${kept}`
}
