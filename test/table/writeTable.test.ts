import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberColumn, textColumn } from '../../src/base/matrix.js'
import { Table } from '../../src/table/table.js'
import { writeTable } from '../../src/table/writeTable.node.js'

test('the lines of a file are those of csv-stringify: quotes, delimiters, line ends, blank and missing cells', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-write-'))
  const text = fc.oneof(
    fc.constantFrom(
      'a,b',
      'a\tb',
      'say "so"',
      '"',
      'two\nlines',
      'cr\rhere',
      ' blank ',
      '',
      "=1+1'",
      'é客',
      ';',
    ),
    fc.string({ maxLength: 4 }),
    fc.constant(null),
  )
  const row = fc.record({
    text,
    number: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
  })
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        fc.constantFrom('csv', 'tsv'),
        async (rows, isAlone, format) => {
          const columns = [
            textColumn(
              'a "name", here',
              rows.map((each) => each.text),
            ),
            numberColumn(
              'number',
              rows.map((each) => each.number),
            ),
          ]
          const table = new Table(isAlone ? columns.slice(0, 1) : columns, rows.length)
          const path = join(folder, `table.${format}`)
          await writeTable(table, path)
          const cells = table
            .rows()
            .map((each) => Object.values(each).map((cell) => (cell === null ? '' : cellOf(cell))))
          const expected = stringify([table.columnNames, ...cells], {
            delimiter: format === 'csv' ? ',' : '\t',
            quoted_empty: isAlone,
          })
          expect(await readFile(path, 'utf8')).toBe(expected)
        },
      ),
      { numRuns: 60 },
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** As tables write a number that is beyond the exact integers: with an exponent. */
function cellOf(cell: unknown): string {
  return typeof cell === 'number' && Number.isInteger(cell) && !Number.isSafeInteger(cell)
    ? cell.toExponential()
    : String(cell)
}
