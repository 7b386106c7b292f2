/** Columns that say when a plan was in force or known and not what it is. */
const planTimes: ReadonlySet<string> = new Set(['id', 'day', 'from', 'to', 'knownAt'])

/** Returns the columns that say what a plan is, each once, in the order of code points: ties are broken by them. */
export function planColumns(columns: readonly string[]): string[] {
  return [...new Set(columns)].filter((name) => !planTimes.has(name)).sort(compareTexts)
}

/**
 * Compares by code point, as engines compare UTF-8 bytes. JavaScript's own order differs where texts hold characters
 * beyond U+FFFF, and `localeCompare` differs between machines.
 */
export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  let index = 0
  while (index < length && left.charCodeAt(index) === right.charCodeAt(index)) index++
  if (index === length) return left.length - right.length
  // Units that differ in the second half of a pair belong to pairs with an equal first half: the order is theirs.
  return codePointOrder(left.charCodeAt(index)) - codePointOrder(right.charCodeAt(index))
}

// Surrogates stand for characters beyond U+FFFF and come last.
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
