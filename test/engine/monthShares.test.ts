import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMonths, type EpochDay, epochDay, monthStart } from '../../src/base/days.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { monthShares } from '../../src/engine/outages.js'

const day = fc.integer({ min: epochDay('2023-11-01'), max: epochDay('2025-02-01') })
const people = fc.array(fc.record({ activatedAt: day, cancelledAt: fc.option(day), rows: fc.array(day) }), {
  minLength: 1,
  maxLength: 12,
})

test('the share of a month is that of the customers who were there for all of it', async () => {
  const engine = await openDuckdb()
  const from = epochDay('2024-01-20')
  try {
    await fc.assert(
      fc.asyncProperty(people, fc.integer({ min: 90, max: 300 }), async (customers, length) => {
        const until = (from + length) as EpochDay
        const values = (list: readonly (readonly unknown[])[]): string =>
          list.map((row) => `(${row.map((value) => value ?? 'NULL').join(', ')})`).join(', ')
        const asked = customers.map(({ activatedAt, cancelledAt }, id) => [
          `'${id}'`,
          activatedAt,
          cancelledAt,
        ])
        await engine.run(
          `CREATE OR REPLACE TABLE customers AS SELECT * FROM (VALUES ${values([...asked, ["'x'", 0, null]])}) AS c(id, "activatedAt", "cancelledAt")`,
        )
        const rows = customers.flatMap(({ rows: days }, id) => days.map((own) => [`'${id}'`, own]))
        await engine.run(
          `CREATE OR REPLACE TABLE seen AS SELECT * FROM (VALUES ${values([...rows, ["'0'", 0]])}) AS r(id, day)`,
        )
        const shareOf = (start: number, after: number): number | null => {
          const there = customers.filter(
            ({ activatedAt, cancelledAt }) =>
              activatedAt < start && (cancelledAt === null || cancelledAt >= after),
          )
          const having = there.filter(({ rows: days }) => days.some((own) => own >= start && own < after))
          return there.length === 0 ? null : having.length / there.length
        }
        const expected = []
        for (let month = monthStart(from); addMonths(month, 1) <= until; month = addMonths(month, 1)) {
          const share = shareOf(month, addMonths(month, 1))
          if (share !== null) expected.push({ month, share })
        }
        const { months, last } = await monthShares(engine, 'seen', "id <> 'x'", from, until)
        expect(months.map(({ month, share }) => ({ month, share }))).toEqual(expected)
        expect(last?.share ?? null).toBe(shareOf(addMonths(until, -1), until))
      }),
      { numRuns: 30 },
    )
  } finally {
    await engine.close()
  }
})

test('a row of long ago costs no memory: a column for each month since then took gigabytes', async () => {
  const contacts = Array.from({ length: 400 }, (_, row) => ({
    id: row % 2 === 0 ? 'A' : 'B',
    day: `2024-0${1 + (row % 9)}-11`,
    kind: `k${row}`,
  }))
  const customers = ['A', 'B'].map((id) => ({ id, activatedAt: '0900-01-01' }))
  const old = { id: 'A', day: '1000-01-01', kind: 'k' }
  const engine = await openDuckdb({ memoryLimit: '512MB' })
  try {
    const history = await openHistory(
      { customers, contacts: [...contacts, old] },
      { today: '2025-01-01', engine },
    )
    const found = await history.engine.query('SELECT count(*)::DOUBLE AS rows FROM contacts')
    expect(found.cell('rows', 0)).toBe(401)
  } finally {
    await engine.close()
  }
})
