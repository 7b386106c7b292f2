import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { NightConfig } from '../../src/night/nightConfig.js'
import { runNight } from '../../src/night/runNight.js'
import { readTable } from '../../src/table/readTable.node.js'
import { writeTable } from '../../src/table/writeTable.node.js'
import { flatLines, holdfast, writeLines } from '../cli/holdfast.js'
import { refusal } from './nightJob.js'

const folder = await mkdtemp(join(tmpdir(), 'holdfast-night-flat-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)

// With marks for missing, true and false, and numbers written with a comma, as people write them
const [header, ...lines] = flatLines(400)
const rows = lines.map((line, row) => {
  const [id, fee, calls, plan, churn] = line.split(',')
  return `${id};${row % 50 === 7 ? 'NA' : fee!.replace('.', ',')};${calls};${plan};${row % 3 === 0};${churn}`
})
const csv = await writeLines(at('flat.csv'), [
  `${header!.split(',').slice(0, 4).join(';')};bound;churn`,
  ...rows,
])
await holdfast(['train', csv, '--id', 'id', '--label', 'churn', '--out', at('flat.model')])
await holdfast(['score', at('flat.model'), csv, '--id', 'id', '--out', at('expected.csv')])
const expected = new Map((await readTable(at('expected.csv'))).rows().map(({ id, ...row }) => [id, row]))

const config = (customers: NightConfig['customers'], more: Partial<NightConfig> = {}): NightConfig => ({
  model: at('flat.model'),
  state: at('state'),
  customers: customers!,
  outputs: [{ file: at('scores.csv') }],
  rowsPerChunk: 100,
  ...more,
})
const scored = async () => {
  const table = await readTable(at('scores.csv'))
  return new Map(
    table
      .rows()
      .map(({ id, probability, band, reason1, reason2, reason3 }) => [
        id,
        { probability, band, reason1, reason2, reason3 },
      ]),
  )
}

it('a flat CSV file, in chunks, gives the scores and reasons of holdfast score, to the bit', async () => {
  const [night] = await runNight(config(csv), { asOf: '2025-01-01' })
  expect(night!.manifest.counts.scored).toBe(400)
  expect(expected.size).toBe(400)
  expect(await scored()).toEqual(expected)
})

it('the same rows from Parquet and from a DuckDB file give the same', async () => {
  const table = await readTable(csv, { types: { id: 'text' } })
  await writeTable(table, at('flat.parquet'))
  await runNight(config(at('flat.parquet')), { asOf: '2025-01-02' })
  expect(await scored()).toEqual(expected)
  const engine = await openDuckdb({ path: at('flat.duckdb') })
  await engine.run(`CREATE TABLE customers AS SELECT * FROM read_parquet('${at('flat.parquet')}')`)
  await engine.close()
  const source = { duckdb: at('flat.duckdb'), query: 'SELECT * FROM customers ORDER BY id' }
  await runNight(config(source), { asOf: '2025-01-03' })
  expect(await scored()).toEqual(expected)
  expect((await runNight(config(source), { asOf: '2025-01-03' }))[0]!.outcome).toBe('unchanged')
})

it('ids that are missing or repeated stop the run', async () => {
  const text = [
    `${header!.split(',').slice(0, 4).join(';')};bound;churn`,
    ...rows,
    rows[0]!,
    rows[1]!,
    rows[2]!.replace(/^[^;]*/, ''),
  ]
  await writeFile(at('odd.csv'), `${text.join('\n')}\n`)
  const error = await refusal(runNight(config(at('odd.csv')), { asOf: '2025-01-01' }))
  expect(error.problems.map(({ code, received }) => [code, received])).toEqual([
    ['data-unexpected', '1 rows without'],
    ['data-unexpected', '2 rows whose id another row has'],
  ])
  expect(await scored()).toEqual(expected)
})

it('a column that the model needs, and one that names customers, are asked for by name', async () => {
  const error = await refusal(
    runNight(config(csv, { id: 'number', state: at('other') }), { asOf: '2025-01-01' }),
  )
  expect(error.message).toContain('column number to be in customers, to name each (id)')
  await writeFile(at('few.csv'), 'id;fee\nA;1\n')
  const few = await refusal(runNight(config(at('few.csv'), { state: at('other') }), { asOf: '2025-01-01' }))
  expect(few.problems.map(({ code, parameter }) => `${code} ${parameter}`).sort()).toEqual([
    'feature-missing column bound',
    'feature-missing column calls',
    'feature-missing column plan',
  ])
})

it('a flat model with a history is refused', async () => {
  const { customers, ...rest } = config(csv)
  const error = await refusal(runNight({ ...rest, history: { customers: csv } }, { asOf: '2025-01-01' }))
  expect(error.message).toContain('the model was trained on a flat table')
})
