import { windowBefore } from '../../base/windows.js'
import { type CircleSqlOptions, endsSql, sumOf } from './circleSql.js'

// Votes in the high bits, the inverted node in the low ones: the greatest number has the most votes and, of
// those, the least node
const nodeSpan = 2 ** 32
const greatestNode = 2 ** 31 - 1

/** One community for each customer with a contact in the network: `node`, `label` (the own node), `own_votes`. */
export function firstLabelsSql(options: CircleSqlOptions): string {
  return [
    'SELECT e.node, e.node AS label, max(e.calls) AS own_votes',
    `FROM (${endsSql(options)}) e GROUP BY e.node`,
  ].join(' ')
}

/** One round: the label with the most votes among the contacts' and the own one; ties go to the least. */
export function nextLabelsSql(options: CircleSqlOptions): string {
  const labels = `${options.name}_labels`
  const votes = [
    `SELECT e.node, l.label, e.calls AS votes FROM (${endsSql(options)}) e JOIN ${labels} l ON l.node = e.contact`,
    `UNION ALL SELECT node, label, own_votes FROM ${labels}`,
  ].join(' ')
  const sum = `CAST(${sumOf('votes')} AS BIGINT)`
  const ranked = `SELECT node, ${sum} * ${nodeSpan} + (${greatestNode} - label) AS ranked FROM (${votes}) votes GROUP BY node, label`
  return [
    `SELECT b.node, CAST(${greatestNode} - b.best % ${nodeSpan} AS INTEGER) AS label, l.own_votes`,
    `FROM (SELECT node, max(ranked) AS best FROM (${ranked}) ranked GROUP BY node) b`,
    `JOIN ${labels} l ON l.node = b.node`,
  ].join(' ')
}

/** The communities: `label`, `id` of the member it is named after, `size`, `left_members`. */
export function communitiesSql({ name, rule, cutoff }: CircleSqlOptions): string {
  const { start } = windowBefore(cutoff, { months: rule.leftMonths })
  return [
    'SELECT g.label, n.id, g.size, g.left_members FROM (',
    `SELECT l.label, count(*) AS size, count(CASE WHEN n.left_on >= ${start} THEN 1 END) AS left_members`,
    `FROM ${name}_labels l JOIN ${name}_nodes n ON n.node = l.node GROUP BY l.label`,
    `) g JOIN ${name}_nodes n ON n.node = g.label`,
  ].join(' ')
}
