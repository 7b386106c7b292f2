/** Returns a text without what no page or picture may hold: control characters and halves of surrogate pairs. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replaceAll(/\p{Surrogate}/gu, '\ufffd')
}

/** Returns a text of at most `length` characters, the middle of a longer one left out: both ends of a name tell it apart. */
export function shortened(text: string, length: number): string {
  const characters = [...printable(text)]
  if (characters.length <= length) return characters.join('')
  const tail = Math.floor((length - 1) / 3)
  return `${characters.slice(0, length - 1 - tail).join('')}…${characters.slice(characters.length - tail).join('')}`
}
