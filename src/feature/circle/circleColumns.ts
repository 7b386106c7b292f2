import type { CallingCircleRule } from './circleRule.js'

/** A column of the calling circle, with the SQL of its value for `circleRowsSql`. */
export interface CircleColumn {
  readonly name: string
  readonly kind: 'number' | 'text'
  readonly value: string
}

/**
 * Returns the columns of a rule, in order.
 *
 * Their values use `i` (contacts in the network: `contacts`, `calls`, `minutes`, `both`, `left_k`, `left_k_minutes`),
 * `o` (contacts outside it: the first four) and `m` (the community: `size`, `left_members`, `id`); each is NULL if
 * there is none.
 */
export function circleColumns(rule: CallingCircleRule): CircleColumn[] {
  const { window } = rule
  const prefix = `circle_${'days' in window ? `${window.days}d` : `${window.months}m`}`
  const number = (name: string, value: string): CircleColumn => {
    return { name: `${prefix}_${name}`, kind: 'number', value: `CAST(${value} AS DOUBLE PRECISION)` }
  }
  const both = (column: string): string => `(${orZero(`i.${column}`)} + ${orZero(`o.${column}`)})`
  const months = Array.from({ length: rule.leftMonths }, (_, index) => index + 1)
  const withMinutes = (columns: CircleColumn[]): CircleColumn[] => (rule.minutes ? columns : [])
  const inMinutes = rounded('i.minutes')
  return [
    number('in_network', orZero('i.contacts')),
    number('out_of_network', orZero('o.contacts')),
    number('in_network_calls_share', share(orZero('i.calls'), both('calls'))),
    ...withMinutes([
      number('in_network_minutes_share', share(inMinutes, `(${inMinutes} + ${rounded('o.minutes')})`)),
    ]),
    number('reciprocity', share(both('both'), both('contacts'))),
    ...months.map((k) => number(`left_${k}m_share`, share(`i.left_${k}`, 'i.contacts'))),
    ...withMinutes(
      months.map((k) => number(`left_${k}m_minutes_share`, share(rounded(`i.left_${k}_minutes`), inMinutes))),
    ),
    ...communityColumns(rule, prefix, number),
  ]
}

function communityColumns(
  rule: CallingCircleRule,
  prefix: string,
  number: (name: string, value: string) => CircleColumn,
): CircleColumn[] {
  if (rule.communityRounds === 0) return []
  const columns = [
    number('community_size', 'm.size'),
    number('community_left_share', share('m.left_members', '(m.size - 1)')),
  ]
  if (!rule.communityId) return columns
  return [...columns, { name: `${prefix}_community`, kind: 'text', value: 'm.id' }]
}

function orZero(sql: string): string {
  return `coalesce(${sql}, 0)`
}

/** To 9 decimals, so that the order in which an engine adds does not show. */
function rounded(sum: string): string {
  return `(round(${orZero(sum)} * 1e9) / 1e9)`
}

function share(part: string, whole: string): string {
  return `CASE WHEN ${whole} > 0 THEN CAST(${part} AS DOUBLE PRECISION) / CAST(${whole} AS DOUBLE PRECISION) END`
}
