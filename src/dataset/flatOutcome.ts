import * as z from 'zod'
import { HoldfastError, type Problem } from '../base/errors.js'
import { type Cell, cellOf, type Table } from '../table/table.js'
import { namesStayed, plainChurned, plainNo, plainStayed, plainYes } from './labelWords.js'
import { placeOf } from './placeOf.js'

/** A value of a label column, or several. */
export type LabelValues = string | number | boolean | readonly (string | number | boolean)[]

const labelValue = z.union([z.string(), z.number(), z.boolean()])
/** Schema of {@link LabelValues}. */
export const labelValuesSchema = z.union([labelValue, z.array(labelValue).min(1)])

/** Options about a label column. */
export interface LabelSaid {
  readonly label: string
  /** The values that mean churned. */
  readonly positive?: LabelValues | undefined
  /** The values that mean stayed. */
  readonly negative?: LabelValues | undefined
}

/** Which values of a label column mean churned, folded by {@link foldLabel}, and notes about them. */
export interface Outcomes {
  readonly churned: ReadonlySet<string>
  readonly notes: readonly string[]
}

/** Returns a label as it is compared: ignoring case, space around it and a full stop at its end. */
export function foldLabel(cell: Cell): string {
  return String(cell)
    .normalize('NFKC')
    .trim()
    .replace(/\.$/, '')
    .replaceAll(/[\s_]+/g, ' ')
    .toLowerCase()
}

/** Returns 1 for churned, 0 otherwise. The column has no missing values. */
export function outcomeOf(table: Table, label: string, churned: ReadonlySet<string>): Uint8Array {
  const folded = foldedCells(table, label)
  return Uint8Array.from({ length: table.rowCount }, (_, row) => (churned.has(folded(row)) ? 1 : 0))
}

/** Returns a function that folds the label of a row, computing each distinct label once. */
function foldedCells(table: Table, label: string): (row: number) => string {
  const column = table.column(label)
  const known = new Map<Cell, string>()
  return (row) => {
    const cell = cellOf(column, row)
    let folded = known.get(cell)
    if (folded === undefined) {
      folded = foldLabel(cell)
      known.set(cell, folded)
    }
    return folded
  }
}

/**
 * Returns which values of a label column mean churned. The column has no missing values.
 *
 * @throws {HoldfastError} `one-class`, `value-unknown`
 */
export function outcomesOf(operation: string, table: Table, said: LabelSaid): Outcomes {
  const { label } = said
  const column = table.column(label)
  const folded = foldedCells(table, label)
  const spellings = new Map<string, Set<Cell>>()
  for (let row = 0; row < table.rowCount; row++) {
    const known = spellings.get(folded(row))
    if (known === undefined) spellings.set(folded(row), new Set([cellOf(column, row)]))
    else known.add(cellOf(column, row))
  }
  const values = [...spellings.keys()]
  const shown = showValues([...spellings.values()].map(([first]) => first!))
  if (values.length === 1) throw oneClass(operation, table, label, shown)
  const churned = churnedAmong(operation, table, values, shown, said)
  const notes = [...spellings.values()]
    .filter((each) => each.size > 1)
    .map((each) => `Label column ${label}: ${showValues([...each])} are read as one value.`)
  return { churned, notes }
}

function showValues(values: readonly Cell[]): string {
  const some = values.slice(0, 10).map((value) => JSON.stringify(value))
  return `${some.join(', ')}${values.length > 10 ? ', …' : ''}`
}

function churnedAmong(
  operation: string,
  table: Table,
  values: readonly string[],
  shown: string,
  said: LabelSaid,
): ReadonlySet<string> {
  const { label, positive, negative } = said
  const [yes, no] = [foldedSet(positive), foldedSet(negative)]
  const problems = (['positive', 'negative'] as const).flatMap((option) =>
    listOf(said[option])
      .filter((value) => !values.includes(foldLabel(value)))
      .map((value) => notThere(option, value, table, label, shown)),
  )
  const both = [...yes].find((value) => no.has(value))
  if (both !== undefined) problems.push(inBoth(both, table))
  if (problems.length > 0) throw new HoldfastError(operation, problems as [Problem, ...Problem[]])
  if (yes.size === 0 && no.size === 0) return plainChurnedAmong(operation, table, values, shown, label)
  // If no value is given for stayed, it is the only other one, or the unambiguous ones
  const others = values.filter((value) => !yes.has(value) && !no.has(value))
  if (yes.size === 0) {
    if (others.length === 1) return new Set(others)
    throw tooMany(operation, table, label, values.length, shown)
  }
  const isClear =
    no.size === 0
      ? others.length === 1 || others.every((value) => plainStayed.has(value) || plainNo.has(value))
      : others.length === 0
  if (isClear && others.length + no.size > 0) return yes
  if (others.length + no.size === 0) throw oneClass(operation, table, label, shown)
  throw tooMany(operation, table, label, values.length, shown)
}

function plainChurnedAmong(
  operation: string,
  table: Table,
  values: readonly string[],
  shown: string,
  label: string,
): ReadonlySet<string> {
  if (values.length > 2) throw tooMany(operation, table, label, values.length, shown)
  for (const [yes, no] of [values, [...values].reverse()]) {
    const isWord = plainChurned.has(yes!) && (plainStayed.has(no!) || plainNo.has(no!))
    const isYes = plainYes.has(yes!) && (plainNo.has(no!) || plainStayed.has(no!)) && !namesStayed(label)
    if (isWord || isYes) return new Set([yes!])
  }
  throw unclear(operation, table, label, shown)
}

function listOf(said: LabelValues | undefined): readonly (string | number | boolean)[] {
  if (said === undefined) return []
  return typeof said === 'object' ? said : [said]
}

function foldedSet(said: LabelValues | undefined): ReadonlySet<string> {
  return new Set(listOf(said).map(foldLabel))
}

function oneClass(operation: string, table: Table, label: string, shown: string): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'one-class',
      parameter: `label column ${label}`,
      rule: `to hold both churned and stayed customers, not ${shown} alone`,
      ...placeOf(table),
      wayOut: 'A model learns from the difference between the two: add rows of the other outcome.',
    },
  ])
}

function tooMany(
  operation: string,
  table: Table,
  label: string,
  count: number,
  shown: string,
): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'value-unknown',
      parameter: `label column ${label}`,
      rule: `to hold two different values, not ${count > 10 ? 'over 10' : count} (${shown})`,
      ...placeOf(table),
      wayOut: `Say which mean what: { label: ${JSON.stringify(label)}, positive: [ … ], negative: [ … ] }; or leave out the rows that are neither churned nor stayed.`,
    },
  ])
}

function notThere(
  option: 'positive' | 'negative',
  received: unknown,
  table: Table,
  label: string,
  shown: string,
): Problem {
  return {
    code: 'value-unknown',
    parameter: option,
    rule: `to be the value of label column ${label} that means ${option === 'positive' ? 'churned' : 'stayed'}, one of ${shown}`,
    received,
    ...placeOf(table),
    wayOut: `Name it: { label: ${JSON.stringify(label)}, ${option}: … }.`,
  }
}

function inBoth(value: string, table: Table): Problem {
  const rule = 'to have no value that positive has'
  return { code: 'value-unknown', parameter: 'negative', rule, received: value, ...placeOf(table) }
}

function unclear(operation: string, table: Table, label: string, shown: string): HoldfastError {
  const opposite = namesStayed(label)
    ? ` The column ${label} may mean the opposite of churn: then positive is the value for no.`
    : ''
  return new HoldfastError(operation, [
    {
      code: 'value-unknown',
      parameter: 'positive',
      rule: `to be the value of label column ${label} that means churned, one of ${shown}`,
      ...placeOf(table),
      wayOut: `Name it: { label: ${JSON.stringify(label)}, positive: … }.${opposite}`,
    },
  ])
}
