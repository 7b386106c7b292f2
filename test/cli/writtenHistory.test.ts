import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { holdfast, temporaryFolder, writeLines } from './holdfast.js'

// The same history twice: as programs write it, and as people do, in the encodings of their programs.
const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const days = ['2024-01-31', '2024-02-28', '2024-03-31', '2024-04-30', '2024-05-31', '2024-06-30']
const customers = Array.from({ length: 12 }, (_, row) => `C${row}`)
const amounts = customers.flatMap((id, row) =>
  days.map((day, month) => [id, day, 1000.5 + row * 10 + month] as const),
)
const german = (amount: number): string => new Intl.NumberFormat('de-DE').format(amount)
const germanDay = (day: string): string => day.split('-').reverse().join('.')

await mkdir(at('plain'))
await mkdir(at('written'))
await writeLines(at('plain/customers.csv'), [
  'id,activatedAt,ort',
  ...customers.map((id) => `${id},2023-12-01,Köln`),
])
await writeLines(at('plain/payments.csv'), ['id,day,amount', ...amounts.map((cells) => cells.join(','))])
const latin = ['id;activatedAt;ort', ...customers.map((id) => `${id};01.12.2023;Köln`)].join('\r\n')
await writeFile(at('written/kunden.csv'), Buffer.from(latin, 'latin1'))
const wide = [
  'id;day;amount',
  ...amounts.map(([id, day, amount]) => `${id};${germanDay(day)};${german(amount)}`),
]
await writeFile(at('written/zahlungen.csv'), Buffer.from(`\ufeff${wide.join('\n')}\n`, 'utf16le'))
const configured = async (tables: object): Promise<string> => {
  await writeFile(at('written/history.json'), JSON.stringify(tables))
  return at('written/history.json')
}
const payments = { from: 'zahlungen.csv', encoding: 'utf-16le', decimal: ',', dateFormat: 'DD.MM.YYYY' }
const tagged = async (history: string, out: string) =>
  holdfast(['tag', '--history', history, '--today', '2024-07-02', '--out', at(out)])

it('a .json of a history says encoding, decimal sign and format of days of each table', async () => {
  const kunden = { from: 'kunden.csv', encoding: 'windows-1252', dateFormat: { activatedAt: 'DD.MM.YYYY' } }
  expect((await tagged(at('plain'), 'plain.csv')).code).toBe(0)
  const written = await tagged(await configured({ customers: kunden, payments }), 'written.csv')
  expect([written.code, written.messages]).toEqual([0, expect.any(String)])
  expect(await readFile(at('written.csv'), 'utf8')).toBe(await readFile(at('plain.csv'), 'utf8'))
})

it('a table of the .json in another encoding than said is refused by its name, with the way out', async () => {
  const { code, messages } = await tagged(await configured({ customers: 'kunden.csv', payments }), 'no.csv')
  expect(code).toBe(3)
  expect(messages).toContain('kunden.csv, table customers')
  expect(messages).toContain('"encoding": "windows-1252"')
})

it('a decimal sign that the .json says wrongly is refused with the cell', async () => {
  const wrong = { ...payments, decimal: '.', thousands: ',' }
  const { code, messages } = await tagged(
    await configured({ customers: { from: 'kunden.csv', encoding: 'windows-1252' }, payments: wrong }),
    'no.csv',
  )
  expect(code).toBe(3)
  expect(messages).toContain('zahlungen.csv, table payments')
  expect(messages).toContain('column amount')
})
