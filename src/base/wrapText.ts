/** Width of printed text. */
const lineWidth = 80

/** Returns a text in lines of at most 80 code points, broken at spaces; a longer word has a line of its own. */
export function wrapText(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && [...last].length + 1 + [...word].length <= lineWidth) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}
