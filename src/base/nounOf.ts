/**
 * The values that holdfast's functions take and return, recognised by their members, because plain JavaScript has no types.
 */
const shapes: readonly (readonly [noun: string, has: (value: Members) => boolean])[] = [
  ['a Promise', ({ then }) => typeof then === 'function'],
  ['a table', ({ columns, column }) => Array.isArray(columns) && typeof column === 'function'],
  ['a scorer', ({ scoreTable }) => typeof scoreTable === 'function'],
  ['a model', ({ features, probability }) => Array.isArray(features) && typeof probability === 'function'],
  ['a dataset', ({ features, outcome }) => isMatrix(features) && isList(outcome)],
  ['a split', ({ train, test }) => nounOf(train) === 'a dataset' && nounOf(test) === 'a dataset'],
  ['a matrix', (value) => isMatrix(value)],
  ['a history', ({ engine, tables }) => isObject(engine) && isObject(tables)],
  ['features of customers', ({ ids, features }) => isList(ids) && isMatrix(features)],
  ['a selection', ({ model, trials }) => isObject(model) && Array.isArray(trials)],
  ['facts of a report', ({ format }) => format === 'holdfast report'],
]

type Members = Readonly<Record<string, unknown>>

/** Returns what a value is, such as `a table`; undefined if holdfast does not know it. */
export function nounOf(value: unknown): string | undefined {
  if (!isObject(value) || isList(value)) return undefined
  return shapes.find(([, has]) => has(value))?.[0]
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

/** True for arrays and typed arrays. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)
}

function isMatrix(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['columns']) && typeof value['rowCount'] === 'number'
}
