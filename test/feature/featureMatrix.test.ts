import { afterAll, beforeAll, expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import type { Dialect } from '../../src/engine/engine.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { attribute, daysUntil, inForce, tenure } from '../../src/feature/builders/customerBuilders.js'
import { compileFeatures } from '../../src/feature/sql/compileFeatures.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { activeCustomers, attributeIn } from '../../src/population/rule.js'
import { cellOf } from '../../src/table/table.js'

let history: History
const [february, march] = [epochDay('2025-02-01'), epochDay('2025-03-01')]

beforeAll(async () => {
  history = await openHistory({
    customers: [
      { id: 'B', activatedAt: '2024-01-01', cancelledAt: null, vip: true, region: 'north' },
      { id: 'A', activatedAt: '2024-01-01', cancelledAt: '2025-02-10', vip: false, region: 'south' },
    ],
    usage: [
      { id: 'A', day: '2025-01-31', minutes: 10, cell: 'x' },
      { id: 'B', day: '2025-02-01', minutes: 5, cell: 'y' },
    ],
  })
})

afterAll(() => history.close())

test('rows come in the order of id and cutoff, each with the features of its cutoff', async () => {
  const rules = [sumOf('usage', 'minutes', { months: 1 }), attribute('region')]
  const { ids, cutoffs, features } = await featureMatrix(history, rules, { cutoffs: [march, february] })
  expect(ids).toEqual(['A', 'B', 'B'])
  // A has left before March.
  expect([...cutoffs]).toEqual([february, february, march])
  const values = features.columns.map((column) => ids.map((_, row) => cellOf(column, row)))
  expect(values).toEqual([
    [10, 0, 5],
    ['south', 'north', 'north'],
  ])
})

test('the population says who is left out and why', async () => {
  const { ids, population } = await featureMatrix(history, [tenure()], {
    cutoffs: [march],
    population: activeCustomers({ exclusions: [attributeIn('vip', [true])] }),
  })
  expect(ids).toEqual([])
  expect(population.rows().map(({ reason, customers }) => [reason, customers])).toEqual([
    ['counted', 0],
    ['not yet activated', 0],
    ['cancelled before', 1],
    ['vip is true', 1],
  ])
})

test('asking twice leaves no table behind', async () => {
  const count = () => history.engine.query('SELECT count(*) AS tables FROM duckdb_tables() WHERE temporary')
  const ask = () => featureMatrix(history, [tenure()], { cutoffs: [march] })
  expect((await ask()).ids).toEqual((await ask()).ids)
  expect((await count()).rows()).toEqual([{ tables: 0 }])
})

test('all problems of the rules are told at once', async () => {
  const rules = [
    tenure(),
    tenure(),
    sumOf('usage', 'minuts', 'all'),
    sumOf('usage', 'cell', 'all'),
    countOf('usage', 'all', { column: 'minutes', in: ['1'] }),
    countOf('bills', 'all'),
    inForce('fee', 'number'),
    attribute('vip', 'text'),
    daysUntil('contractEnd'),
  ]
  const error = await featureMatrix(history, rules, { cutoffs: [march] }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(HoldfastError)
  expect(
    (error as HoldfastError).problems.map(({ code, parameter, wayOut }) => [code, parameter, wayOut]),
  ).toEqual([
    ['column-duplicate', 'feature tenure_months', 'Leave the second rule out.'],
    ['column-missing', 'column minuts', 'Did you mean minutes?'],
    ['column-type', 'column cell', undefined],
    ['column-type', 'column minutes', undefined],
    ['table-unknown', 'table bills', 'Give it to openHistory, or leave out the features of bills.'],
    ['table-unknown', 'table plans', 'Give it to openHistory, or leave out the features of plans.'],
    ['column-type', 'column vip', undefined],
  ])
})

test('the statement uses no date arithmetic and nothing of one engine but its dialect', () => {
  const dialect: Dialect = {
    name: 'other',
    identifier: (name) => `[${name}]`,
    literal: (value) => `<${value}>`,
    exactSum: (expression) => `kahan(${expression})`,
    pair: (first, second) => `both(${first}, ${second})`,
    second: (pair) => `second(${pair})`,
    bitCount: (expression) => `ones(${expression})`,
  }
  const rules = [
    sumOf('usage', 'minutes', { months: 1 }, { column: 'cell', in: ['x'] }),
    countOf('usage', 'all'),
    tenure(),
  ]
  const options = { dialect, tables: history.tables, population: 'people' }
  // [2025-02-01, 2025-03-01) as day numbers, computed here.
  const asOfOne = compileFeatures(rules, { ...options, cutoffs: [march] })
  expect(asOfOne).toContain(
    `kahan(CASE WHEN t.day >= ${february} AND t.[cell] IN (<x>) THEN t.[minutes] END)`,
  )
  const asOfTwo = compileFeatures(rules, { ...options, cutoffs: [february, march] })
  expect(asOfTwo).toContain('kahan(CASE WHEN t.[cell] IN (<x>) THEN t.[minutes] END)')
  expect(asOfTwo).toContain(`(${march}, ${february}, ${march}`)
  for (const sql of [asOfOne, asOfTwo]) expect(sql).not.toMatch(/\b(date|interval|fsum)\b|"/i)
})
