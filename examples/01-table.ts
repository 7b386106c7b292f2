// table: a file becomes a typed columnar table; missing is missing.
import { readTable, writeTable } from 'holdfast'
import { scratchFolder } from './console.js'

const table = await readTable('examples/data/telco.csv')
console.log(`${table.rowCount} rows, ${table.columns.length} columns`)
for (const { name, kind, missing } of table.columns.slice(-4)) {
  console.log(`  ${name.padEnd(18)} ${kind.padEnd(7)} ${missing?.count() ?? 0} missing`)
}
console.log(table.select(['tenure', 'contract', 'churn']).row(0))

const folder = await scratchFolder()
await writeTable(table, `${folder}/telco.parquet`)
const again = await readTable(`${folder}/telco.parquet`)
console.log(`the same after Parquet: ${JSON.stringify(again.rows()) === JSON.stringify(table.rows())}`)
