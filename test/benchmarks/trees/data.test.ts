import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadData } from '../../../benchmarks/trees/child/data.js'
import { withTrainRows } from '../../../benchmarks/trees/data/benchmarkData.js'
import { telcoData, telcoShapedData } from '../../../benchmarks/trees/data/customers.js'
import { writeDataFile } from '../../../benchmarks/trees/data/dataFile.js'
import { drawPhysics } from '../../../benchmarks/trees/data/physics.js'
import {
  categoricalData,
  missingData,
  physicsData,
  wideData,
} from '../../../benchmarks/trees/data/variants.js'
import { aucOf } from '../../../benchmarks/trees/verify.js'
import { rocAuc } from '../../../src/evaluate/ranking/ranking.js'

const makers = { physicsData, categoricalData, missingData, wideData, telcoShapedData }

test.each(Object.entries(makers))('%s has the rows asked for and both outcomes', (_, make) => {
  const { columns, outcome, testRows } = make(400, 100)
  expect([outcome.length, testRows]).toEqual([500, 100])
  expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length)
  expect(columns.every(({ values }) => values.length === 500)).toBe(true)
  const churned = outcome.filter((value) => value === 1).length / 500
  expect(churned).toBeGreaterThan(0.2)
  expect(churned).toBeLessThan(0.8)
})

test.each(Object.entries(makers))('categories of %s are whole numbers with a text', (_, make) => {
  for (const { values, categories } of make(400, 100).columns) {
    if (categories !== null) expect(values.every((code) => categories[code] !== undefined)).toBe(true)
  }
})

test('a longer draw begins with the rows of a shorter one', () => {
  const [short, long] = [drawPhysics(50, 1), drawPhysics(200, 1)]
  expect(long.columns.map(({ values }) => values.slice(0, 50))).toEqual(
    short.columns.map(({ values }) => values),
  )
})

test('fewer rows to train on, the same rows to test on', () => {
  const data = physicsData(40, 10)
  const fewer = withTrainRows(data, 20)
  expect(fewer).toMatchObject({ testRows: 10, outcome: data.outcome.slice(0, 30) })
  expect(fewer.columns[3]!.values).toEqual(data.columns[3]!.values.slice(0, 30))
})

test('the best possible AUC lies above .8, so that a good model comes near it', () => {
  const rows = 20_000
  // Margins of the draw that physicsData(rows, 0) makes its outcomes from.
  const truth = drawPhysics(rows, 1).margin.map((margin) => 1 / (1 + Math.exp(-margin)))
  const auc = rocAuc(truth, physicsData(rows, 0).outcome)
  expect(auc).toBeGreaterThan(0.8)
  expect(auc).toBeLessThan(0.85)
})

test('40 % of the columns are categories, of 3 to 200 values', () => {
  const counts = categoricalData(400, 100).columns.flatMap(({ categories }) => categories?.length ?? [])
  expect([counts.length, counts[0], counts.at(-1)]).toEqual([11, 3, 200])
})

test('30 % of the values are missing', () => {
  const { columns } = missingData(4000, 0)
  const missing = columns.map(({ values }) => values.filter(Number.isNaN).length)
  const share = missing.reduce((sum, count) => sum + count, 0) / (columns.length * 4000)
  expect(share).toBeCloseTo(0.3, 1)
})

test('telco: fold 0 comes first, columns keep their kind', async () => {
  const { columns, outcome, testRows } = await telcoData()
  expect([outcome.length, testRows, columns.length]).toEqual([7043, 1409, 19])
  expect(columns.find(({ name }) => name === 'contract')!.categories).toContain('Two year')
})

test('a data file is read as it was written, missing values included', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  try {
    const data = missingData(30, 10)
    writeDataFile(join(folder, 'data'), data)
    expect(loadData(join(folder, 'data'))).toEqual({ ...data, trainRows: 30 })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('answers that are not those of a model are refused', () => {
  const outcome = Uint8Array.of(0, 1, 0, 1)
  expect(aucOf('good', Float64Array.of(0.1, 0.9, 0.2, 0.8), outcome)).toBe(1)
  expect(() => aucOf('short', Float64Array.of(0.1), outcome)).toThrow('short answered 1 of 4 rows')
  expect(() => aucOf('broken', Float64Array.of(0.1, Number.NaN, 0.2, 0.8), outcome)).toThrow('no probability')
  expect(() => aucOf('blind', new Float64Array(4).fill(0.5), outcome)).toThrow('nothing was learnt')
})
