// engine: raw tables, with the user's own column names, are checked row by row and loaded into DuckDB.
import { formatDay, HoldfastError, openHistory } from 'holdfast'

const customers = [
  { cust_no: 'A', start: '2024-01-10' },
  { cust_no: 'B', start: '2024-02-20' },
]
const usage = [
  { cust_no: 'A', day: '2025-01-05', minutes: 12 },
  { cust_no: 'B', day: '2025-01-31', minutes: 7 },
  { cust_no: 'B', day: '2023-12-24', minutes: 3 }, // before B was activated
  { cust_no: 'X', day: '2025-01-06', minutes: 9 }, // nobody of that name
]
const sources = {
  customers: { from: customers, columns: { id: 'cust_no', activatedAt: 'start' } },
  usage: { from: usage, columns: { id: 'cust_no' } },
}

// By default bad rows are refused, all at once, each with the way out …
const refused = await openHistory(sources).catch((error: unknown) => error)
if (refused instanceof HoldfastError) console.log(refused.message)

// … or set aside, counted and listed.
const history = await openHistory(sources, { badRows: 'setAside' })
console.log(
  history.rejects.rows().map(({ table, row, column, code }) => `${table} ${row} ${column}: ${code}`),
)
console.log(`complete until ${formatDay(history.completeUntil)}`)
const totals = await history.engine.query(
  'SELECT id, sum(minutes) AS minutes FROM usage GROUP BY id ORDER BY id',
)
console.log(totals.rows())
await history.close()
