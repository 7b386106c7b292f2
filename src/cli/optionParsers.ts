import { InvalidArgumentError } from 'commander'
import { type EpochDay, givenDay, monthly } from '../base/days.js'
import { closestWord } from '../base/errors.js'
import { type InputTableName, inputTableNames } from '../table/inputs.js'

/** Reads a whole number from the command line. */
export function integerOption(text: string): number {
  if (!/^[+-]?\d+$/.test(text.trim())) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

/** Reads a number from the command line. */
export function numberOption(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.')
  return value
}

/** Reads a day from the command line. */
export function dayOption(text: string): EpochDay {
  const day = /^\d{4}-\d\d(-\d\d)?$/.test(text) ? givenDay(text) : undefined
  if (day === undefined) throw new InvalidArgumentError('Expected a date written YYYY-MM-DD or YYYY-MM.')
  return day
}

/** A day until which all tables are complete, or one for each of some tables. */
export type CompleteUntilOption = EpochDay | Readonly<Partial<Record<InputTableName, EpochDay>>>

/** Reads a day for all tables, or `table=day`, which may be repeated. */
export function completeUntilOption(text: string, earlier?: CompleteUntilOption): CompleteUntilOption {
  const [name, day, ...more] = text.split('=')
  if (day === undefined && earlier === undefined) return dayOption(text)
  if (day === undefined || typeof earlier === 'number') {
    throw new InvalidArgumentError('Expected one day for all tables, or table=day for each table.')
  }
  const table = inputTableNames.find((each) => each === name!.trim())
  if (table === undefined || more.length > 0) {
    const close = closestWord(name!, inputTableNames)
    const hint = close === undefined ? '' : ` Did you mean ${close}?`
    throw new InvalidArgumentError(
      `Expected table=YYYY-MM-DD with one of ${inputTableNames.join(', ')}.${hint}`,
    )
  }
  if (earlier?.[table] !== undefined) throw new InvalidArgumentError(`Expected ${table} once.`)
  return { ...earlier, [table]: dayOption(day.trim()) }
}

/** Reads the first days of a range of months from the command line. */
export function monthsOption(text: string): EpochDay[] {
  const [, first, last] = /^(\d{4}-(?:0[1-9]|1[0-2]))\.\.(\d{4}-(?:0[1-9]|1[0-2]))$/.exec(text) ?? []
  if (first === undefined || last === undefined || last < first) {
    throw new InvalidArgumentError('Expected two months with .. between them, such as 2025-01..2025-10.')
  }
  return monthly(first, last)
}

/** Reads the name of an encoding from the command line. */
export function encodingOption(text: string): string {
  try {
    return new TextDecoder(text).encoding
  } catch {
    throw new InvalidArgumentError('Expected the name of an encoding, such as utf-8 or gb18030.')
  }
}

/** Reads names separated by commas. */
export function listOption(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Collects an option that may be given several times. */
export function repeatedOption(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text]
}

/**
 * Collects an option for all columns (`,`) or for one (`fee=,`), which may be given several times.
 *
 * @param allowed left out: any value
 */
export function columnsOption<Value extends string>(allowed?: readonly Value[]) {
  return (text: string, earlier?: Value | Readonly<Record<string, Value>>): Value | Record<string, Value> => {
    const at = text.lastIndexOf('=')
    const value = (at < 0 ? text : text.slice(at + 1)) as Value
    if (allowed !== undefined && !allowed.includes(value)) {
      const shown = allowed.map((each) => JSON.stringify(each)).join(', ')
      throw new InvalidArgumentError(`Expected one of ${shown}, or column=sign.`)
    }
    if (at < 0 && earlier === undefined) return value
    if (at < 0 || typeof earlier === 'string') {
      throw new InvalidArgumentError('Expected it once for all columns, or as column=value for each.')
    }
    return { ...earlier, [text.slice(0, at)]: value }
  }
}
