import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { epochDay, formatDay } from '../../src/base/days.js'
import type { HoldfastError } from '../../src/base/errors.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { inForce } from '../../src/feature/builders/customerBuilders.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { writeFeatures } from '../../src/feature/sql/writeFeatures.node.js'
import { readTable } from '../../src/table/readTable.node.js'
import { cellOf } from '../../src/table/table.js'

const cutoffs = [epochDay('2025-04-01'), epochDay('2025-05-01')]
const rules: FeatureRule[] = [sumOf('usage', 'minutes', { months: 1 }), inForce('plan', 'text')]
const folder = mkdtempSync(join(tmpdir(), 'holdfast-features-'))
let history: History

beforeAll(async () => {
  history = await openHistory({
    customers: [
      { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-04-20' },
      { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
    ],
    usage: [
      { id: 'A', day: '2025-03-31', minutes: 12 },
      { id: 'B', day: '2025-04-30', minutes: 30 },
    ],
    plans: [{ id: 'B', from: '2024-06-01', plan: 'M' }],
    // The history goes on where the usage has ended.
    payments: [{ id: 'B', day: '2025-07-10', amount: 5 }],
  })
})

afterAll(async () => {
  await history.close()
  rmSync(folder, { recursive: true })
})

test('the file holds what featureMatrix returns, in the same order', async () => {
  const path = join(folder, 'features.parquet')
  const { rows, population } = await writeFeatures(history, rules, path, { cutoffs })
  const {
    ids,
    cutoffs: days,
    features,
    population: report,
  } = await featureMatrix(history, rules, { cutoffs })
  const expected = ids.map((id, row) => ({
    id,
    cutoff: formatDay(days[row] as (typeof cutoffs)[number]),
    ...Object.fromEntries(features.columns.map((column) => [column.name, cellOf(column, row)])),
  }))
  expect((await readTable(path)).rows()).toEqual(expected)
  expect(rows).toBe(3)
  expect(population.rows()).toEqual(report.rows())
})

test('a file that cannot be written leaves nothing behind, neither in the folder nor in the engine', async () => {
  const tables = () => history.engine.query('SELECT table_name FROM information_schema.tables ORDER BY 1')
  const before = (await tables()).rows()
  // A folder stands where the file would go: everything is computed and written, and then cannot be moved.
  const path = join(folder, 'taken.parquet')
  mkdirSync(join(path, 'something'), { recursive: true })
  const error = await writeFeatures(history, rules, path, { cutoffs }).catch((thrown: unknown) => thrown)
  expect((error as HoldfastError).problems).toMatchObject([{ code: 'file-missing', place: { file: path } }])
  const nowhere = join(folder, 'nowhere', 'features.parquet')
  await expect(writeFeatures(history, rules, nowhere, { cutoffs })).rejects.toMatchObject({
    problems: [{ code: 'engine-failed' }],
  })
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  expect((await tables()).rows()).toEqual(before)
})

test('a cutoff for which a table is not complete is refused, and no file is written', async () => {
  const path = join(folder, 'late.parquet')
  const late = { cutoffs: [epochDay('2025-07-01')] }
  const [ofFile, ofMatrix] = await Promise.all(
    [writeFeatures(history, rules, path, late), featureMatrix(history, rules, late)].map((call) =>
      call.then(
        () => null,
        (error: HoldfastError) => error,
      ),
    ),
  )
  expect(ofFile).toMatchObject({ operation: 'writeFeatures', problems: ofMatrix!.problems })
  expect(readdirSync(folder)).not.toContain('late.parquet')
})

test('a name that is not of a Parquet file is refused', async () => {
  await expect(
    writeFeatures(history, rules, join(folder, 'features.csv'), { cutoffs }),
  ).rejects.toMatchObject({
    problems: [{ code: 'file-unreadable' }],
  })
})
