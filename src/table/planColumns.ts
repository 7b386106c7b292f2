/** Columns that say when a plan was in force or known, not what it is. */
const planTimes: ReadonlySet<string> = new Set(['id', 'day', 'from', 'to', 'knownAt'])

/** Returns the columns that say what a plan is, without repeats, in order of code points, for breaking ties. */
export function planColumns(columns: readonly string[]): string[] {
  return [...new Set(columns)].filter((name) => !planTimes.has(name)).sort(compareTexts)
}

/**
 * Compares by code point, as engines compare UTF-8 bytes. JavaScript's own order differs for characters beyond U+FFFF,
 * and `localeCompare` differs between machines.
 */
export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  let index = 0
  while (index < length && left.charCodeAt(index) === right.charCodeAt(index)) index++
  if (index === length) return left.length - right.length
  // If only the second halves of two surrogate pairs differ, their order is that of the pairs.
  return codePointOrder(left.charCodeAt(index)) - codePointOrder(right.charCodeAt(index))
}

// Surrogates encode characters beyond U+FFFF and come last.
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
