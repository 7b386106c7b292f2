import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Table, tableFrom } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

const shops = tableFrom({
  id: ['A', 'B', null],
  fee: [1234.5678, 10, null],
  open: [true, false, null],
})
const text = [
  '3 rows × 3 columns',
  'id      fee  open',
  '──  ───────  ─────',
  'A   1234.57  true',
  'B        10  false',
  '–         –  –',
].join('\n')

describe('a table as text', () => {
  it('has its size, its cells and a dash where a cell is missing', () => {
    expect(String(shops)).toBe(text)
    expect(`${new Table([], 0)}`).toBe('0 rows × 0 columns')
  })

  it('says how many rows and which columns are not shown', () => {
    const wide = tableFrom(
      Object.fromEntries(
        Array.from({ length: 30 }, (_, column) => [
          `column ${column}`,
          Array.from({ length: 1200 }, (__, row) => row),
        ]),
      ),
    )
    const lines = String(wide).split('\n')
    expect(lines[0]).toBe('1,200 rows × 30 columns')
    // heading and rule, then rows 0 to 9
    expect(lines.slice(3, 13).map((line) => line.trim().split(/\s+/)[0])).toEqual([...'0123456789'])
    expect(lines[13]).toBe('… 1,190 more rows')
    const shown = lines[1]!.split(/ {2,}/).length
    expect(Math.max(...lines.slice(1, 13).map((line) => line.length))).toBeLessThanOrEqual(120)
    expect(lines[14]).toMatch(
      new RegExp(`^… ${30 - shown} more columns: column ${shown}, column ${shown + 1}, `),
    )
  })

  it('shows the first column however wide it is, shortened, and every row on one line', () => {
    const long = tableFrom({ note: [`${'x'.repeat(200)}`, 'two\nlines'], other: [1, 2] })
    expect(String(long).split('\n')).toEqual([
      '2 rows × 2 columns',
      `note${' '.repeat(36)}  other`,
      `${'─'.repeat(40)}  ─────`,
      `${'x'.repeat(26)}…${'x'.repeat(13)}      1`,
      `two lines${' '.repeat(31)}      2`,
    ])
  })

  it('names the file that it came from', () => {
    expect(String(new Table(shops.columns, 3, 'shops.csv')).split('\n')[0]).toBe(
      '3 rows × 3 columns, shops.csv',
    )
  })
})

describe('what shows values shows tables as text', () => {
  it('console.log: the text, and inside of something else one line', () => {
    expect(inspect(shops)).toBe(text)
    expect(inspect({ shops })).toBe('{ shops: [Table: 3 rows × 3 columns] }')
    expect(inspect([[{ shops }]], { depth: null })).toContain('3 rows × 3 columns')
  })

  it('notebooks: a table of the page, with texts as texts', () => {
    const display = Symbol.for('Jupyter.display') as unknown as keyof Table
    const shown = (
      tableFromRows([{ id: '<b>&' }]) as unknown as Record<string, () => Record<string, string>>
    )[display as string]!()
    expect(shown['text/plain']).toBe('1 row × 1 column\nid\n────\n<b>&')
    expect(shown['text/html']).toBe(
      '<table><thead><tr><th>id</th></tr></thead><tbody><tr><td>&lt;b&gt;&amp;</td></tr></tbody></table><p>1 row × 1 column</p>',
    )
  })
})
