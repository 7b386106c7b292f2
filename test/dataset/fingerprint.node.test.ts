import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Bitmap } from '../../src/base/bitmap.js'
import { type FeatureColumn, numberColumn, textColumn } from '../../src/base/matrix.js'
import { type FingerprintedData, fingerprint } from '../../src/dataset/fingerprint.node.js'

const base = (columns: readonly FeatureColumn[]): FingerprintedData => ({
  ids: ['A', 'B', 'C'],
  cutoffs: null,
  features: { rowCount: 3, columns },
  outcome: Uint8Array.of(1, 0, 1),
})

const plan = (dictionary: string[], codes: number[]): FeatureColumn => ({
  kind: 'text',
  name: 'plan',
  dictionary,
  codes: Int32Array.from(codes),
  missing: null,
})

test('it is the SHA-256 of the documented bytes', () => {
  const count = (value: number) => Buffer.from(Int32Array.of(value).buffer)
  const text = (value: string) => Buffer.concat([count(Buffer.byteLength(value)), Buffer.from(value)])
  const bytes = Buffer.concat([
    text('holdfast dataset 1'),
    count(1),
    text('客户'),
    text('flat'),
    count(1),
    text('number'),
    text('fee'),
    count(0),
    Buffer.from(Float64Array.of(1.5).buffer),
    Buffer.of(1),
    text('unweighted'),
  ])
  const data: FingerprintedData = {
    ids: ['客户'],
    cutoffs: null,
    features: { rowCount: 1, columns: [numberColumn('fee', [1.5])] },
    outcome: Uint8Array.of(1),
  }
  expect(fingerprint(data)).toBe(createHash('sha256').update(bytes).digest('hex'))
})

test('it is the SHA-256 of the documented bytes of many rows, with all that a dataset may have', () => {
  // More than 8,192, the rows that are hashed at a time.
  const rowCount = 8195
  const rows = Array.from({ length: rowCount }, (_, row) => row)
  const integers = (values: readonly number[]) => Buffer.from(Int32Array.from(values).buffer)
  const text = (value: string) => Buffer.concat([integers([Buffer.byteLength(value)]), Buffer.from(value)])
  const numbers = (values: readonly number[]) => Buffer.from(Float64Array.from(values).buffer)
  const isKnown = (row: number) => row % 5 !== 1
  // Bit by bit, 32 rows a word.
  const missingWords = rows
    .filter((row) => row % 32 === 0)
    .map((first) =>
      rows.slice(first, first + 32).reduce((word, row) => word | (isKnown(row) ? 0 : 1 << (row % 32)), 0),
    )
  const missingCount = rows.filter((row) => !isKnown(row)).length
  const plans = rows.map((row) => (isKnown(row) ? `plan ${(row * 3) % 7}` : null))
  const inOrder = [...new Set(plans)].filter((plan) => plan !== null)
  const cutoffs = rows.map((row) => 20_000 + (row % 3))
  const bytes = Buffer.concat([
    text('holdfast dataset 1'),
    integers([rowCount]),
    ...rows.map((row) => text(`C${row}`)),
    text('cutoffs'),
    integers(cutoffs),
    integers([2]),
    text('number'),
    text('fee'),
    integers([missingCount]),
    integers(missingWords),
    numbers(rows.map((row) => (isKnown(row) ? row / 8 : 0))),
    text('text'),
    text('plan'),
    integers([missingCount]),
    integers(missingWords),
    integers([inOrder.length]),
    ...inOrder.map(text),
    integers(plans.map((plan) => (plan === null ? 0 : inOrder.indexOf(plan)))),
    Buffer.from(rows.map((row) => row % 2)),
    text('weighted'),
    numbers(rows.map((row) => row / 4)),
  ])
  const data: FingerprintedData = {
    ids: rows.map((row) => `C${row}`),
    cutoffs: Int32Array.from(cutoffs),
    features: {
      rowCount,
      columns: [
        numberColumn(
          'fee',
          rows.map((row) => (isKnown(row) ? row / 8 : null)),
        ),
        textColumn('plan', plans),
      ],
    },
    outcome: Uint8Array.from(rows, (row) => row % 2),
    weight: Float64Array.from(rows, (row) => row / 4),
  }
  expect(fingerprint(data)).toBe(createHash('sha256').update(bytes).digest('hex'))
})

test('the order of the dictionary and unused texts in it do not show', () => {
  const expected = fingerprint(base([plan(['x', 'y'], [0, 1, 0])]))
  expect(fingerprint(base([plan(['y', 'x'], [1, 0, 1])]))).toBe(expected)
  expect(fingerprint(base([plan(['unused', 'x', 'y'], [1, 2, 1])]))).toBe(expected)
})

test('what stands behind a missing bit and the sign of zero do not show', () => {
  const missing = Bitmap.where(3, (row) => row === 1)
  const column = (values: number[]): FeatureColumn => ({
    kind: 'number',
    name: 'fee',
    values: Float64Array.from(values),
    missing,
  })
  expect(fingerprint(base([column([0, 0, 2])]))).toBe(fingerprint(base([column([-0, 99, 2])])))
  const texts = (codes: number[]) => base([{ ...plan(['x', 'y'], codes), missing } as FeatureColumn])
  expect(fingerprint(texts([0, 0, 0]))).toBe(fingerprint(texts([0, 1, 0])))
  expect(fingerprint(texts([0, 0, 1]))).toBe(fingerprint(texts([0, 1, 1])))
})

test('a bitmap without a set bit is no bitmap', () => {
  const column = numberColumn('fee', [1, 2, 3])
  const withBits = Bitmap.where(3, () => true)!
  withBits.words.fill(0)
  expect(fingerprint(base([{ ...column, missing: withBits }]))).toBe(fingerprint(base([column])))
})

const numbers = base([numberColumn('fee', [1, 2, 3])])
test.each<[string, FingerprintedData]>([
  ['another id', { ...numbers, ids: ['A', 'B', 'D'] }],
  ['the same letters in other ids', { ...numbers, ids: ['AB', '', 'C'] }],
  ['cutoffs', { ...numbers, cutoffs: Int32Array.of(1, 1, 1) }],
  ['other cutoffs', { ...numbers, cutoffs: Int32Array.of(1, 1, 2) }],
  ['another outcome', { ...numbers, outcome: Uint8Array.of(1, 0, 0) }],
  ['weights', { ...numbers, weight: Float64Array.of(1, 1, 1) }],
  ['another name', base([numberColumn('fees', [1, 2, 3])])],
  ['another value', base([numberColumn('fee', [1, 2, 3 + 1e-15])])],
  ['a missing value instead of 0', base([numberColumn('fee', [1, 2, null])])],
  ['0 instead of a missing value', base([numberColumn('fee', [1, 2, 0])])],
  ['texts instead of numbers', base([textColumn('fee', ['1', '2', '3'])])],
  ['another text', base([textColumn('fee', ['1', '2', '4'])])],
])('%s gives another fingerprint', (_, data) => {
  const others = [
    numbers,
    base([textColumn('fee', ['1', '2', '3'])]),
    { ...numbers, cutoffs: Int32Array.of(1, 1, 1) },
  ]
  const texts = others.filter((other) => other !== data && JSON.stringify(other) !== JSON.stringify(data))
  expect(texts.map(fingerprint)).not.toContain(fingerprint(data))
})

test('a text that is longer than what is hashed together is hashed as others are', () => {
  const long = 'é客a'.repeat(30_000)
  const count = (value: number) => Buffer.from(Int32Array.of(value).buffer)
  const text = (value: string) => Buffer.concat([count(Buffer.byteLength(value)), Buffer.from(value)])
  const data: FingerprintedData = {
    ids: ['A', long, 'B'],
    cutoffs: null,
    features: { rowCount: 3, columns: [] },
    outcome: Uint8Array.of(1, 0, 1),
  }
  const bytes = [
    text('holdfast dataset 1'),
    count(3),
    text('A'),
    text(long),
    text('B'),
    text('flat'),
    count(0),
  ]
  const expected = Buffer.concat([...bytes, Buffer.of(1, 0, 1), text('unweighted')])
  expect(fingerprint(data)).toBe(createHash('sha256').update(expected).digest('hex'))
})
