import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { type FeatureSpec, numberColumn, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { encodeModel } from '../../src/learn/store.js'
import { createScorer, encodeScorer, loadScorer, type Scorer } from '../../src/score/scorer.js'
import { gapCount, knownTexts, seenInTraining } from '../../src/score/seenInTraining.js'
import { spreadOf, spreadShift } from '../../src/score/spreadOfValues.js'
import { UnseenWatch } from '../../src/score/unseen.js'
import { type Cell, type Table, tableFrom } from '../../src/table/table.js'

// 201 customers: fee 10 … 50 in steps of .2, region 007 or 012, contract of two texts, tenure missing in every tenth.
const rowCount = 201
const column = (cell: (row: number) => Cell): Cell[] =>
  Array.from({ length: rowCount }, (_, row) => cell(row))
const columns = {
  fee: column((row) => 10 + row / 5),
  region: column((row) => (row % 2 === 0 ? '007' : '012')),
  contract: column((row) => (row === 0 ? 'Trial' : row % 3 === 0 ? 'Month-to-month' : 'Two year')),
  tenure: column((row) => (row % 10 === 0 ? null : row % 60)),
  roaming: column((row) => (row === 100 ? 1 : 0)),
}
const churn = column((row) => (row % 3 === 0 || row % 7 === 0 ? 'Yes' : 'No'))
const table = tableFrom(columns)
const dataset = fromFlatTable(tableFrom({ ...columns, churn }), { label: 'churn' })
const learners: [string, Scorer][] = [
  ['boosting', createScorer(trainBoosting(dataset, { rounds: 10 }), dataset)],
  // Trial is rare: the model does not list it, but training has seen it.
  ['logistic', createScorer(trainLogistic(dataset), dataset)],
]
const known = { fee: 20, region: '007', contract: 'Two year', tenure: 3, roaming: 0 }

describe.each(learners)('what training has not seen, of %s', (_, scorer) => {
  const unseenOf = (more: Record<string, Cell>) =>
    scorer.scoreRow({ ...known, ...more }).unseen.map(({ feature, value }) => [feature, value])
  const whyOf = (more: Record<string, Cell>) => scorer.scoreRow({ ...known, ...more }).unseen[0]?.why

  it('is nothing of the training rows', () => {
    expect(scorer.scoreTable(table).unseen.rows()).toEqual([])
    expect(scorer.scoreRow(known).unseen).toEqual([])
    expect(unseenOf({ contract: 'Trial' })).toEqual([])
    expect(unseenOf({ tenure: null, contract: ' Two year ' })).toEqual([])
  })

  // The middle 98 % of fee: from the value of rank .01 × 200 = 2 to that of rank 198, 10.4 to 49.6: 39.2 wide.
  it('begins beyond the range of training by the width of its middle 98 %', () => {
    expect(scorer.about.seen!.find(({ name }) => name === 'fee')).toMatchObject({
      kind: 'number',
      name: 'fee',
      missingShare: 0,
      range: { least: 10, low: 10.4, high: 49.6, greatest: 50 },
    })
    expect(unseenOf({ fee: 89.2 })).toEqual([])
    expect(unseenOf({ fee: 89.21 })).toEqual([['fee', 89.21]])
    expect(unseenOf({ fee: -29.2 })).toEqual([])
    expect(unseenOf({ fee: -29.21 })).toEqual([['fee', -29.21]])
    expect(whyOf({ fee: 2000 })).toBe('Training saw 10 to 50: check the unit and the decimal mark.')
  })

  it('begins beyond the whole range once more where the middle 98 % are one value', () => {
    expect(unseenOf({ roaming: 2 })).toEqual([])
    expect(unseenOf({ roaming: 2.01 })).toEqual([['roaming', 2.01]])
  })

  it('is a gap where every training row had a value', () => {
    expect(unseenOf({ fee: null, region: null })).toEqual([
      ['fee', null],
      ['region', null],
    ])
    expect(whyOf({ region: ' ' })).toBe('Every training row had a value.')
  })

  it.each([
    ['7', 'Did you mean "007"? Its zeros before it seem to be lost: read the column as text.'],
    ['7.0', 'Did you mean "007"?'],
    ['0007', 'Did you mean "007"? Its zeros seem to be added'],
  ])('is region %s, with the guess at what happened', (region, guess) => {
    expect(unseenOf({ region })).toEqual([['region', region]])
    expect(whyOf({ region })).toContain(`No training row had the category "${region}". ${guess}`)
  })

  it.each([
    ['month to month', 'Did you mean "Month-to-month"? Upper and lower case and spaces count.'],
    ['Two years', 'Did you mean "Two year"?'],
    ['prepaid', 'No training row had the category "prepaid".'],
  ])('is contract %s', (contract, guess) => {
    expect(whyOf({ contract })).toContain(guess)
  })

  it('is counted per column of a table', () => {
    const changed = tableFrom({
      ...columns,
      fee: column((row) => (row < 5 ? 1000 : row < 8 ? null : 10 + row / 5)),
      contract: columns.contract.map((contract) => `${contract} (new)`),
      tenure: column(() => null),
    })
    const { unseen } = scorer.scoreTable(changed)
    const line = (feature: string, what: string, rows: number, example: string | null) => ({
      feature,
      what,
      rows,
      share: rows / rowCount,
      example,
    })
    expect(unseen.rows().map(({ why: _why, ...rest }) => rest)).toEqual(
      scorer.model.features.flatMap(({ name }) => {
        if (name === 'fee') return [line('fee', 'number', 5, '1000'), line('fee', 'missing', 3, null)]
        if (name === 'contract') return [line('contract', 'category', rowCount, 'Trial (new)')]
        // A tenth of the training rows has no tenure: .1 to the power of 201 is no chance.
        return name === 'tenure' ? [line('tenure', 'missing', rowCount, null)] : []
      }),
    )
    const whys = new Map(unseen.rows().map(({ feature, why }) => [feature, why]))
    expect(whys.get('contract')).toContain(
      'None of the values of the column is known: they may have been renamed',
    )
    expect(whys.get('tenure')).toContain('The column has no value at all: is it still filled?')
    // Few rows without tenure may be chance: .1^5 is above, .1^7 below one in a million.
    const gaps = (rows: number): Table => table.take(Array.from({ length: rows }, (_each, row) => row * 10))
    expect(scorer.scoreTable(gaps(5)).unseen.rowCount).toBe(0)
    expect(scorer.scoreTable(gaps(7)).unseen.rows()).toMatchObject([{ feature: 'tenure', rows: 7 }])
  })

  it('stops the scoring above the share that is given', () => {
    const changed = tableFrom({
      ...columns,
      region: columns.region.map((region, row) => (row < 20 ? String(Number(region)) : region)),
    })
    // 20 of 201 are 9.95 %.
    expect(scorer.scoreTable(changed, { maxUnseenShare: 0.1 }).rowCount).toBe(rowCount)
    try {
      scorer.scoreTable(changed, { maxUnseenShare: 0.09 })
      expect.unreachable()
    } catch (error) {
      const { operation, code, message } = error as HoldfastError
      expect([operation, code]).toEqual(['scoreTable', 'value-unknown'])
      expect(message).toContain(
        'expected column region to hold what training has seen in all but 0.09 of the rows (maxUnseenShare), but 20 of ' +
          '201 are new, got "7" (string). No training row had the category "7". Did you mean "007"?',
      )
    }
    expect(() => scorer.scoreMatrix(dataset.features, { maxUnseenShare: 1.5 })).toThrow('maxUnseenShare')
    expect(() => scorer.scoreRow({ ...known, region: '7' }, { maxUnseenShare: 0 })).toThrow(
      /^scoreRow: expected column region/,
    )
    expect(scorer.scoreRow(known, { maxUnseenShare: 0 }).unseen).toEqual([])
  })

  it('is known from the model file, and of an earlier file only for categories', () => {
    const again = loadScorer(encodeScorer(scorer))
    expect(again.about.seen).toEqual(scorer.about.seen)
    expect(again.scoreRow({ ...known, fee: 1000 }).unseen).toEqual(
      scorer.scoreRow({ ...known, fee: 1000 }).unseen,
    )
    const { seen: _seen, ...about } = scorer.about
    const earlier = loadScorer(encodeModel(scorer.model, about))
    expect(earlier.about.seen).toBeNull()
    expect(earlier.scoreRow({ ...known, fee: 1000, tenure: null }).unseen).toEqual([])
    expect(earlier.scoreRow({ ...known, region: '7' }).unseen[0]!.why).toContain(
      'The model does not know the category "7".',
    )
  })
})

describe('a row that is none', () => {
  const [[, scorer]] = learners as [[string, Scorer]]
  it.each([null, undefined, 'x', 5, [1]])('%s is refused in the name of scoreRow', (row) => {
    expect(() => scorer.scoreRow(row as never)).toThrow(
      /^scoreRow: expected row to be an object with a value for each feature of the model/,
    )
  })

  it('names all cells that cannot be read, of the columns that the model needs', () => {
    try {
      scorer.scoreRow({
        ...known,
        fee: Number.NaN,
        tenure: new Date(Number.NaN),
        region: ['007'],
        extra: {},
      } as never)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(HoldfastError)
      expect((error as HoldfastError).problems.map(({ code, place }) => [code, place?.column])).toEqual([
        ['value-not-finite', 'fee'],
        ['value-type', 'region'],
        ['value-type', 'tenure'],
      ])
    }
  })

  it('is not scored without a feature, whatever else it holds', () => {
    const { contract: _, ...rest } = known
    expect(() => scorer.scoreRow({ ...rest, Contract: 'Two year' })).toThrow('Did you mean column Contract?')
  })
})

describe('what training has seen', () => {
  const text = (name: string, categories: string[]) => ({ kind: 'text', name, categories }) as FeatureSpec
  const number = (name: string) => ({ kind: 'number', name }) as FeatureSpec
  const matrix = (...columns: ReturnType<typeof numberColumn | typeof textColumn>[]) => ({
    rowCount: 4,
    columns,
  })

  it('is the range and the gaps of numbers', () => {
    expect(
      seenInTraining(
        [number('a'), number('b')],
        matrix(numberColumn('a', [3, null, -1, 7]), numberColumn('b', [null, null, null, null])),
      ),
    ).toEqual([
      { kind: 'number', name: 'a', missingShare: 0.25, range: { least: -1, low: -1, high: 7, greatest: 7 } },
      { kind: 'number', name: 'b', missingShare: 1, range: null },
    ])
    expect(seenInTraining([number('a')], matrix(numberColumn('a', [3, null, 4, 7])))).toMatchObject([
      { range: { least: 3, low: 3, high: 7, greatest: 7 } },
    ])
  })

  it('is of many numbers read from every third, but for the ends', () => {
    // 250,000 present: three steps of 100,000 each. Of 0, 3, 6 … 249,999 the 833rd and the 82,500th of 83,333.
    const values = Float64Array.from({ length: 250_001 }, (_, row) => row - 1)
    const column = numberColumn('a', [null, ...values.subarray(1)])
    expect(seenInTraining([number('a')], { rowCount: 250_001, columns: [column] })).toMatchObject([
      { range: { least: 0, low: 2499, high: 247_500, greatest: 249_999 } },
    ])
  })

  it('is of texts what the model does not list, in order, without blanks, gaps and what no row has', () => {
    const column = { ...textColumn('t', ['z ', 'b', ' ', null]), dictionary: ['z ', 'b', ' ', 'unused'] }
    expect(seenInTraining([text('t', ['c'])], matrix(column))).toEqual([
      { kind: 'text', name: 't', missingShare: 0.5, further: ['b', 'z'] },
    ])
    expect(seenInTraining([text('t', ['z', 'b'])], matrix(column))).toMatchObject([{ further: [] }])
    expect(gapCount(column)).toBe(2)
    expect(gapCount(textColumn('t', ['a', 'b']))).toBe(0)
    expect([...knownTexts(text('t', [' a ']))].sort()).toEqual([' a ', 'a'])
  })

  it('is nothing of what the rows do not have, or have as another kind, or without rows', () => {
    const column = numberColumn('a', [1, 2, 3, 4])
    expect(seenInTraining([number('b'), text('a', ['1'])], matrix(column))).toEqual([])
    expect(seenInTraining([number('a')], { rowCount: 0, columns: [numberColumn('a', [])] })).toEqual([])
  })

  it('tells the first of the new values, and all of them where none is known', () => {
    const specs = [number('a'), text('t', ['x', '07', '7.00', 'Ford'])]
    const range = { least: 2, low: 3, high: 5, greatest: 10 }
    const watch = new UnseenWatch(specs, [
      { kind: 'number', name: 'a', missingShare: 0.1, range },
      { kind: 'text', name: 't', missingShare: 0, further: ['y'] },
    ])
    const found = (a: (number | null)[], t: (string | null)[]) =>
      watch
        .counts({ rowCount: a.length, columns: [numberColumn('a', a), textColumn('t', t)] })
        .rows()
        .map(({ what, rows, example, why }) => [what, rows, example, why])
    // The middle is 2 wide: 0 to 12.
    expect(found([0, 12, null], ['x', 'y', 'x '])).toEqual([])
    expect(found([null, -0.5, 12.5], ['x', 'y', 'x'])).toEqual([
      [
        'number',
        2,
        '-0.5',
        'Training saw 2 to 10: it may grow with time; else check the unit and the decimal mark.',
      ],
    ])
    // Where the middle 98 % are one value, the whole of training is 8 wide: 94 to 118.
    const constant = { least: 102, low: 105, high: 105, greatest: 110 }
    const wide = new UnseenWatch(
      [number('a')],
      [{ kind: 'number', name: 'a', missingShare: 0, range: constant }],
    )
    const far = (values: number[]) =>
      wide
        .counts({ rowCount: 40, columns: [numberColumn('a', [...values, ...Array<number>(38).fill(105)])] })
        .rows()
        .map(({ rows, example }) => [rows, example])
    expect(far([94, 118])).toEqual([])
    expect(far([93.5, 118])).toEqual([[1, '93.5']])
    expect(far([94, 118.5])).toEqual([[1, '118.5']])
    const noneKnown =
      'None of the values of the column is known: they may have been renamed, or it is another column.'
    expect(found([3, 3], ['prepaid', 'annually'])).toEqual([
      ['category', 2, 'prepaid', `No training row had the category "prepaid". ${noneKnown}`],
    ])
    expect(found([3, 3, 3], ['x', 'prepaid', null])).toEqual([
      ['category', 1, 'prepaid', 'No training row had the category "prepaid".'],
      ['missing', 1, null, 'Every training row had a value.'],
    ])
    expect(found([3], ['prepaid'])).toEqual([
      ['category', 1, 'prepaid', 'No training row had the category "prepaid".'],
    ])
    // .1^6 is one in a million by chance, and .1^7 less.
    const empty = (rows: number) => found(Array<null>(rows).fill(null), Array<string>(rows).fill('x'))
    expect([empty(5), empty(6)]).toEqual([[], []])
    const rarely = new UnseenWatch([number('a')], [{ kind: 'number', name: 'a', missingShare: 0.001, range }])
    const gaps = (rows: number) => ({
      rowCount: rows,
      columns: [numberColumn('a', Array<null>(rows).fill(null))],
    })
    expect([2, 3].map((rows) => rarely.counts(gaps(rows)).rowCount)).toEqual([0, 1])
    expect(empty(7)).toEqual([
      [
        'missing',
        7,
        null,
        'Enough training rows had a value. The column has no value at all: is it still filled?',
      ],
    ])
    expect(found([3], ['7'])[0]![3]).toBe(
      'No training row had the category "7". Did you mean "07"? Its zeros before it seem to be lost: read the column as text.',
    )
    expect(found([3], ['7.000'])[0]![3]).toContain('Did you mean "07"? Its zeros seem to be added')
    expect(found([3], ['FORD'])[0]![3]).toContain(
      'Did you mean "Ford"? Upper and lower case and spaces count.',
    )
    expect(found([3], ['Fords'])[0]![3]).toBe(
      'No training row had the category "Fords". Did you mean "Ford"?',
    )
  })

  it('asks near words back among up to 500 categories, and case among more', () => {
    const whyOf = (categories: number, value: string) => {
      const names = Array.from({ length: categories - 1 }, (_, index) => `City of ${index} hills`)
      const watch = new UnseenWatch([text('t', [...names, 'Hamburg'])], null)
      return watch.ofRow({ rowCount: 1, columns: [textColumn('t', [value])] })[0]!.why
    }
    expect(whyOf(500, 'Hamburgh')).toContain('Did you mean "Hamburg"?')
    expect(whyOf(501, 'Hamburgh')).toBe('The model does not know the category "Hamburgh".')
    expect(whyOf(501, 'HAMBURG')).toContain('Did you mean "Hamburg"?')
  })

  it('stops at more than the share, with the most frequent of what is new', () => {
    const watch = new UnseenWatch(
      [text('t', ['x'])],
      [{ kind: 'text', name: 't', missingShare: 0, further: [] }],
    )
    const column = textColumn('t', ['q', null, null, 'x'])
    const problems = (share: number) => watch.problems({ rowCount: 4, columns: [column] }, share)
    expect(problems(0.75)).toEqual([])
    expect(problems(0.74)).toMatchObject([
      {
        code: 'value-unknown',
        parameter: 'column t',
        received: null,
        wayOut: 'Every training row had a value.',
      },
    ])
    expect(watch.problems({ rowCount: 1, columns: [] }, 0)).toEqual([])
  })
})

describe('a column that has changed as a whole', () => {
  // 600 customers: fee 20 … 139.8, age 0 … 59, a flag of every third, a grade of 1 to 5, a balance around 0.
  const rows = 600
  const cells = (cell: (row: number) => number) => Array.from({ length: rows }, (_, row) => cell(row))
  const trained = {
    fee: cells((row) => 20 + row / 5),
    age: cells((row) => row % 60),
    flag: cells((row) => Number(row % 3 === 0)),
    grade: cells((row) => 1 + (row % 5)),
    balance: cells((row) => (row % 21) - 10),
  }
  const left = cells((row) => Number(row % 4 === 0))
  const data = fromFlatTable(tableFrom({ ...trained, left }), { label: 'left' })
  const scorer = createScorer(trainLogistic(data), data)
  const again = loadScorer(encodeScorer(scorer))
  const countsOf = (changed: Record<string, number[]>, by: Scorer = scorer) =>
    by
      .scoreTable(tableFrom({ ...trained, ...changed }))
      .unseen.rows()
      .filter(({ what }) => what !== 'distribution')
      .map(({ feature, rows: count, why }) => [feature, count, why])

  it.each([
    // The greatest, 139.8, becomes 1.398, below 20.
    ['fee / 100', { fee: trained.fee.map((fee) => fee / 100) }, 600, 'All values of the column are beyond'],
    // 20 + row / 5 < 80: 300 rows
    [
      'fee / 4',
      { fee: trained.fee.map((fee) => fee / 4) },
      300,
      '50 % of the values of the column are beyond',
    ],
    ['age -1 in all rows', { age: cells(() => -1) }, 600, 'Training had none below 0'],
    [
      'age -1 in every 20th',
      { age: cells((row) => (row % 20 === 0 ? -1 : 5)) },
      30,
      'Training had none below 0',
    ],
    ['a flag as 1 and 2', { flag: trained.flag.map((one) => one + 1) }, 200, 'Training had 0, 1 only'],
    ['grades from 0', { grade: trained.grade.map((one) => one - 1) }, 120, 'Training had 1, 2, 3, 4, 5 only'],
  ] as [string, Record<string, number[]>, number, string][])('is said: %s', (_, changed, count, why) => {
    expect(countsOf(changed as never)).toEqual([
      [Object.keys(changed)[0], count, expect.stringContaining(why)],
    ])
    expect(countsOf(changed, again)).toEqual(countsOf(changed as never))
    expect(() => scorer.scoreTable(tableFrom({ ...trained, ...changed }), { maxUnseenShare: 0.04 })).toThrow(
      HoldfastError,
    )
  })

  it.each([
    ['nothing has', {}],
    ['a quarter has grown beyond, as a year later', { age: cells((row) => (row % 4 === 0 ? 60 : row % 60)) }],
    ['a few are beyond', { fee: cells((row) => (row % 50 === 0 ? 150 : 30)) }],
    ['one is below 0', { age: cells((row) => (row === 7 ? -1 : 5)) }],
    ['balances are lower', { balance: cells((row) => (row % 5 === 0 ? -12 : 0)) }],
    ['a twentieth has another grade', { grade: cells((row) => (row % 20 === 0 ? 6 : 1 + (row % 5))) }],
    ['only some values are there', { flag: cells(() => 1), grade: cells(() => 3), fee: cells(() => 139) }],
  ])('nothing is said where %s', (_, changed) => {
    expect(countsOf(changed as never)).toEqual([])
  })

  it('a row of a service is judged by flags, not by shares', () => {
    const row = { fee: 30, age: 5, flag: 1, grade: 2, balance: 0 }
    expect(
      scorer.scoreRow({ ...row, flag: 2, age: -1, grade: 6 }).unseen.map(({ feature }) => feature),
    ).toEqual(['flag'])
  })

  it('few values are those of which none is rare, of 50 rows at least', () => {
    const valuesOf = (values: number[]) => {
      const features = { rowCount: values.length, columns: [numberColumn('x', values)] }
      const [seen] = seenInTraining([{ kind: 'number', name: 'x' }], features)
      return (seen as { values?: readonly number[] }).values
    }
    expect(valuesOf(Array.from({ length: 50 }, (_, row) => row % 10))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(valuesOf(Array.from({ length: 49 }, (_, row) => row % 2))).toBeUndefined()
    expect(valuesOf(Array.from({ length: 55 }, (_, row) => row % 11))).toBeUndefined()
    expect(valuesOf(Array.from({ length: 200 }, (_, row) => Number(row < 2)))).toEqual([0, 1])
    expect(valuesOf(Array.from({ length: 201 }, (_, row) => Number(row < 2)))).toBeUndefined()
  })
})

describe('a column whose values training has seen, but not so many of them there', () => {
  // 2,000 customers: minutes 0 … 999.5, of three in four 0 abroad, a flag that 8 of 2,000 have, an even share.
  const rows = 2000
  const cells = (cell: (row: number) => number | null, count = rows) =>
    Array.from({ length: count }, (_, row) => cell(row))
  const trained = {
    minutes: cells((row) => row / 2),
    abroad: cells((row) => (row % 4 === 0 ? row / 10 : 0)),
    rare: cells((row) => Number(row % 250 === 0)),
    even: cells((row) => ((row * 7919) % rows) / rows),
  }
  const left = cells((row) => Number(row % 4 === 0))
  const data = fromFlatTable(tableFrom({ ...trained, left }), { label: 'left' })
  const scorer = createScorer(trainLogistic(data), data)
  const findings = (changed: Record<string, Cell[]>, by: Scorer = scorer) =>
    by
      .scoreTable(tableFrom({ ...trained, ...changed }))
      .unseen.rows()
      .map(({ feature, what, rows: count }) => [feature, what, count])
  const changed = (name: keyof typeof trained, change: (value: number) => number) => ({
    [name]: trained[name].map((value) => change(value!)),
  })

  it.each([
    // All 2,000 are below 50, the quantile of 5 % (and at most 1 / 2,000): .9495 of them at least
    ['minutes as hours', changed('minutes', (minutes) => minutes / 60), ['minutes', 'distribution', 1899]],
    // 499 of 2,000 are not 0; all of them are below that at 5 % of training (and at most 1 / 499): .948 of 499 at least
    ['units of 100 abroad', changed('abroad', (minutes) => minutes / 100), ['abroad', 'distribution', 474]],
    // 1,992 of 2,000 are 1: at least 95 % of training were 0
    ['a rare flag turned around', changed('rare', (one) => 1 - one), ['rare', 'distribution', 1892]],
    ['a rare flag as 1 and 2', changed('rare', (one) => 1 + one), ['rare', 'distribution', 1900]],
  ])('is said: %s', (_, columns, expected) => {
    const found = findings(columns)
    expect(found.filter(([, what]) => what === 'distribution')).toEqual([expected])
    // It has no value that training has not seen, and is no refusal
    const table = tableFrom({ ...trained, ...columns })
    if (found.length === 1) expect(scorer.scoreTable(table, { maxUnseenShare: 0 }).rowCount).toBe(rows)
    expect(findings(columns, loadScorer(encodeScorer(scorer)))).toEqual(found)
  })

  it('says where the values lie', () => {
    const table = tableFrom({ ...trained, ...changed('minutes', (minutes) => minutes / 60) })
    expect(scorer.scoreTable(table).unseen.row(0)['why']).toBe(
      '100 % of the values are below 50, about 5 % in training: they may be in another unit, recoded, or from other customers.',
    )
  })

  it('a stray value does not hide it', () => {
    const minutes = trained.minutes.map((value, row) => (row === 7 ? 1e9 : value! / 60))
    expect(findings({ minutes }).map(([, what]) => what)).toEqual(['number', 'distribution'])
  })

  it('is not said of draws of the same customers, of few rows, of a row, nor of a file of an earlier version', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 400 }), (seed, count) => {
        const random = seededRandom(seed)
        const places = Array.from({ length: count }, () => random.integer(rows))
        const drawn = tableFrom(trained).take(places)
        expect(scorer.scoreTable(drawn, { reasons: 0 }).unseen.rows()).toEqual([])
      }),
      { numRuns: 30 },
    )
    // All in the lowest tenth, but chance draws six such in one of a million times
    const low = tableFrom(trained).take([0, 1, 2, 3, 4, 5])
    expect(scorer.scoreTable(low, { reasons: 0 }).unseen.rows()).toEqual([])
    expect(scorer.scoreRow({ minutes: 3, abroad: 0, rare: 1, even: 0.5 }).unseen).toEqual([])
    const seen = scorer.about.seen!.map((feature) => {
      if (feature.kind !== 'number') return feature
      const { spread: _, spreadBeside0: __, ...earlier } = feature
      return earlier
    })
    const bytes = encodeModel(scorer.model, { ...scorer.about, seen })
    expect(
      findings(
        changed('minutes', (minutes) => minutes / 60),
        loadScorer(bytes),
      ),
    ).toEqual([])
  })

  it('steps of the kept quantiles are no finding: equal values, few values, ties at an end', () => {
    const values = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 60, maxLength: 300 })
    fc.assert(
      fc.property(values, (list) => {
        const sorted = Float64Array.from(list).sort()
        const spread = spreadOf(sorted, list.length)!
        expect(spreadShift(spread, numberColumn('x', list))).toBeNull()
      }),
    )
  })
})
