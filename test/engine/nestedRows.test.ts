import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { attribute } from '../../src/feature/builders/customerBuilders.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { checkCustomerHistory } from '../../src/table/customerHistory.js'
import { cellOf } from '../../src/table/table.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-nested-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Rows = Readonly<Record<string, unknown>>[]
const asFile = async (rows: Rows): Promise<string> => {
  const path = join(folder, 'customers.jsonl')
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}
const forms: [string, (rows: Rows) => Promise<string | Rows>][] = [
  ['JSON lines', asFile],
  ['row objects', async (rows) => rows],
]
const at = '2024-01-15'

test.each(forms)(
  'an object inside of %s of a history has a column for each of its parts',
  async (_, form) => {
    const customers = await form([
      { id: 'A', activatedAt: at, customer: { plan: 'gold', 'a/b~c': 1.5, place: { city: 'Bern' } } },
      { id: 'B', activatedAt: at, customer: { plan: 'basic', place: null } },
      { id: 'C', activatedAt: at, customer: null },
    ])
    const usage = [{ id: 'A', day: '2025-03-31', minutes: 1 }]
    const mapped = { from: customers, columns: { plan: 'customer.plan' } }
    const history = await openHistory({ customers: mapped, usage })
    expect(history.tables.customers).toEqual({
      id: 'text',
      activatedAt: 'day',
      cancelledAt: 'day',
      plan: 'text',
      'customer.a/b~c': 'number',
      'customer.place.city': 'text',
    })
    const rules = [attribute('plan', 'text'), attribute('customer.a/b~c', 'number')]
    const { features } = await featureMatrix(history, rules, { cutoffs: [epochDay('2025-04-01')] })
    await history.close()
    expect(features.columns.map((column) => [0, 1, 2].map((row) => cellOf(column, row)))).toEqual([
      ['gold', 'basic', null],
      [1.5, null, null],
    ])
  },
)

const refused: [string, Rows, string][] = [
  ['a list', [{ id: 'A', activatedAt: at, tags: ['x'] }], 'column tags: expected tags to be a number'],
  [
    'a list in an object',
    [{ id: 'A', activatedAt: at, a: { b: [1] } }],
    'column a.b: expected a.b to be a number',
  ],
  [
    'an object where other rows have a value',
    [
      { id: 'A', activatedAt: at, plan: 'x' },
      { id: 'B', activatedAt: at, plan: { a: 1 } },
    ],
    'expected plan to be',
  ],
  [
    'a path that is a column too',
    [{ id: 'A', activatedAt: at, 'p.a': 1, p: { a: 1 } }],
    'column p.a to be in a row once',
  ],
  [
    'paths that differ in upper case',
    [{ id: 'A', activatedAt: at, p: { a: 1, A: 2 } }],
    'to differ from column p.a in more',
  ],
]
for (const [name, form] of forms) {
  it.each(refused)(`%s in ${name} is refused by its path`, async (_, rows, text) => {
    const usage = [{ id: 'A', day: '2025-03-31', minutes: 1 }]
    await expect(openHistory({ customers: await form(rows), usage })).rejects.toThrow(text)
  })
}

test('a service gives the objects that its history had', () => {
  const { customer, events } = checkCustomerHistory({
    customer: { id: 'A', activatedAt: at, customer: { plan: 'gold', since: '2024-02-01' } },
    usage: [{ day: '2025-03-31', data: { mb: 2 } }],
  })
  expect(customer).toMatchObject({ 'customer.plan': 'gold', 'customer.since': epochDay('2024-02-01') })
  expect(events.usage[0]).toMatchObject({ 'data.mb': 2 })
  expect(() =>
    checkCustomerHistory({ customer: { id: 'A', activatedAt: at, 'p.a': 1, p: { a: 1 } } }),
  ).toThrow('column p.a to be in a row once')
})
