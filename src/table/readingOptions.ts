import { ownValue } from '../base/ownValue.js'
import * as z from '../base/schema.js'
import { timeZoneRule } from '../base/timeZone.js'
import { datePattern } from '../base/writtenDays.js'
import { type DecimalSign, thousandsSigns } from '../base/writtenNumbers.js'
import type { ColumnNotation, ReadingWish } from './columnReading.js'
import type { ColumnKind } from './table.js'

/** A setting for all columns, or for some by name. */
export type ForColumns<Value> = Value | Readonly<Record<string, Value>>

/** How numbers and days are written in a source, if that is ambiguous. */
export interface NotationOptions {
  /**
   * The decimal sign, for all columns (`','`) or for some (`{ fee: ',' }`). Default: as found; columns that can be read
   * either way (`1,234` in every cell) are refused.
   */
  readonly decimal?: ForColumns<DecimalSign>
  /** The sign between groups of three digits; `' '` = any space, `''` = none. Default: any but the decimal sign. */
  readonly thousands?: ForColumns<(typeof thousandsSigns)[number]>
  /**
   * How days are written: year (`YYYY`; `YY`, with 69 to 99 in the last century; `19YY` or `20YY`, two digits all in
   * that century), month (`MM`, `M`, `MMM` for its English name) and day (`DD`, `D`) once each, such as `'DD/MM/YYYY'`,
   * `'YYYYMMDD'` or `'DD.MM.19YY'`. Default: as found; ambiguous columns (`01/02/2024` in every cell, the century of
   * `31.12.48`) are refused. A time after the day is cut off; if it has a UTC offset, the day is that of the instant.
   */
  readonly dateFormat?: ForColumns<string>
}

/** How to read the cells of a source. */
export interface ReadingOptions extends NotationOptions {
  /** Kinds of columns, to override what is found: `{ zip: 'text' }`. */
  readonly types?: Readonly<Record<string, ColumnKind>>
  /**
   * Texts that mean missing in every column, besides blank ones: `['?', '-']`. Default none; outside text columns NA,
   * N/A, n/a, NULL and null are always missing.
   */
  readonly missing?: readonly string[]
  /**
   * How columns were written elsewhere, by name: `scorer.about.flat.notations` of a model. A column whose cells all fit
   * is read that way, even if it is ambiguous. Default none.
   */
  readonly notations?: Readonly<Record<string, ColumnNotation>>
  /**
   * Time zone, an IANA name such as `'America/New_York'`, that gives instants their day: `Date`s, Parquet times
   * adjusted to UTC, and texts whose time has an offset. Columns with instants keep it (`timeZone`). Default `'UTC'`.
   */
  readonly timeZone?: string
}

const decimalSign = z.enum(['.', ','])
const thousandsSign = z.enum(thousandsSigns)
const dateFormat = z
  .string()
  .refine((format) => datePattern(format) !== undefined)
  .meta({ description: "a format with YYYY (or YY, 19YY), MM and DD once each, such as 'DD/MM/YYYY'" })

const forColumns = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema, z.record(z.string(), schema)]).optional()

/** Schema of {@link NotationOptions}. */
export const notationShape = {
  decimal: forColumns(decimalSign),
  thousands: forColumns(thousandsSign),
  dateFormat: forColumns(dateFormat),
}

/** Schema of {@link ColumnNotation}: reads it back from a model file. */
export const columnNotationSchema: z.ZodType<ColumnNotation> = z.union([
  z.strictObject({ dateFormat }),
  z.strictObject({
    decimal: decimalSign.nullable(),
    thousands: thousandsSign.exactOptional(),
    unit: z.string().exactOptional(),
  }),
])

/** Schema of {@link ReadingOptions}. */
export const readingShape = {
  types: z.record(z.string(), z.enum(['number', 'text', 'day', 'boolean'])).default({}),
  missing: z.array(z.string()).default([]),
  ...notationShape,
  notations: z.record(z.string(), columnNotationSchema).default({}),
  timeZone: timeZoneRule,
}

const notationOptions = z.object(notationShape)

/** Checked {@link NotationOptions}. */
export type CheckedNotation = z.output<typeof notationOptions>

const readingOptions = z.object(readingShape)

/** Checked {@link ReadingOptions}. */
export type CheckedReading = z.output<typeof readingOptions>

/** Returns the settings for one column. */
export function wishOf(
  name: string,
  options: CheckedNotation & Partial<Pick<CheckedReading, 'types' | 'notations'>>,
): ReadingWish {
  const own = ownNotation(name, options)
  const decimal = own.decimal ?? ofAll<DecimalSign>(options.decimal)
  const thousands = own.thousands ?? ofAll(options.thousands)
  const format = own.dateFormat ?? ofAll(options.dateFormat)
  return {
    kind: ownValue(options.types, name),
    decimal,
    thousands,
    dateFormat:
      own.dateFormat === undefined && (own.decimal ?? own.thousands) !== undefined ? undefined : format,
    isOwn: Object.values(own).some((each) => each !== undefined),
    known: ownValue(options.notations, name),
  }
}

function ownNotation(
  name: string,
  { decimal, thousands, dateFormat: format }: CheckedNotation,
): Pick<ReadingWish, 'decimal' | 'thousands' | 'dateFormat'> {
  return {
    decimal: ofColumn<DecimalSign>(decimal, name),
    thousands: ofColumn(thousands, name),
    dateFormat: ofColumn(format, name),
  }
}

function ofAll<Value extends string>(said: ForColumns<Value> | undefined): Value | undefined {
  return typeof said === 'string' ? said : undefined
}

function ofColumn<Value extends string>(
  said: ForColumns<Value> | undefined,
  name: string,
): Value | undefined {
  return typeof said === 'object' ? ownValue(said, name) : undefined
}

/** Returns the columns that the options name. */
export function columnsSaid(options: CheckedNotation & Partial<Pick<CheckedReading, 'types'>>): string[] {
  const said = [options.types, options.decimal, options.thousands, options.dateFormat]
  return [...new Set(said.flatMap((each) => (typeof each === 'object' ? Object.keys(each) : [])))]
}
