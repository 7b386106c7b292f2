import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError, type Problem } from '../../src/base/errors.js'
import type { FeatureSpec } from '../../src/base/matrix.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { encodeModel } from '../../src/learn/store.js'
import { modelInput, rowInput } from '../../src/score/modelInput.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import type { ReadingOptions } from '../../src/table/readingOptions.js'
import { tableFrom } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

type Row = Readonly<Record<string, unknown>>

const rows: readonly Row[] = Array.from({ length: 400 }, (_, row) => ({
  fee: ((row * 37) % 4000) + ((row * 7) % 100) / 100,
  share: (row * 13) % 100,
  balance: ((row * 91) % 3000) - 1500 + 0.25,
  since: new Date(Date.UTC(2024, 0, 1 + ((row * 53) % 360))),
  churn: (row * 37) % 4000 > 1800 === row % 5 > 0 ? 1 : 0,
}))

const number = (locale: string, value: unknown) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 10 }).format(value as number)
const day = (locale: string, value: unknown) =>
  new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
  }).format(value as Date)
const wide = (text: string) =>
  text.replaceAll(/[!-~]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0))

/** The same table as people write it. */
const notations: Readonly<Record<string, (row: Row) => Row>> = {
  German: (row) => ({
    ...row,
    fee: `${number('de-DE', row['fee'])} €`,
    share: `${row['share']} %`,
    balance: number('de-DE', row['balance']).replace(/^-(.*)/, '$1-'),
    since: day('de-DE', row['since']),
  }),
  American: (row) => ({
    ...row,
    fee: `$${number('en-US', row['fee'])}`,
    share: `${row['share']}%`,
    balance: number('en-US', row['balance']).replace(/^-(.*)/, '($1)'),
    since: `${day('en-US', row['since'])} 11:59 PM`,
  }),
  French: (row) => ({
    ...row,
    fee: number('fr-FR', row['fee']),
    balance: number('fr-FR', row['balance']).replace('-', '\u2212'),
    since: day('fr-FR', row['since']),
  }),
  Chinese: (row) => ({
    ...row,
    fee: `${wide(String(row['fee']))}元`,
    since: day('zh-CN', row['since']),
  }),
}

const options = { label: 'churn', asOf: '2025-01-01' }
const trained = (table: readonly Row[]) => {
  const dataset = fromFlatTable(tableFromRows(table), options)
  return { dataset, model: trainBoosting(dataset, { rounds: 20, earlyStopping: false }) }
}
const usual = trained(rows)

test.each(Object.entries(notations))(
  'the same table in %s notation gives the same model, bit for bit',
  (_, write) => {
    const written = rows.map(write)
    const { dataset, model } = trained(written)
    expect(dataset.fingerprint).toBe(usual.dataset.fingerprint)
    expect(model.probability(dataset.features)).toEqual(usual.model.probability(usual.dataset.features))
    // Through a file, a row that is written as in training scores as the row of numbers and days does
    const scorer = loadScorer(encodeScorer(createScorer(model, dataset)))
    const plain = createScorer(usual.model, usual.dataset)
    const { churn: _label, ...row } = written[7]!
    const { churn: _other, ...same } = rows[7]!
    const asOf = '2025-01-01'
    const score = scorer.scoreRow(row as never, { asOf })
    expect(score.probability).toBe(plain.scoreRow(same as never, { asOf }).probability)
    expect(score.probability).toBe(usual.model.probability(usual.dataset.features)[7])
    // One row could be read in two ways where a table cannot
    const table = tableFromRows([row], { notations: dataset.flat!.notations })
    expect(scorer.scoreTable(table, { asOf }).numbers('probability').values[0]).toBe(score.probability)
  },
)

test('days move with the day of the forecast, which is needed', () => {
  const scorer = createScorer(usual.model, usual.dataset)
  const { churn: _, ...row } = rows[7]!
  const later = { ...row, since: new Date((row['since'] as Date).getTime() + 86_400_000 * 31) }
  const usualScore = scorer.scoreRow(row as never, { asOf: '2025-01-01' })
  expect(scorer.scoreRow(later as never, { asOf: '2025-02-01' })).toEqual(usualScore)
  expect(() => scorer.scoreRow(row as never)).toThrow('expected asOf to be the day of the forecast')
  expect(() => scorer.scoreRow({ ...row, since: 20240131 } as never, { asOf: '2025-01-01' })).toThrow(
    'expected column since to hold days, as in training',
  )
  const reasons = scorer.scoreRow(row as never, { asOf: '2025-01-01', reasons: 20 }).reasons
  expect(reasons.find((reason) => reason.feature === 'since')?.text).toMatch(/^since was \d+ days ago /)
})

test('a text that is not written as in training is refused, never missing', () => {
  const scorer = createScorer(usual.model, usual.dataset)
  const { churn: _, ...row } = rows[7]!
  const asOf = '2025-01-01'
  expect(scorer.scoreRow({ ...row, fee: String(row['fee']) } as never, { asOf }).probability).toBe(
    scorer.scoreRow(row as never, { asOf }).probability,
  )
  expect(() => scorer.scoreRow({ ...row, fee: '12,5' } as never, { asOf })).toThrow(HoldfastError)
  expect(() => scorer.scoreRow({ ...row, since: '31/12/2024' } as never, { asOf })).toThrow('YYYY-MM-DD')
})

test('model files of earlier versions say nothing of how columns were written, and are read', () => {
  const { model, about } = loadScorer(new Uint8Array(readFileSync('models/telco/telco.model')))
  const { flat: _, timeZone: __, ...earlier } = about
  const scorer = loadScorer(encodeModel(model, earlier))
  expect(scorer.about).toEqual({ ...about, flat: null, timeZone: 'UTC' })
})

test('numbers that may be written otherwise than in training are asked, and so are those of another unit', () => {
  const rows = Array.from({ length: 20 }, (_, row) => ({
    fee: `${row},5 €`,
    churn: row % 3 === 0 ? 'yes' : 'no',
  }))
  const dataset = fromFlatTable(tableFromRows(rows), { label: 'churn' })
  const scorer = createScorer(trainLogistic(dataset), dataset)
  const scored = (cells: readonly string[], options?: ReadingOptions) =>
    scorer.scoreTable(
      tableFromRows(
        cells.map((fee) => ({ fee })),
        options,
      ),
    )
  const { notations } = scorer.about.flat!
  // 1.022 and 2.033 are 1022 and 2033 between decimal commas, and 1.022 and 2.033 else
  expect(() => scored(['1.022', '2.033'])).toThrow('in training the comma was the decimal sign')
  const asTexts = (fees: readonly number[]) => [
    ...scorer.scoreTable(tableFrom({ fee: fees })).numbers('probability').values,
  ]
  const read = (options: ReadingOptions) => [
    ...scored(['1.022', '2.033'], options).numbers('probability').values,
  ]
  expect(read({ notations })).toEqual(asTexts([1022, 2033]))
  expect(read({ decimal: '.' })).toEqual(asTexts([1.022, 2.033]))
  expect(() => scored(['$12.50'])).toThrow('to be in the unit of training (€)')
  expect(scored(['12,50 €', '3']).rowCount).toBe(2)
})

test('shares of 1 where training had per cent are said, and per cent where it had shares is refused', () => {
  const outcome = (row: number) => (row % 3 === 0 ? 'yes' : 'no')
  const scorerOf = (cell: (row: number) => unknown) => {
    const rows = Array.from({ length: 100 }, (_, row) => ({ share: cell(row), churn: outcome(row) }))
    const dataset = fromFlatTable(tableFromRows(rows), { label: 'churn' })
    return loadScorer(encodeScorer(createScorer(trainLogistic(dataset), dataset)))
  }
  const percent = scorerOf((row) => `${row + 1}%`)
  const shares = Array.from({ length: 30 }, (_, row) => (row + 1) / 100)
  const said = percent.scoreTable(tableFrom({ share: shares })).unseen.rows()
  expect(said).toMatchObject([{ feature: 'share', what: 'number', rows: 30, example: '0.01' }])
  expect(said[0]!['why']).toContain('these may be shares of 1')
  expect(percent.scoreRow({ share: 0.12 }).unseen).toMatchObject([{ feature: 'share', value: 0.12 }])
  // Per cent as a number, or with its sign, is what training had
  expect(percent.scoreTable(tableFrom({ share: [12, 0.5] })).unseen.rowCount).toBe(0)
  expect(percent.scoreRow({ share: '12%' }).unseen).toEqual([])
  expect(percent.scoreTable(tableFrom({ share: [0, 0] })).unseen.rowCount).toBe(0)
  const plain = scorerOf((row) => (row + 1) / 100)
  // All below .31 of 0.01 to 1: no value is new, but they lie elsewhere
  expect(plain.scoreTable(tableFrom({ share: shares })).unseen.rows()).toMatchObject([
    { what: 'distribution' },
  ])
  expect(plain.scoreRow({ share: 12 }).unseen).toHaveLength(1)
  expect(() => plain.scoreTable(tableFromRows([{ share: '12%' }, { share: '3%' }]))).toThrow(
    'to be in the unit of training (no sign of a unit)',
  )
})

const specs = [
  { kind: 'number', name: 'fee' },
  { kind: 'text', name: 'plan', categories: ['a'] },
] as FeatureSpec[]
const withDays = [...specs, { kind: 'number', name: 'since' }] as FeatureSpec[]
const written = fromFlatTable(
  tableFromRows(
    Array.from({ length: 30 }, (_, row) => ({
      fee: `${row},5 €`,
      since: `${13 + (row % 15)}/12/2024`,
      plan: row % 2 === 0 ? 'a' : 'b',
      churn: row % 3 === 0 ? 'yes' : 'no',
    })),
  ),
  { label: 'churn', asOf: '2025-01-01' },
).flat!

function problemsOf(call: () => unknown): Problem[] {
  try {
    call()
  } catch (error) {
    if (error instanceof HoldfastError) return [...error.problems]
    throw error
  }
  return []
}

test('what the model reads are numbers and texts; what it does not read may be anything', () => {
  const table = tableFromRows([
    { fee: '12.5', plan: 'a', day: new Date(0) },
    { fee: ' 3 ', plan: null, day: new Date(0) },
    { fee: null, plan: 'b', day: null },
  ])
  const { rowCount, columns } = modelInput('scoreTable', specs, table)
  expect([rowCount, columns.map(({ name }) => name)]).toEqual([3, ['fee', 'plan']])
  const [fee, plan] = columns as unknown as [
    { values: Float64Array; missing: { has(row: number): boolean } },
    { codes: Int32Array },
  ]
  expect([fee.values[0], fee.values[1], fee.missing.has(2), fee.missing.has(0)]).toEqual([
    12.5,
    3,
    true,
    false,
  ])
  expect(plan.codes).toHaveLength(3)
  // A table read as texts, whose first cell without a number is named.
  const texts = tableFrom({ fee: ['1e3', null, 'much', 'more'], plan: ['a', 'a', 'a', 'a'] })
  expect(problemsOf(() => modelInput('scoreTable', specs, texts))).toMatchObject([
    { code: 'column-type', parameter: 'column fee', received: 'much', place: { row: 3, column: 'fee' } },
  ])
})

test('a column without any value is one of the kind that the model reads, and none of no rows', () => {
  const empty = modelInput('scoreTable', specs, tableFrom({ fee: [null, null], plan: [null, null] }))
  expect(empty.columns.map(({ kind, name, missing }) => [kind, name, missing?.count()])).toEqual([
    ['number', 'fee', 2],
    ['text', 'plan', 2],
  ])
  const none = modelInput('scoreTable', specs, tableFrom({ fee: [], plan: [] }))
  expect(none.rowCount).toBe(0)
})

test('days are read as in training, or as programs write them, and counted until the day of the forecast', () => {
  const asOf = epochDay('2025-01-01')
  const read = (since: (string | number | null)[], day?: typeof asOf) => {
    const table = tableFrom({ fee: since.map(() => 1), plan: since.map(() => 'a'), since })
    const column = modelInput('scoreTable', withDays, table, { flat: written, timeZone: 'UTC' }, day)
      .columns[2]!
    return [...(column as { values: Float64Array }).values]
  }
  expect(read(['31/12/2024', '2024-12-01', null], asOf)).toEqual([1, 31, 0])
  expect(problemsOf(() => read([null, '2024-12-01', '12.31.2024'], asOf))).toMatchObject([
    { parameter: 'column since', received: '12.31.2024', place: { row: 3 } },
  ])
  expect(problemsOf(() => read([20240131], asOf))).toMatchObject([
    { rule: 'to hold days, as in training', received: 'number' },
  ])
  expect(problemsOf(() => read(['31/12/2024']))).toMatchObject([
    { code: 'option-invalid', parameter: 'asOf' },
  ])
  // Nothing is asked of a model that reads no days.
  expect(
    problemsOf(() =>
      modelInput('scoreTable', specs, tableFrom({ fee: [1], plan: ['a'] }), {
        flat: written,
        timeZone: 'UTC',
      }),
    ),
  ).toEqual([])
})

test('another unit, and points that may group digits, are asked about', () => {
  const column = (more: object) => ({
    ...tableFrom({ fee: [1] }).column('fee'),
    ...more,
  })
  const problems = (more: object, flat = written as typeof written | null) =>
    problemsOf(() => {
      const table = tableFrom({ fee: [1], plan: ['a'] })
      const changed = Object.assign(Object.create(Object.getPrototypeOf(table)), table, {
        columns: [column(more), table.column('plan')],
      })
      return modelInput('scoreTable', specs, changed, { flat, timeZone: 'UTC' })
    }).map(({ rule, received }) => [rule, received])
  expect(problems({ notation: { decimal: '.', unit: '$' } })).toEqual([
    ['to be in the unit of training (€)', '$'],
  ])
  expect(problems({ notation: { decimal: '.', unit: '€' } })).toEqual([])
  expect(problems({ notation: { decimal: '.' } })).toEqual([])
  expect(problems({ mayBeGrouped: true })[0]![0]).toContain('in training the comma was the decimal sign')
  expect(problems({ mayBeGrouped: true }, null)).toEqual([])
  const plain = { days: [], notations: {} } as typeof written
  expect(problems({ mayBeGrouped: true }, plain)).toEqual([])
  expect(problems({ notation: { decimal: '.', unit: '$' } }, plain)).toEqual([
    ['to be in the unit of training (no sign of a unit)', '$'],
  ])
})

test('the cells of a row are numbers, texts, truths, days and big integers that a number holds', () => {
  const read = (row: object, features = specs) =>
    rowInput(row, features, { rules: null, flat: null, timeZone: 'UTC' }).columns.map((column) =>
      column.missing?.has(0) === true
        ? null
        : column.kind === 'number'
          ? column.values[0]
          : column.dictionary[column.codes[0]!],
    )
  expect(read({ fee: 2.5, plan: 'a' })).toEqual([2.5, 'a'])
  expect(read({ fee: 7n, plan: '' })).toEqual([7, null])
  expect(read({ fee: true, plan: undefined })).toEqual([1, null])
  expect(read({ fee: ' 4 ', plan: null })).toEqual([4, null])
  const codes = (row: object) =>
    problemsOf(() => read(row)).map(({ code, parameter }) => `${code} ${parameter}`)
  expect(codes({ fee: 2n ** 60n, plan: 'a' })).toEqual(['value-type column fee'])
  expect(codes({ fee: Infinity, plan: {} })).toEqual([
    'value-not-finite column fee',
    'value-type column plan',
  ])
  expect(codes({ fee: 1, plan: 'a', other: {} })).toEqual([])
  const history = { customer: { id: 'A' }, fee: 1, plan: 'a' }
  const rules = [] as never
  expect(
    problemsOf(() => rowInput(history, specs, { rules, flat: null, timeZone: 'UTC' }))[0]!.wayOut,
  ).toContain('scoreOne')
  expect(problemsOf(() => rowInput(history, specs, { rules: null, flat: null, timeZone: 'UTC' }))).toEqual([])
  expect(
    problemsOf(() =>
      rowInput({ customer: 'A', fee: 1, plan: 'a' }, specs, { rules, flat: null, timeZone: 'UTC' }),
    ),
  ).toEqual([])
})
