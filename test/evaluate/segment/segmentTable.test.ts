import { describe, expect, it } from 'vitest'
import { numberColumn, textColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { logit, sigmoid } from '../../../src/base/statistics.js'
import { calibrationLine } from '../../../src/evaluate/calibration/calibrationLine.js'
import { calibrationError } from '../../../src/evaluate/calibration/calibrationTable.js'
import { bootstrapInterval } from '../../../src/evaluate/interval/bootstrapInterval.js'
import { segmentTable } from '../../../src/evaluate/segment/segmentTable.js'
import { booleanColumn } from '../../../src/table/table.js'

const regions = ['east', 'north', 'south', 'west']

/** Customers whose churn has the predicted log odds plus what `shift` adds, and half the spread where `blur` says. */
function population(
  seed: number,
  count: number,
  {
    shift = () => 0,
    blurred = () => false,
  }: { shift?: (region: string) => number; blurred?: (region: string) => boolean } = {},
) {
  const random = seededRandom(seed)
  const region = Array.from({ length: count }, () => regions[random.integer(4)]!)
  const tenure = Array.from({ length: count }, () => random.integer(48))
  const probability = Float64Array.from(region, () => sigmoid(-1 + random.normal()))
  const outcome = Uint8Array.from(region, (text, row) => {
    const margin = blurred(text) ? -1 : logit(probability[row]!)
    return random.uniform() < sigmoid(margin + shift(text)) ? 1 : 0
  })
  return { region, tenure, probability, outcome }
}

const quick = { resamples: 100 }

describe('figures', () => {
  const { region, tenure, probability, outcome } = population(1, 3000)

  it('of a single segment are those of all customers', () => {
    const table = segmentTable(probability, outcome, { everybody: region.map(() => 'yes') })
    const [only] = table.segments
    const { name: _, values: __, ...figures } = only!
    const { name: ___, values: ____, ...overall } = table.overall
    expect(figures).toEqual(overall)
    expect(overall.figures.rocAuc).toEqual(bootstrapInterval(probability, outcome, 'rocAuc'))
    expect(overall.calibrationError).toBe(calibrationError(probability, outcome))
    expect(overall.calibrationInTheLarge?.value).toBe(
      calibrationLine(probability, outcome).interceptAtSlopeOne,
    )
    expect(table.worst).toEqual([])
    expect(table.notes).toEqual(['There is one segment: nothing to compare it with.'])
  })

  it('add up to all customers and all churners', () => {
    for (const by of ['region', ['region', 'tenure']]) {
      const { segments, overall } = segmentTable(probability, outcome, { region, tenure }, { by, ...quick })
      expect(segments.reduce((sum, { customers }) => sum + customers, 0)).toBe(3000)
      expect(segments.reduce((sum, { churners }) => sum + churners, 0)).toBe(overall.churners)
    }
  })

  it('of a number are cut at the edges that are given, an edge belonging to the upper part', () => {
    const { segments } = segmentTable(
      probability,
      outcome,
      { tenure },
      { edges: { tenure: [12, 24] }, ...quick },
    )
    const countOf = (from: number, to: number) =>
      tenure.filter((months) => months >= from && months < to).length
    const counts = [countOf(0, 12), countOf(12, 24), countOf(24, 48)].toSorted((a, b) => a - b)
    expect(segments.map(({ customers }) => customers).toSorted((a, b) => a - b)).toEqual(counts)
  })

  it('of a segment are those of its customers by themselves', () => {
    const { segments } = segmentTable(probability, outcome, { region })
    const rows = region.flatMap((text, row) => (text === 'north' ? [row] : []))
    const north = segments.find(({ name }) => name === 'region = north')!
    const [p, y] = [rows.map((row) => probability[row]!), rows.map((row) => outcome[row]!)]
    const observed = y.reduce((sum, value) => sum + value, 0)
    const expected = p.reduce((sum, value) => sum + value, 0)
    expect(north.figures.rocAuc).toEqual(bootstrapInterval(p, y, 'rocAuc'))
    expect(north.observedToExpected?.value).toBeCloseTo(observed / expected, 12)
    // se(ln R) = √Σ(y − R·p)² / Σy, rows being customers of their own.
    const ratio = observed / expected
    const error = Math.sqrt(y.reduce((sum, value, row) => sum + (value - ratio * p[row]!) ** 2, 0)) / observed
    expect(Math.log(north.observedToExpected!.upper / ratio)).toBeCloseTo(1.959963984540054 * error, 10)
    expect(north.meanProbability).toBeCloseTo(expected / rows.length, 12)
    expect(north.baseRate).toBeCloseTo(observed / rows.length, 12)
  })

  it('weight 2 is the customer twice in every value', () => {
    const weight = probability.map((_, row) => row % 3)
    const copies = Array.from(weight).flatMap((times, row) => Array<number>(times).fill(row))
    const weighted = segmentTable(probability, outcome, { region }, { weight, ...quick })
    const twice = segmentTable(
      copies.map((row) => probability[row]!),
      copies.map((row) => outcome[row]!),
      { region: copies.map((row) => region[row]!) },
      quick,
    )
    weighted.segments.forEach((segment, place) => {
      const same = twice.segments[place]!
      expect(segment.customers).toBe(same.customers)
      expect(segment.figures.rocAuc?.value).toBeCloseTo(same.figures.rocAuc!.value, 12)
      expect(segment.observedToExpected?.value).toBeCloseTo(same.observedToExpected!.value, 12)
      expect(segment.calibrationInTheLarge?.value).toBeCloseTo(same.calibrationInTheLarge!.value, 9)
    })
  })

  it('rows of the same customers again make no interval of the level narrower', () => {
    const again = <Value>(values: ArrayLike<Value>): Value[] => [...Array.from(values), ...Array.from(values)]
    const groups = again(region.map((_, row) => row))
    const once = segmentTable(probability, outcome, { region }, quick).segments
    const double = segmentTable(
      again(probability),
      again(outcome),
      { region: again(region) },
      { groups, ...quick },
    ).segments
    const width = (interval: { lower: number; upper: number } | null) => interval!.upper - interval!.lower
    once.forEach((segment, place) => {
      expect(width(double[place]!.observedToExpected)).toBeCloseTo(width(segment.observedToExpected), 10)
      expect(width(double[place]!.calibrationInTheLarge)).toBeCloseTo(
        width(segment.calibrationInTheLarge),
        10,
      )
    })
  })

  it('attributes are a feature matrix, columns or plain values, and give the same', () => {
    const senior = region.map((_, row) => row % 3 === 0)
    const plain = segmentTable(probability, outcome, { region, senior }, quick)
    const columns = [textColumn('region', region), numberColumn('tenure', tenure)]
    const matrix = { rowCount: 3000, columns }
    const asColumns = { region: textColumn('any', region), senior: booleanColumn('any', senior) }
    expect(segmentTable(probability, outcome, asColumns, quick)).toEqual(plain)
    expect(segmentTable(probability, outcome, matrix, { by: 'region', ...quick })).toEqual(
      segmentTable(probability, outcome, { region }, quick),
    )
    // An attribute may be called as a part of a matrix is.
    for (const name of ['columns', 'rowCount']) {
      const { segments } = segmentTable(probability, outcome, { [name]: region }, quick)
      expect(segments.map((segment) => segment.customers)).toEqual(
        segmentTable(probability, outcome, { region }, quick).segments.map((segment) => segment.customers),
      )
    }
  })

  it('where a metric is not defined it is null, and a note of the segment says why', () => {
    const nobody = outcome.map((value, row) => (region[row] === 'west' ? 0 : value))
    const west = segmentTable(probability, nobody, { region }, quick).segments.at(-1)!
    expect(west.figures).toEqual({ rocAuc: null, brierScore: null })
    expect([west.observedToExpected, west.calibrationInTheLarge]).toEqual([null, null])
    expect(west.notes[0]).toMatch(/^no figure is defined: all \d+ tested customers stayed$/)
  })
})

describe('the worst segments', () => {
  it('a segment whose level is wrong is named, and no other', () => {
    const { region, probability, outcome } = population(2, 6000, {
      shift: (text) => (text === 'north' ? 0.7 : 0),
    })
    const { worst } = segmentTable(probability, outcome, { region }, quick)
    expect(worst.map(({ segment, metric }) => [segment, metric])).toEqual([
      ['region = north', 'observedToExpected'],
    ])
    expect(worst[0]?.sentence).toMatch(
      /^region = north: 1\.\d\d times as many churn as predicted, 95 % interval 1\.\d\d to 1\.\d\d; \d\.\d\d times in the other segments\. 8 comparisons were made, and chance alone would hardly show this\.$/,
    )
  })

  it('a segment whose customers are not ranked is named for that', () => {
    const { region, probability, outcome } = population(3, 6000, { blurred: (text) => text === 'south' })
    const { worst } = segmentTable(probability, outcome, { region }, quick)
    expect(worst.map(({ segment, metric }) => [segment, metric])).toContainEqual(['region = south', 'rocAuc'])
    expect(worst.every(({ segment }) => segment === 'region = south')).toBe(true)
  })

  it('where the level is wrong everywhere alike none is named', () => {
    const { region, probability, outcome } = population(4, 6000, { shift: () => 0.7 })
    const table = segmentTable(probability, outcome, { region }, quick)
    expect(table.worst).toEqual([])
    expect(table.overall.observedToExpected!.lower).toBeGreaterThan(1.1)
  })

  it('where nothing differs some segment is named in at most 5 % of the tables', () => {
    let named = 0
    const runs = 120
    for (let seed = 0; seed < runs; seed++) {
      const { region, probability, outcome } = population(seed + 100, 1200)
      const options = { metrics: ['rocAuc'] as const, resamples: 60 }
      if (segmentTable(probability, outcome, { region }, options).worst.length > 0) named++
    }
    // At 5 % of 120 the count is 6 with a standard deviation of 2.4; three of them above.
    expect(named).toBeLessThanOrEqual(13)
  })
})

describe('refusals', () => {
  const { region, tenure, probability, outcome } = population(5, 400)
  const codes = (attributes: unknown, options: unknown = {}) => {
    try {
      segmentTable(probability, outcome, attributes as never, options as never)
      return []
    } catch (error) {
      return (error as { problems: { code: string; parameter: string }[] }).problems.map(
        ({ code, parameter }) => `${code} ${parameter}`,
      )
    }
  }

  it.each([
    [{}, {}, ['option-invalid by']],
    [{ a: region, b: region, c: region }, {}, ['option-invalid by']],
    [{ region }, { by: 'regoin' }, ['column-missing by']],
    [
      { region: region.slice(1), tenure: [1] },
      {},
      ['length-differs attributes.region', 'length-differs attributes.tenure'],
    ],
    [{ mixed: region.map((text, row) => (row === 0 ? 3 : text)) }, {}, ['column-type attributes.mixed']],
    [
      { tenure: tenure.map((value, row) => (row === 3 ? Number.NaN : value)) },
      {},
      ['column-type attributes.tenure'],
    ],
    [{ empty: region.map(() => null) }, {}, ['column-type attributes.empty']],
    [{ region }, { by: [] }, ['option-invalid by']],
    [{ region, a: region, b: region }, { by: ['a', 'b', 'region'] }, ['option-invalid by']],
    [{ region }, { by: ['a', 'b'] }, ['column-missing by', 'column-missing by']],
    [{ region }, { edges: { region: [1] } }, ['option-invalid edges.region']],
    [{ tenure }, { edges: { tenure: [6, 6] } }, ['option-invalid edges.tenure']],
    [{ tenure }, { edges: { tenure: [] } }, ['option-invalid edges.tenure']],
    [{ region }, { bands: 1 }, ['option-invalid bands']],
    [
      { region },
      { minChurners: 0, minCustomers: 0 },
      ['option-invalid minChurners', 'option-invalid minCustomers'],
    ],
    [
      { truth: booleanColumn('truth', [true]), text: textColumn('text', ['a']) },
      {},
      ['length-differs attributes.truth', 'length-differs attributes.text'],
    ],
    [{ things: region.map(() => ({})) }, {}, ['column-type attributes.things']],
    [{ tenure }, { edges: { tenure: [12, 6] } }, ['option-invalid edges.tenure']],
    [{ region }, { metrics: ['calibrationError'] }, ['out-of-range metrics']],
    [{ region }, { groups: ['a'] }, ['length-differs groups']],
    [{ region }, { band: 3 }, ['option-unknown band']],
  ])('%#: what is wrong is said', (attributes, options, expected) => {
    expect(codes(attributes, options)).toEqual(expected)
  })

  it('an attribute that is not there is asked back, of more than ten the first are named', () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`a${at}`, region]))
    expect(() => segmentTable(probability, outcome, { region }, { by: 'regoin' })).toThrow(
      'expected by to be among the attributes region, got "regoin" (string). Did you mean region?',
    )
    const ten = Array.from({ length: 10 }, (_, at) => `a${at}`).join(', ')
    expect(() => segmentTable(probability, outcome, many)).toThrow(
      `expected by to name one or two of the attributes, got 12 (number). There are ${ten} and 2 more.`,
    )
    const { a11: _, a10: __, ...exactly } = many
    expect(() => segmentTable(probability, outcome, exactly)).toThrow(`There are ${ten}.`)
    expect(() => segmentTable(probability, outcome, {})).toThrow('Give at least one.')
    expect(() => segmentTable(probability, outcome, { empty: region.map(() => null) })).toThrow(
      'got "no value"',
    )
    expect(() =>
      segmentTable(probability, outcome, {
        mixed: region.map((text, row) => (row === 0 ? 3 : text)) as never,
      }),
    ).toThrow('got "number and string"')
    expect(() =>
      segmentTable(probability, outcome, { x: tenure.map((value, row) => (row === 3 ? Infinity : value)) }),
    ).toThrow('got Infinity')
  })

  it('predictions outside [0, 1] and a single class', () => {
    expect(() => segmentTable([0.2, 1.2], [0, 1], { region: ['a', 'b'] })).toThrow('in [0, 1]')
    expect(() => segmentTable([0.2, 0.3], [0, 0], { region: ['a', 'b'] })).toThrow('both churned')
  })
})

it('its text has no line of more than 80 columns', () => {
  const { region, tenure, probability, outcome } = population(6, 2000)
  const text = String(
    segmentTable(probability, outcome, { region, tenure }, { by: ['region', 'tenure'], ...quick }),
  )
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(text).toContain('No segment can be shown to be predicted worse than the others.')
})

it('its text says counts, expected churners and what was put together', () => {
  // a: 6 of 12 leave and 3 are expected; b and c: too few of 6 and 5 customers by themselves, 5 leave.
  const plan = [...Array<string>(12).fill('a'), ...Array<string>(6).fill('b'), ...Array<null>(5).fill(null!)]
  const outcome = plan.map((_, row) => row % 2)
  const probability = plan.map((_, row) => 0.2 + (row % 3) / 20)
  const limits = { minCustomers: 10, minChurners: 3, resamples: 20 }
  const table = segmentTable(probability, outcome, { plan }, limits)
  const lines = String(table).split('\n')
  expect(lines[0]).toBe('By plan: 2 segments of 23 customers')
  expect(lines).toContain('Note: "plan = other" holds plan = b; plan missing.')
  expect(table.notes).toEqual([
    'Groups of fewer than 10 customers, or 3 who churned or stayed, are put together.',
  ])
  const cells = (start: string) =>
    lines.filter((line) => line.startsWith(start)).map((line) => line.trim().split(/ {2,}/))
  expect(cells('plan ')[0]).toEqual(['plan', 'customers', 'churned', 'expected', 'ratio', '95 % interval'])
  expect(cells('a ')[0]!.slice(0, 5)).toEqual(['a', '12', '6', '3', '2.00'])
  expect(cells('other ')[0]!.slice(0, 4)).toEqual(['other', '11', '5', '3'])
  expect(cells('all ')[0]!.slice(0, 4)).toEqual(['all', '23', '11', '6'])
  expect(cells('a ')[0]![5]).toMatch(/^\d\.\d\d to \d\.\d\d$/)
  expect(cells('a ')[1]![2]).toMatch(/^\d\.\d{3} to \d\.\d{3}$/)
  // One outcome only in the second: no figure, and no ratio without a churner.
  const none = segmentTable(
    probability,
    outcome.map((left, row) => (row < 12 ? left : 0)),
    { plan: plan.map((text) => text ?? 'b') },
    { minCustomers: 1, minChurners: 1, resamples: 20 },
  )
  expect(String(none)).toMatch(/\nb +11 +0 +3 +- *\n/)
  expect(none.notes).toEqual([
    'plan = b: too few to be among the worst segments (fewer than 1 customers, or 1 who churned or stayed).',
  ])
})
