/** A column of a printed table: its heading, and whether it is right-aligned (numbers). */
export interface TextTableColumn {
  readonly heading: string
  readonly right?: boolean
}

/**
 * Returns a table for a terminal: headings, a rule, and rows, with columns two spaces apart. Widths count code points;
 * East Asian wide characters count 2.
 *
 * @example
 * textTable([{ heading: 'stage' }, { heading: 'share', right: true }], [['growth', '9 %'], ['decline', '12 %']])
 * // => 'stage    share\n───────  ─────\ngrowth     9 %\ndecline   12 %'
 */
export function textTable(columns: readonly TextTableColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    rows.reduce(
      (width, row) => Math.max(width, displayWidth(row[index] ?? '')),
      displayWidth(column.heading),
    ),
  )
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index]!, column.right === true))
      .join('  ')
      .trimEnd()
  const headings = line(columns.map((column) => column.heading))
  return [headings, widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

function pad(text: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(width - displayWidth(text))
  return right ? blanks + text : text + blanks
}

const wideCharacter =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u

/** Returns the width of a text in a terminal. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += wideCharacter.test(character) ? 2 : 1
  return width
}
