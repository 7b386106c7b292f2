/**
 * Returns a record's own value under a user's name; undefined if it has none.
 *
 * A plain lookup would also find inherited members: a column may be called `constructor` or `toString`.
 */
export function ownValue<Value>(
  record: Readonly<Record<string, Value>> | null | undefined,
  name: string,
): Value | undefined {
  return record != null && Object.hasOwn(record, name) ? record[name] : undefined
}

/** Sets a record's value under a user's name; a plain assignment to `__proto__` would be lost. */
export function setOwnValue<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') record[name] = value
  else Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true })
}
