/** Returns a text without control characters and unpaired surrogates, which no page or picture may contain. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are removed
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replaceAll(/\p{Surrogate}/gu, '\ufffd')
}

/**
 * Returns a text of at most `length` characters, leaving out the middle of a longer one, because both ends of a name
 * distinguish it.
 */
export function shortened(text: string, length: number): string {
  const characters = [...printable(text)]
  if (characters.length <= length) return characters.join('')
  const tail = Math.floor((length - 1) / 3)
  return `${characters.slice(0, length - 1 - tail).join('')}…${characters.slice(characters.length - tail).join('')}`
}

/**
 * Returns a number as a sentence says it: every digit before the point, two after it from 100 on, else four significant ones.
 * Powers of ten only from 1e15 on and below 1e-6, where zeros can no longer be counted.
 */
export function numberInWords(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e15 || size < 1e-6)) return String(Number(value.toPrecision(4)))
  return String(Number(size >= 100 ? value.toFixed(2) : value.toPrecision(4)))
}
