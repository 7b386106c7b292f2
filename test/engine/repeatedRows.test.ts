import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { type HistorySources, type OpenHistoryOptions, openHistory } from '../../src/engine/openHistory.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(() => rm(folder, { recursive: true }))

const customers = [
  { id: 'A', activatedAt: '2024-01-01' },
  { id: 'B', activatedAt: '2024-01-01' },
]
const usage = [
  { id: 'A', day: '2025-06-01', minutes: 12, kind: 'voice' },
  { id: 'A', day: '2025-06-02', minutes: 8, kind: null },
  { id: 'B', day: '2025-06-02', minutes: 5, kind: 'voice' },
]
const contacts = [
  { id: 'A', day: '2025-06-03', kind: 'complaint' },
  { id: 'A', day: '2025-06-04', kind: 'complaint' },
]

/** Minutes and contacts of A in 30 days, and what was noticed. */
async function read(sources: HistorySources, options: OpenHistoryOptions = {}) {
  const history = await openHistory(sources, { today: '2025-07-01', ...options })
  try {
    const rules = [sumOf('usage', 'minutes', { days: 30 }), countOf('contacts', { days: 30 })]
    const { features } = await featureMatrix(history, rules, { cutoffs: [epochDay('2025-06-05')] })
    const first = features.columns.map((column) => (column.kind === 'number' ? column.values[0] : null))
    return { first, notes: history.notes.filter((note) => note.includes('earlier row')) }
  } finally {
    await history.close()
  }
}

async function problemsOf(sources: HistorySources, options: OpenHistoryOptions = {}) {
  const error = await openHistory(sources, { today: '2025-07-01', ...options }).catch((reason) => reason)
  expect(error).toBeInstanceOf(HoldfastError)
  return (error as HoldfastError).problems
}

test('rows that are there once are not mentioned', async () => {
  expect(await read({ customers, usage, contacts })).toEqual({ first: [20, 2], notes: [] })
})

test('rows that are there twice count twice, and that is said with a count, a row and the way out', async () => {
  const { first, notes } = await read({ customers, usage: [...usage, ...usage], contacts })
  expect(first).toEqual([40, 2])
  expect(notes).toHaveLength(1)
  expect(notes[0]).toContain('Table usage: 3 of 6 rows')
  expect(notes[0]).toContain('such as those of A on 2025-06-01')
  expect(notes[0]).toContain('The whole table seems to be duplicated')
  expect(notes[0]).toContain("repeatedRows: 'drop'")
})

test('drop leaves the first of each, whatever is missing in them, and says how many it left out', async () => {
  const thrice = [...usage, ...usage.toReversed(), usage[1]!]
  const { first, notes } = await read({ customers, usage: thrice, contacts }, { repeatedRows: 'drop' })
  expect(first).toEqual([20, 2])
  expect(notes).toEqual([expect.stringContaining('Table usage: 4 of 7 rows')])
  expect(notes[0]).toContain('left out')
})

test('rows that differ in any column are different events', async () => {
  const other = [...usage, { ...usage[0]!, kind: 'data' }]
  expect(await read({ customers, usage: other, contacts }, { repeatedRows: 'drop' })).toEqual({
    first: [32, 2],
    notes: [],
  })
})

test('refuse names every table with its count', async () => {
  const sources = { customers, usage: [...usage, usage[2]!], contacts: [...contacts, ...contacts] }
  expect(await problemsOf(sources, { repeatedRows: 'refuse' })).toMatchObject([
    { code: 'duplicate-row', parameter: 'table usage', count: 1, received: 'B on 2025-06-02' },
    { code: 'duplicate-row', parameter: 'table contacts', count: 2, received: 'A on 2025-06-03' },
  ])
})

test('a list of files is read in its order; a file that is named twice is refused, by whatever name', async () => {
  const file = async (name: string, lines: string) => {
    await writeFile(join(folder, name), `id,day,minutes\n${lines}\n`)
    return join(folder, name)
  }
  const may = await file('usage-1.csv', 'A,2025-06-01,12')
  const june = await file('usage-2.csv', 'A,2025-06-02,8\nB,2025-06-02,5')
  expect((await read({ customers, usage: [may, june], contacts })).first).toEqual([20, 2])
  const link = join(folder, 'again.csv')
  await symlink(may, link)
  for (const usage of [
    [may, june, may],
    [may, link],
    [join(folder, 'usage-*.csv'), june],
  ]) {
    expect(await problemsOf({ customers, usage, contacts })).toMatchObject([
      { code: 'option-invalid', rule: 'to be named once each' },
    ])
  }
  expect(await problemsOf({ customers, usage: [may, join(folder, 'none.csv')], contacts })).toMatchObject([
    { code: 'file-missing' },
  ])
  // The same content in a file of another name is found by its rows
  const copy = await file('usage-1 (1).csv', 'A,2025-06-01,12')
  const copied = await read({ customers, usage: [may, june, copy], contacts })
  expect(copied.first).toEqual([32, 2])
  expect(copied.notes[0]).toContain('1 of 4 rows')
})
