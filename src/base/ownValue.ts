/**
 * Returns what a record holds under a user's name; undefined where it holds nothing.
 *
 * A plain look-up would also find what every object inherits: a column may be called `constructor` or `toString`.
 */
export function ownValue<Value>(
  record: Readonly<Record<string, Value>> | null | undefined,
  name: string,
): Value | undefined {
  return record != null && Object.hasOwn(record, name) ? record[name] : undefined
}

/** Sets what a record holds under a user's name; a plain assignment to `__proto__` would be lost. */
export function setOwnValue<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') record[name] = value
  else Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true })
}
