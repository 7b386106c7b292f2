import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { toModule } from '../../src/export/toModule.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer } from '../../src/score/scorer.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'
import { exportCase } from './cases.js'
import { imported, type ScoringModule } from './targets.js'

it('scores are those of scoreRow, to the bit, row by row', async () => {
  const { scorer, rows } = exportCase('a calibrated blend of all')
  const { score, features } = await imported(toModule(scorer))
  expect(features.map(({ name }) => name)).toEqual(scorer.model.features.map(({ name }) => name))
  for (const row of rows) {
    const { probability, band } = scorer.scoreRow(row, { reasons: 0 })
    expect(score(row)).toMatchObject({ probability, band })
  }
})

describe('a row that scoreRow refuses', () => {
  const { scorer } = exportCase('logistic')
  const [number, text] = [scorer.model.features[0]!.name, 'contract']
  const whole = Object.fromEntries(scorer.model.features.map(({ name }) => [name, null]))
  const good = [{}, { [number]: ' 12.5 ' }, { [number]: true }, { [number]: 3n }, { [text]: undefined }]
  it.each(good)('%o is accepted by both', async (change) => {
    const row = { ...whole, ...change }
    const { score } = await imported(toModule(scorer))
    expect(score(row).probability).toBe(scorer.scoreRow(row, { reasons: 0 }).probability)
  })

  const bad = [
    { [number]: Number.NaN },
    { [number]: Number.POSITIVE_INFINITY },
    { [number]: '12,5' },
    { [number]: ' ' },
    { [number]: '1e999' },
    { [number]: 2n ** 60n },
    { [number]: new Date(0) },
    { [number]: {} },
    { [text]: 1 },
    { [text]: false },
  ]
  it.each(bad)('%o makes score throw, with the column', async (change) => {
    const row = { ...whole, ...change }
    const { score } = await imported(toModule(scorer))
    expect(() => scorer.scoreRow(row as Parameters<typeof scorer.scoreRow>[0])).toThrow()
    expect(() => score(row)).toThrow(`score: column ${Object.keys(change)[0]} holds`)
  })

  it('all bad columns are named at once', async () => {
    const { score } = await imported(toModule(scorer))
    expect(() => score({ [number]: 'x' })).toThrow(
      /holds x, expected a finite number.*column contract is missing/,
    )
    for (const row of [null, [], 'text']) expect(() => score(row as object)).toThrow(TypeError)
  })
})

it('a column that training had in another notation takes numbers and no texts', async () => {
  const table = tableFromRows(
    Array.from({ length: 60 }, (_, row) => ({ spent: `${row},5`, churn: row % 3 === 0 ? 'yes' : 'no' })),
  )
  const dataset = fromFlatTable(table, { label: 'churn' })
  const scorer = createScorer(trainLogistic(dataset), dataset)
  const { score } = await imported(toModule(scorer))
  expect(score({ spent: 12.5 }).probability).toBe(scorer.scoreRow({ spent: '12,5' }).probability)
  expect(() => score({ spent: '12.5' })).toThrow('column spent holds 12.5')
})

it('a model of days is refused, with the way out', () => {
  const table = tableFromRows(
    Array.from({ length: 60 }, (_, row) => ({
      since: `2024-01-${String((row % 28) + 1).padStart(2, '0')}`,
      churn: row % 3 === 0 ? 'yes' : 'no',
    })),
  )
  const dataset = fromFlatTable(table, { label: 'churn', asOf: '2024-02-01' })
  const scorer = createScorer(trainLogistic(dataset), dataset)
  expect(() => toModule(scorer)).toThrow(
    /toModule: expected column since to hold numbers or texts.*toSql and asOf/,
  )
})

it('a model of a learner of your own is refused by name', () => {
  const { scorer } = exportCase('prior')
  const own = {
    ...scorer,
    model: { ...scorer.model, learner: 'mine', probability: () => new Float64Array(0) },
  }
  expect(() => toModule(own as unknown as typeof scorer)).toThrow(
    /expected the model to be one of holdfast.*mine/,
  )
})

it('the module needs nothing but the language: no import, no name of Node or of a page, nothing made of text', () => {
  const { scorer, rows } = exportCase('a calibrated blend of all')
  const text = toModule(scorer)
  expect(text).not.toMatch(/^import |\bimport\(/m)
  // A context of its own has no process, no window and no fetch, and this one refuses to make functions of texts
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } })
  runInContext(text.replaceAll(/^export /gm, ''), context)
  const score = runInContext('score', context) as ScoringModule['score']
  expect(score(rows[0]!).probability).toBe(scorer.scoreRow(rows[0]!).probability)
})
