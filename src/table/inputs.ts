import * as z from '../base/schema.js'
import type { ColumnKind } from './table.js'

/** The input tables of a history. Only `customers` and one other are needed. */
export const inputTableNames = [
  'customers',
  'usage',
  'bills',
  'payments',
  'plans',
  'contacts',
  'devices',
  'calls',
] as const

/** Name of an input table. */
export type InputTableName = (typeof inputTableNames)[number]

/** An input table whose rows belong to a customer and a day. */
export type EventTableName = Exclude<InputTableName, 'customers' | 'calls'>

/** The input tables whose rows belong to a customer and a day. */
export const eventTableNames: readonly EventTableName[] = inputTableNames.filter(
  (name): name is EventTableName => name !== 'customers' && name !== 'calls',
)

/** The tables of a history, with their columns and kinds, under our names. */
export type HistoryKinds = Readonly<Partial<Record<InputTableName, Readonly<Record<string, ColumnKind>>>>>

/** Schema of {@link HistoryKinds}. */
export const historyKindsRule = z.partialRecord(
  z.enum(inputTableNames),
  z.record(z.string(), z.enum(['number', 'text', 'day', 'boolean'])),
)

/** The columns of an input table, under our names, onto which users map theirs. */
export interface InputTable {
  readonly required: Readonly<Record<string, ColumnKind>>
  readonly optional: Readonly<Record<string, ColumnKind>>
  /**
   * Meaning of further columns: measures (numbers that features add up; other kinds are kept for filters) or
   * attributes. Both are read as found.
   */
  readonly further: 'measures' | 'attributes'
  /** The column whose day decides what a cutoff may see; a `period` counts on the last day of its month. */
  readonly happenedAt: 'activatedAt' | 'day' | 'period' | 'from'
}

const known = {
  customers: {
    required: { id: 'text', activatedAt: 'day' },
    optional: { cancelledAt: 'day', cancelledKnownAt: 'day' },
    further: 'attributes',
    happenedAt: 'activatedAt',
  },
  usage: {
    required: { id: 'text', day: 'day' },
    optional: { knownAt: 'day' },
    further: 'measures',
    happenedAt: 'day',
  },
  bills: {
    required: { id: 'text', period: 'day', amount: 'number' },
    optional: { knownAt: 'day' },
    further: 'measures',
    happenedAt: 'period',
  },
  payments: {
    required: { id: 'text', day: 'day', amount: 'number' },
    optional: { kind: 'text', balance: 'number', knownAt: 'day' },
    further: 'measures',
    happenedAt: 'day',
  },
  plans: {
    required: { id: 'text', from: 'day', plan: 'text' },
    optional: {
      to: 'day',
      fee: 'number',
      contractEnd: 'day',
      converged: 'boolean',
      bound: 'boolean',
      knownAt: 'day',
    },
    further: 'attributes',
    happenedAt: 'from',
  },
  contacts: {
    required: { id: 'text', day: 'day', kind: 'text' },
    optional: { knownAt: 'day' },
    further: 'attributes',
    happenedAt: 'day',
  },
  devices: {
    required: { id: 'text', period: 'day', deviceId: 'text' },
    optional: { knownAt: 'day' },
    further: 'attributes',
    happenedAt: 'period',
  },
  calls: {
    required: { from: 'text', to: 'text', day: 'day' },
    optional: { minutes: 'number', knownAt: 'day' },
    further: 'measures',
    happenedAt: 'day',
  },
} as const satisfies Readonly<Record<InputTableName, InputTable>>

/**
 * The input tables as data: required, optional and further columns.
 *
 * A row is visible as of a cutoff c if and only if it happened before c. Bills and devices are known once their month
 * is over: `period` is any day of the month, the row happens on its last day. A plan and its `contractEnd` are known
 * from its first day (`from`) on; its `to` only once it is past. If a table has the column `knownAt`, for late and
 * back-dated rows, a row is visible only if that day is before c as well; if it is missing, the row's day alone
 * decides. A cancellation whose `cancelledKnownAt` is at or after c is not known at c.
 */
export const inputTables: Readonly<Record<InputTableName, InputTable>> = known

/** The columns that every input table has, with their kinds. */
export type RequiredColumns = { readonly [Table in InputTableName]: (typeof known)[Table]['required'] }

/** Rejects unknown table names, which a generic parameter alone would accept. */
export type NoOtherTables<Name extends PropertyKey> = {
  readonly [Other in Exclude<Name, InputTableName>]: never
}
