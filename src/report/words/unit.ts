import type { ReportFacts } from '../facts/reportFacts.js'

/** What the counts of a report are of: customers, or their rows where some have several. */
export type Unit = 'customers' | 'rows'

/** Returns what is counted. */
export function unitOf({ evaluation: { customers, rows } }: Pick<ReportFacts, 'evaluation'>): Unit {
  // Facts of versions before rows were told apart have none.
  return rows === undefined || rows === customers ? 'customers' : 'rows'
}

/** Returns whom the figures are of: "600 customers", "101 customers with 1,212 rows". */
export function testedWords(
  facts: Pick<ReportFacts, 'evaluation'>,
  count: (value: number) => string,
): string {
  const { customers, rows } = facts.evaluation
  const whom = `${count(customers)} customers`
  return unitOf(facts) === 'rows' ? `${whom} with ${count(rows)} rows` : whom
}

/** Returns the rows of a bin, a part of the list, a group: facts of earlier versions call them customers. */
export function rowsIn(part: { readonly rows?: number; readonly customers: number }): number {
  return part.rows ?? part.customers
}

/** Returns what a row counts for in a range: the rows of a customer as one, which is never too sure. */
export function customersPerRow({
  evaluation: { customers, rows },
}: Pick<ReportFacts, 'evaluation'>): number {
  return rows === undefined ? 1 : customers / rows
}
