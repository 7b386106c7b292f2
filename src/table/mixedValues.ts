import { parseDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'

type Kind = 'number' | 'text' | 'day' | 'boolean'

/** Returns the kind of column that values make: that of the first present value, or days if any is a `Date`. */
export function kindOfValues(values: readonly unknown[]): Kind {
  const first = values.find((value) => value !== null && value !== undefined)
  if (values.some((value) => value instanceof Date)) return 'day'
  if (typeof first === 'string') return 'text'
  return typeof first === 'boolean' ? 'boolean' : 'number'
}

type IsOne = (value: unknown) => boolean

const kindRules: Readonly<Record<Kind, readonly [words: string, isOne: IsOne]>> = {
  day: [
    'valid Dates alone, as one of its values is one',
    (value) => value instanceof Date && parseDay(value) !== undefined,
  ],
  text: ['texts alone, as its first value is one', (value) => typeof value === 'string'],
  boolean: ['true and false alone, as its first value is one of them', (value) => typeof value === 'boolean'],
  // NaN and infinite numbers are refused by numberColumn
  number: [
    'numbers alone, as its first value is neither a text nor true or false',
    (value) => typeof value === 'number' || typeof value === 'bigint',
  ],
}

/** Returns the problem of values that are not all of one kind: the first wrong one and their number. */
export function mixedValues(name: string, values: readonly unknown[]): Problem[] {
  const [words, isOne] = kindRules[kindOfValues(values)]
  const wayOut =
    'Write all values of a column as one kind, null for missing; tableFromRows reads texts as numbers, days, true and false.'
  return strayValues(name, values, isOne, { rule: `to hold ${words}`, wayOut })
}

/** Refuses values that do not fit a column's kind. @throws {HoldfastError} `value-type` */
export function refuseStray(
  operation: string,
  name: string,
  values: ArrayLike<unknown>,
  words: string,
  isOne: IsOne,
): void {
  refuse(
    operation,
    strayValues(name, values, isOne, { rule: `to hold ${words}`, wayOut: 'Write null for missing.' }),
  )
}

function strayValues(
  name: string,
  values: ArrayLike<unknown>,
  isOne: IsOne,
  said: Pick<Problem, 'rule' | 'wayOut'>,
): Problem[] {
  let [first, count] = [-1, 0]
  for (let row = 0; row < values.length; row++) {
    if (values[row] === null || values[row] === undefined || isOne(values[row])) continue
    if (count++ === 0) first = row
  }
  if (count === 0) return []
  const place = { row: first + 1, column: name }
  return [{ code: 'value-type', parameter: `column ${name}`, ...said, received: values[first], place, count }]
}
