import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FeatureColumn, numberColumn, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { columnWarnings } from '../../src/dataset/columnWarnings.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { singleFeatureAuc } from '../../src/dataset/singleFeatureAuc.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { tableFrom } from '../../src/table/table.js'

const rowCount = 400
const outcome = Uint8Array.from({ length: rowCount }, (_, row) => Number(row % 5 === 0))
const random = seededRandom(3)
const noise = Array.from({ length: rowCount }, () => random.uniform())

function warningsOf(...columns: FeatureColumn[]): string[] {
  return columnWarnings({ rowCount, columns }, outcome)
}

function ofRows<Value>(value: (row: number) => Value): Value[] {
  return Array.from({ length: rowCount }, (_, row) => value(row))
}

test('a column of noise is not named', () => {
  expect(warningsOf(numberColumn('noise', noise))).toEqual([])
})

test('columns without values, with one value, and twins are named', () => {
  const warnings = warningsOf(
    numberColumn('noise', noise),
    numberColumn(
      'empty',
      ofRows(() => null),
    ),
    textColumn(
      'brand',
      ofRows(() => 'one'),
    ),
    numberColumn('copy', noise),
  )
  expect(warnings).toEqual([
    'Column empty has no value in any row.',
    'Column brand has the same value in every row.',
    'Column copy has the values of column noise in every row.',
  ])
})

test('a column that is equal but for one row, or but for one missing value, is no twin', () => {
  const other = numberColumn('other', [...noise.slice(0, -1), 2])
  const missing = numberColumn('missing', [...noise.slice(0, -1), null])
  expect(warningsOf(numberColumn('noise', noise), other, missing)).toEqual([])
})

test('texts are twins whatever the order of their dictionaries', () => {
  const texts = ofRows((row) => ['a', 'b', 'c'][row % 3]!)
  const turned: FeatureColumn = {
    kind: 'text',
    name: 'turned',
    dictionary: ['unused', 'c', 'b', 'a'],
    codes: Int32Array.from(texts, (text) => ['', 'c', 'b', 'a'].indexOf(text)),
    missing: null,
  }
  expect(warningsOf(textColumn('texts', texts), turned)).toEqual([
    'Column turned has the values of column texts in every row.',
  ])
})

test.each<[string, FeatureColumn]>([
  [
    'a number that falls with churn',
    numberColumn(
      'leak',
      ofRows((row) => -outcome[row]! + noise[row]!),
    ),
  ],
  [
    'a day that only leavers have',
    numberColumn(
      'leak',
      ofRows((row) => (outcome[row] === 1 ? row : null)),
    ),
  ],
  [
    'a status',
    textColumn(
      'leak',
      ofRows((row) => (outcome[row] === 1 ? 'closed' : 'open')),
    ),
  ],
])('%s is named as a leak', (_, column) => {
  expect(warningsOf(column)).toEqual([
    'Column leak alone predicts churn with an AUC of 1.000: was it known at the cutoff, or filled in after the customer had left?',
  ])
})

test('a text column of a name for every row is not named as a leak', () => {
  expect(warningsOf(textColumn('name', ofRows(String)))).toEqual([])
})

test('with fewer than 20 churners no column is named as a leak', () => {
  const few = Uint8Array.from({ length: 100 }, (_, row) => Number(row < 19))
  expect(columnWarnings({ rowCount: 100, columns: [numberColumn('leak', few)] }, few)).toEqual([])
  const enough = Uint8Array.from({ length: 100 }, (_, row) => Number(row < 20))
  expect(columnWarnings({ rowCount: 100, columns: [numberColumn('leak', enough)] }, enough)).toHaveLength(1)
  const fewStay = few.map((churned) => 1 - churned)
  expect(columnWarnings({ rowCount: 100, columns: [numberColumn('leak', fewStay)] }, fewStay)).toEqual([])
})

test('of very many rows 50,000 are looked at, evenly', () => {
  // Every second row; of the others the column says the opposite.
  const churned = Uint8Array.from({ length: 100_000 }, (_, row) => Number(row % 4 < 2))
  const leak = Float64Array.from(churned, (one, row) => (row % 2 === 0 ? one : 1 - one))
  const columns: FeatureColumn[] = [{ kind: 'number', name: 'leak', values: leak, missing: null }]
  expect(columnWarnings({ rowCount: 100_000, columns }, churned)).toHaveLength(1)
  // Twins are equal in all rows, the last one too.
  const values = Float64Array.from(leak, (_, row) => row % 7)
  const column = (name: string, last: number): FeatureColumn => {
    return { kind: 'number', name, values: values.with(99_999, last), missing: null }
  }
  const twins = [column('a', 1), column('b', 2), column('c', 1)]
  expect(columnWarnings({ rowCount: 100_000, columns: twins }, churned)).toEqual([
    'Column c has the values of column a in every row.',
  ])
})

test('a column of one or of no values but the last is neither constant nor empty', () => {
  const last = (usual: number | null) => ofRows((row) => (row === rowCount - 1 ? 1 : usual))
  expect(warningsOf(numberColumn('a', last(0)), numberColumn('b', last(null)))).toEqual([])
})

test('the AUC of texts and of missing values is that of their definition', () => {
  // Every pair of a churner and a stayer, ties by halves, the better way round.
  const aucOf = (scores: readonly number[], happened: Uint8Array) => {
    const pairs = scores.flatMap((up, a) =>
      happened[a] === 1
        ? scores.flatMap((low, b) => (happened[b] === 0 ? [up > low ? 1 : up === low ? 0.5 : 0] : []))
        : [],
    )
    const auc = pairs.reduce((sum: number, pair) => sum + pair, 0) / pairs.length
    return Math.max(auc, 1 - auc)
  }
  const rows = fc.array(
    fc.tuple(fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 4 }), fc.integer({ min: 0, max: 1 })),
    { minLength: 4, maxLength: 24 },
  )
  fc.assert(
    fc.property(rows, (drawn) => {
      const happened = Uint8Array.from(drawn, ([, churned]) => churned)
      fc.pre(new Set(happened).size === 2)
      const order = drawn.map((_, row) => row).reverse()
      const baseRate = happened.reduce((sum, one) => sum + one, 0) / drawn.length
      // The share of churners among the rows of the text, of the other half of the rows.
      const shares = order.map((row, place) => {
        const [text] = drawn[row]!
        const alike = order.filter((other, at) => drawn[other]![0] === text && at % 2 !== place % 2)
        const churned = alike.filter((other) => happened[other] === 1).length
        return text === null ? baseRate : (churned + baseRate) / (alike.length + 1)
      })
      const inOrder = Uint8Array.from(order, (row) => happened[row]!)
      const texts = drawn.map(([text]) => text)
      expect(singleFeatureAuc(textColumn('text', texts), happened, order)).toBeCloseTo(
        aucOf(shares, inOrder),
        12,
      )
      const values = texts.map((text) => (text === null ? null : 'abc'.indexOf(text)))
      const placed = [-1, 3].map((place) =>
        aucOf(
          order.map((row) => values[row] ?? place),
          inOrder,
        ),
      )
      const found = singleFeatureAuc(numberColumn('number', values), happened, order)
      expect(found).toBeCloseTo(Math.max(...placed), 12)
    }),
  )
})

test('the AUC of a number column without missing values is that of rocAuc, or its complement', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { minLength: 4 })
  fc.assert(
    fc.property(rows, (drawn) => {
      const happened = Uint8Array.from(drawn, ([, churned]) => Number(churned))
      fc.pre(new Set(happened).size === 2)
      const values = drawn.map(([value]) => value)
      const auc = rocAuc(
        values.map((value) => value / 5),
        happened,
      )
      const found = singleFeatureAuc(
        numberColumn('value', values),
        happened,
        drawn.map((_, row) => row),
      )
      expect(found).toBeCloseTo(Math.max(auc, 1 - auc), 12)
    }),
  )
})

test('where it is asked whether an AUC is exceeded, the answer is that of the AUC, which is never above what is given', () => {
  const number = fc.oneof(
    fc.constantFrom(0, -0, 1, 2, 1e308, -1e308, 5e-324, null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 0, max: 9 }),
  )
  const cells = fc.array(fc.tuple(number, fc.boolean(), fc.boolean()), { minLength: 4, maxLength: 80 })
  fc.assert(
    fc.property(cells, fc.constantFrom(0.5, 0.6, 0.8, 0.95), (drawn, asked) => {
      // Some columns tell all: churners have the upper half of the numbers
      const tells = drawn[0]![2]
      const values = drawn.map(([value]) => value)
      const middle = values.reduce((sum: number, value) => sum + (value ?? 0) / values.length, 0)
      const happened = Uint8Array.from(drawn, ([value, churned]) =>
        Number(tells ? (value ?? 0) > middle : churned),
      )
      fc.pre(new Set(happened).size === 2)
      const columns = [
        numberColumn('number', values),
        textColumn(
          'text',
          values.map((value) => (value === null ? null : String(value))),
        ),
      ]
      const rows = drawn.map((_, row) => row)
      for (const column of columns) {
        const exact = singleFeatureAuc(column, happened, rows)
        const found = singleFeatureAuc(column, happened, rows, asked)
        if (exact > asked) expect(found).toBe(exact)
        else expect(found).toBeLessThanOrEqual(asked)
        expect(found).toBeGreaterThanOrEqual(exact)
      }
    }),
    { numRuns: 500 },
  )
})

test('a flat table with a leaking column says so', () => {
  const table = tableFrom({
    reason: ofRows((row) => (outcome[row] === 1 ? 'moved away' : null)),
    usage: noise,
    churn: ofRows((row) => (outcome[row] === 1 ? 'Yes' : 'No')),
  })
  const { warnings } = fromFlatTable(table, { label: 'churn', features: ['reason', 'usage'] })
  expect(warnings.join(' ')).toContain('Column reason')
})

test('categories that differ only in case or blanks are said with their rows, those of no row are not', () => {
  const plans = ['Basic', 'basic ', 'BASIC', 'Pro', 'pro  max', 'Pro Max']
  const plan = textColumn(
    'plan',
    ofRows((row) => plans[row % 6]!),
  )
  const of = (counts: string) =>
    new RegExp(`^Column plan has categories that differ only in case or blanks.*: ${counts}\\. If`)
  expect(warningsOf(plan)).toEqual([
    expect.stringMatching(
      of(
        '"Basic" \\(67 rows\\), "basic" \\(67 rows\\), "BASIC" \\(67 rows\\); "pro  max" \\(66 rows\\), "Pro Max" \\(66 rows\\)',
      ),
    ),
  ])
  const unused = textColumn(
    'plan',
    ofRows((row) => (row === 0 ? 'Basic' : row % 2 ? 'basic' : 'Pro')),
  )
  expect(warningsOf(unused)).toHaveLength(1)
  expect(
    warningsOf({ ...unused, codes: unused.codes.map((code) => Math.max(code, 1)) } as FeatureColumn),
  ).toEqual([])
})

test('blanks around a category, which learners do not read, are no other spelling', () => {
  const plans = ['Gold', ' Gold', 'Gold ', 'Basic']
  expect(
    warningsOf(
      textColumn(
        'plan',
        ofRows((row) => plans[row % 4]!),
      ),
    ),
  ).toEqual([])
})
