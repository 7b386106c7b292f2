import type { ReportFacts } from '../facts/reportFacts.js'

/** What a report counts: customers, or rows if some customers have several. */
export type Unit = 'customers' | 'rows'

/** Returns what is counted. */
export function unitOf({ evaluation: { customers, rows } }: Pick<ReportFacts, 'evaluation'>): Unit {
  // Facts of early versions have no `rows`.
  return rows === undefined || rows === customers ? 'customers' : 'rows'
}

/** Returns whom the figures describe: "600 customers", "101 customers with 1,212 rows". */
export function testedWords(
  facts: Pick<ReportFacts, 'evaluation'>,
  count: (value: number) => string,
): string {
  const { customers, rows } = facts.evaluation
  const whom = `${count(customers)} customers`
  return unitOf(facts) === 'rows' ? `${whom} with ${count(rows)} rows` : whom
}

/** Returns the rows of a bin, a part of the list or a group; facts of earlier versions call them customers. */
export function rowsIn(part: { readonly rows?: number; readonly customers: number }): number {
  return part.rows ?? part.customers
}

/** Returns the weight of a row in a range: all rows of a customer count as one, which is never overconfident. */
export function customersPerRow({
  evaluation: { customers, rows },
}: Pick<ReportFacts, 'evaluation'>): number {
  return rows === undefined ? 1 : customers / rows
}
