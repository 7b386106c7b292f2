import { addMonths, type EpochDay, monthStart } from '../base/days.js'
import type { Dialect } from '../engine/engine.js'
import type { ArrearsSign, FalseChurnRule, SameDevice } from './falseChurnRule.js'

/** Why a cancellation is not real churn; the first that holds counts. */
export const falseChurnReasons = ['second card', 're-entry', 'arrears'] as const

/** Why a cancellation is no real churn. */
export type FalseChurnReason = (typeof falseChurnReasons)[number]

/** Input of a statement of false churn. */
export interface FalseChurnSqlOptions {
  readonly dialect: Dialect
  readonly rule: FalseChurnRule
  /** First and last day of a cancellation. */
  readonly first: EpochDay
  readonly last: EpochDay
  /** First day for which devices or customers are no longer complete. */
  readonly returnsUntil: EpochDay
  /** The same of payments. */
  readonly paymentsUntil: EpochDay
}

/**
 * Returns the query for one row per cancelled customer: `id`, `reason` (NULL = real churn), `successor` (the new line
 * of a re-entry, the one activated first), `is_open` (1 if it may still turn out false, by what happens later or is not
 * in the tables yet).
 */
export function falseChurnSql(options: FalseChurnSqlOptions): string {
  const { rule } = options
  const device = rule.device === null ? [] : deviceTables(rule.device, options)
  const arrears = rule.arrears.map((sign, index) => `arrears${index} AS (${arrearsSql(sign, options)})`)
  const owing = rule.arrears.map((_, index) => `SELECT id FROM arrears${index}`)
  const returns = [
    ...(rule.device === null ? [] : ['SELECT id, successor, activated FROM device_returns']),
    ...(rule.account === null ? [] : [accountReturns(rule.account, options)]),
  ]
  const tables = [
    `months(month, next_month, after_end, seen_from) AS (VALUES ${monthRows(options).join(', ')})`,
    `leavers AS (${leaversSql(options)})`,
    ...device,
    ...arrears,
    `second_card AS (${rule.device === null ? noIds : 'SELECT DISTINCT id FROM users WHERE is_younger = 0 AND is_in_month = 1'})`,
    `returns AS (${returns.length === 0 ? noReturns : firstReturns(returns)})`,
    `owing AS (${owing.length === 0 ? noIds : owing.join(' UNION ')})`,
  ]
  const [secondCard, reentry, arrearsReason] = falseChurnReasons.map(options.dialect.literal)
  return [
    `WITH ${tables.join(',\n')}`,
    'SELECT l.id, CASE',
    `  WHEN s.id IS NOT NULL THEN ${secondCard}`,
    `  WHEN r.id IS NOT NULL THEN ${reentry}`,
    `  WHEN o.id IS NOT NULL THEN ${arrearsReason} END AS reason,`,
    '  CASE WHEN s.id IS NULL THEN r.successor END AS successor, l.is_open',
    'FROM leavers l',
    'LEFT JOIN second_card s ON s.id = l.id',
    'LEFT JOIN returns r ON r.id = l.id',
    'LEFT JOIN owing o ON o.id = l.id',
  ].join('\n')
}

const noIds = 'SELECT id FROM leavers WHERE false'
const noReturns = 'SELECT id, id AS successor FROM leavers WHERE false'

/** The months of the cancellations, with the bounds that the rule draws around each. */
function monthRows({ rule, first, last }: FalseChurnSqlOptions): string[] {
  const rows: string[] = []
  for (let month = monthStart(first); month <= last; month = addMonths(month, 1)) {
    const afterEnd = addMonths(month, 1 + (rule.device?.monthsAfter ?? 0))
    const seenFrom = addMonths(month, -(rule.device?.seenWithinMonths ?? 0))
    rows.push(`(${[month, addMonths(month, 1), afterEnd, seenFrom].join(', ')})`)
  }
  return rows
}

/** One row per leaver: `activated`, `left_on`, the days `[returns_from, returns_end)` of a
 * new line's activation, and those of its use, `[month, used_end)`; `[month, after_end)` for an older line. */
function leaversSql({ dialect, rule, returnsUntil, paymentsUntil }: FalseChurnSqlOptions): string {
  const { identifier } = dialect
  const leftOn = `c.${identifier('cancelledAt')}`
  const days = rule.reentryDays
  const returnsFrom = days === null ? 'm.month' : `${leftOn} - ${days}`
  const returnsEnd = days === null ? 'm.after_end' : `${leftOn} + ${days} + 1`
  const asksLater = rule.device !== null || rule.account !== null
  const end = `CASE WHEN ${returnsEnd} > m.after_end THEN ${returnsEnd} ELSE m.after_end END`
  const asksPayments = rule.arrears.some(({ by }) => by !== 'attribute')
  const open = [
    ...(asksLater ? [`${end} > ${returnsUntil}`] : []),
    ...(asksPayments ? [`${leftOn} > ${paymentsUntil}`] : []),
  ]
  const account = rule.account === null ? '' : `, c.${identifier(rule.account)} AS account`
  return [
    `SELECT c.id, c.${identifier('activatedAt')} AS activated, ${leftOn} AS left_on, m.month, m.after_end, m.seen_from,`,
    `${returnsFrom} AS returns_from, ${returnsEnd} AS returns_end, ${end} AS used_end,`,
    `CASE WHEN ${open.length === 0 ? 'false' : open.join(' OR ')} THEN 1 ELSE 0 END AS is_open${account}`,
    `FROM ${identifier('customers')} c`,
    `JOIN months m ON ${leftOn} >= m.month AND ${leftOn} < m.next_month`,
  ].join(' ')
}

/** `users`: other lines, still there, that use the last device of a leaver; `device_returns`: those that are re-entries. */
function deviceTables({ linesAtMost }: SameDevice, { dialect }: FalseChurnSqlOptions): string[] {
  const { identifier } = dialect
  const [devices, customers] = [identifier('devices'), identifier('customers')]
  const deviceId = identifier('deviceId')
  const activatedAt = `c.${identifier('activatedAt')}`
  return [
    `last_months AS (SELECT l.id, max(d.period) AS period FROM leavers l JOIN ${devices} d
       ON d.id = l.id AND d.period >= l.seen_from AND d.period <= l.month GROUP BY l.id)`,
    `last_devices AS (SELECT d.id, d.${deviceId} AS device FROM last_months m JOIN ${devices} d
       ON d.id = m.id AND d.period = m.period)`,
    `shared_devices AS (SELECT ${deviceId} AS device FROM ${devices}
       WHERE ${deviceId} IN (SELECT device FROM last_devices)
       GROUP BY 1 HAVING count(DISTINCT id) BETWEEN 2 AND ${linesAtMost})`,
    `users AS (SELECT l.id, l.returns_from, l.returns_end, c.id AS successor, ${activatedAt} AS activated,
       CASE WHEN ${activatedAt} > l.activated THEN 1 ELSE 0 END AS is_younger,
       CASE WHEN d.period < l.after_end THEN 1 ELSE 0 END AS is_in_month
     FROM shared_devices s
     JOIN last_devices t ON t.device = s.device
     JOIN leavers l ON l.id = t.id
     JOIN ${devices} d ON d.${deviceId} = s.device AND d.id <> l.id AND d.period >= l.month AND d.period < l.used_end
     JOIN ${customers} c ON c.id = d.id AND (c.${identifier('cancelledAt')} IS NULL OR c.${identifier('cancelledAt')} > l.left_on))`,
    `device_returns AS (SELECT id, successor, activated FROM users
       WHERE is_younger = 1 AND activated >= returns_from AND activated < returns_end)`,
  ]
}

function accountReturns(account: string, { dialect }: FalseChurnSqlOptions): string {
  const { identifier } = dialect
  const activatedAt = `c.${identifier('activatedAt')}`
  const cancelledAt = `c.${identifier('cancelledAt')}`
  return `SELECT l.id, c.id AS successor, ${activatedAt} AS activated FROM leavers l
     JOIN ${identifier('customers')} c ON c.${identifier(account)} = l.account AND c.id <> l.id
     AND ${activatedAt} > l.activated AND ${activatedAt} >= l.returns_from AND ${activatedAt} < l.returns_end
     AND (${cancelledAt} IS NULL OR ${cancelledAt} > l.left_on)`
}

/** Among several new lines the one activated first, then the least id. */
function firstReturns(returns: readonly string[]): string {
  const place = 'row_number() OVER (PARTITION BY id ORDER BY activated, successor) AS place'
  return `SELECT id, successor FROM (SELECT id, successor, ${place} FROM (${returns.join(' UNION ALL ')}) found) placed WHERE place = 1`
}

function arrearsSql(sign: ArrearsSign, { dialect }: FalseChurnSqlOptions): string {
  const { identifier, literal } = dialect
  if (sign.by === 'attribute') {
    const values = sign.in.map(literal).join(', ')
    return `SELECT l.id FROM leavers l JOIN ${identifier('customers')} c ON c.id = l.id AND c.${identifier(sign.column)} IN (${values})`
  }
  const payments = `leavers l JOIN ${identifier('payments')} t
     ON t.id = l.id AND t.day >= l.left_on - ${sign.days} AND t.day < l.left_on`
  if (sign.by === 'payments') {
    const kinds = sign.kinds.map(literal).join(', ')
    return `SELECT l.id FROM ${payments} WHERE t.kind IN (${kinds}) GROUP BY l.id HAVING count(*) >= ${sign.least}`
  }
  const place = 'rank() OVER (PARTITION BY l.id ORDER BY t.day DESC) AS place'
  const lastOnes = `SELECT l.id, t.balance, ${place} FROM ${payments} WHERE t.balance IS NOT NULL`
  return `SELECT id FROM (${lastOnes}) placed WHERE place = 1 GROUP BY id HAVING min(balance) < ${sign.below}`
}
