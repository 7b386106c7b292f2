import { describe, expect, it } from 'vitest'
import { HoldfastError, type ProblemCode } from '../../src/base/errors.js'
import { type FeatureMatrix, numberColumn, takeRows, textColumn } from '../../src/base/matrix.js'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'
import type { ChurnModel, Contributions, Learner, Progress, TrainingData } from '../../src/learn/contract.js'
import { decodeModel, encodeModel } from '../../src/learn/store.js'
import { badOptions } from '../support/badOptions.js'
import { areaUnderCurve, largestDifference, rowsOf, sampleData, withColumn } from './sample.js'

/** What the suite must know of a learner beside its capabilities. */
export interface ConformanceSettings<Options> {
  /** Options for small data: quick, and able to learn from 300 rows. */
  readonly quick?: Options
  /** Added to `quick` so that the seed changes nothing; needed where a learner is seeded. */
  readonly withoutChance?: Options
}

/**
 * Tests that a learner keeps the promises of the contract. Run it on your own learner too.
 *
 * What a learner does not claim in its capabilities is skipped, with the reason in the name of the skipped test.
 */
export function conformance<Options extends object>(
  learner: Learner<Options>,
  settings: ConformanceSettings<Options> = {},
): void {
  const quick = { ...settings.quick } as Options
  const withoutChance = { ...settings.quick, ...settings.withoutChance } as Options
  describe(`learner ${learner.name}`, () => {
    promisesOfTraining(learner, quick, withoutChance)
    promisesOfPrediction(learner, quick)
    refusals(learner, quick)
  })
}

function promisesOfTraining<Options extends object>(
  learner: Learner<Options>,
  quick: Options,
  withoutChance: Options,
): void {
  const { capabilities } = learner
  const data = sampleData(300, 1)
  const ifFeatures = needs(capabilities.features, 'the learner reads no feature')
  const ifWeights = needs(capabilities.weights, 'the learner does not honour weights')
  const ifSeeded = needs(capabilities.seeded, 'the learner leaves nothing to chance')
  const bytes = (model: ChurnModel): Uint8Array => encodeModel(model)

  it('names itself in its models', () => {
    expect(learner.train(data, quick).learner).toBe(learner.name)
  })

  it('gives the same bytes for the same seed and data', () => {
    expect(bytes(learner.train(data, quick))).toEqual(bytes(learner.train(data, quick)))
  })

  ifSeeded('gives other bytes for another seed', () => {
    const other = learner.train(data, { ...quick, seed: 2 })
    expect(bytes(other)).not.toEqual(bytes(learner.train(data, quick)))
  })

  it('gives the same bytes whatever the order of columns and of dictionaries', () => {
    const columns = data.features.columns.toReversed().map(otherDictionary)
    const other = learner.train({ ...data, features: { ...data.features, columns } }, quick)
    expect(bytes(other)).toEqual(bytes(learner.train(data, quick)))
  })

  it('gives the same probabilities whatever the order of rows, without chance', () => {
    const other = learner.train(rowsOf(data, shuffledIndices(300, seededRandom(4))), withoutChance)
    expectEqual(other, learner.train(data, withoutChance), data.features)
  })

  it('knows the base rate', () => {
    const churned = data.outcome.reduce((sum, value) => sum + value, 0)
    expect(learner.train(data, quick).baseRate).toBeCloseTo(churned / 300, 12)
  })

  ifWeights('reads weight 0 as an absent row', () => {
    const weight = Float64Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? 0 : 1))
    const kept = Int32Array.from({ length: 300 }, (_, row) => row).filter((row) => row % 3 !== 0)
    const weighted = learner.train({ ...data, weight }, withoutChance)
    expectEqual(weighted, learner.train(rowsOf(data, kept), withoutChance), data.features)
  })

  ifWeights('reads weight 2 as the row twice', () => {
    const weight = Float64Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? 2 : 1))
    const repeated = [...weight].flatMap((times, row) => new Array<number>(times).fill(row))
    const weighted = learner.train({ ...data, weight }, withoutChance)
    expectEqual(weighted, learner.train(rowsOf(data, repeated), withoutChance), data.features)
  })

  it('leaves its inputs as they were', () => {
    const weight = Float64Array.from({ length: 300 }, (_, row) => row % 3)
    const input = deepFrozen({ ...data, weight })
    const before = structuredClone(plain(input))
    const model = learner.train(input, Object.freeze({ ...quick }))
    model.probability(input.features)
    model.contributions(input.features)
    expect(plain(input)).toEqual(before)
  })

  it('tells its progress up to the last step', () => {
    const steps: Progress[] = []
    learner.train(data, quick, { onProgress: (progress) => steps.push(progress) })
    expect(steps.length).toBeGreaterThan(0)
    expect(steps.at(-1)?.done).toBe(steps.at(-1)?.total)
    for (const name of new Set(steps.map(({ step }) => step))) {
      const done = steps.filter(({ step }) => step === name).map((step) => step.done)
      expect(done).toEqual(done.toSorted((a, b) => a - b))
    }
  })

  ifFeatures('tells churners from others on rows it has not seen', () => {
    const test = sampleData(400, 2)
    expect(
      areaUnderCurve(learner.train(data, quick).probability(test.features), test.outcome),
    ).toBeGreaterThan(0.7)
  })

  it('finds nothing in shuffled labels: AUC within noise of one half on rows it has not seen', () => {
    const test = sampleData(300, 3)
    const areas = Array.from({ length: 10 }, (_, seed) => {
      const outcome = Uint8Array.from(shuffledIndices(300, seededRandom(seed)), (row) => data.outcome[row]!)
      return areaUnderCurve(
        learner.train({ ...data, outcome }, quick).probability(test.features),
        test.outcome,
      )
    })
    // What is learned from noise is itself random: one AUC spreads by about .1 around .5, the mean of ten by .03.
    expect(Math.abs(areas.reduce((sum, area) => sum + area, 0) / 10 - 0.5)).toBeLessThan(0.1)
  })
}

function promisesOfPrediction<Options extends object>(learner: Learner<Options>, quick: Options): void {
  const data = sampleData(300, 1)
  const test = sampleData(50, 2).features
  const model = learner.train(data, quick)
  const ifFeatures = needs(learner.capabilities.features, 'the learner reads no feature')

  it('predicts one row as it predicts many', () => {
    const rows = Array.from({ length: test.rowCount }, (_, row) => takeRows(test, [row]))
    expect(Float64Array.from(rows, (row) => model.probability(row)[0]!)).toEqual(model.probability(test))
  })

  it('predicts no rows', () => {
    const none = takeRows(test, [])
    expect(model.probability(none)).toEqual(new Float64Array(0))
    expect(model.contributions(none).values.every((values) => values.length === 0)).toBe(true)
  })

  it('predicts the same whatever the order of rows', () => {
    const order = shuffledIndices(test.rowCount, seededRandom(6))
    const expected = model.probability(test)
    expect(model.probability(takeRows(test, order))).toEqual(
      Float64Array.from(order, (row) => expected[row]!),
    )
  })

  it('predicts the same whatever the order of columns and dictionaries, and beside further columns', () => {
    const further = numberColumn('notAFeature', new Array(test.rowCount).fill(1))
    const columns = [further, ...test.columns.toReversed().map(otherDictionary)]
    expect(model.probability({ ...test, columns })).toEqual(model.probability(test))
  })

  it('is equal after saving and loading', () => {
    const loaded = decodeModel(encodeModel(model)).model
    expect(loaded.learner).toBe(model.learner)
    expect(loaded.features).toEqual(model.features)
    expect(loaded.probability(test)).toEqual(model.probability(test))
    expect(loaded.contributions(test)).toEqual(model.contributions(test))
    expect(encodeModel(loaded)).toEqual(encodeModel(model))
  })

  it('gives probabilities that are the sigmoid of its margins', () => {
    const expected = model.margin(test).map((margin) => 1 / (1 + Math.exp(-margin)))
    expect(largestDifference(model.probability(test), expected)).toBeLessThan(1e-12)
  })

  it('gives contributions that add up to the margin, or to the probability', () => {
    expect(contributionError(model, test)).toBeLessThan(1e-9)
    expect(contributionError(model, data.features)).toBeLessThan(1e-9)
  })

  it('has as its contribution base the mean prediction of the training rows', () => {
    const { scale, base } = model.contributions(test)
    const sum = explained(model, scale, data.features).reduce((total, value) => total + value, 0)
    expect(base).toBeCloseTo(sum / data.features.rowCount, 9)
  })

  it('never says 0 or 1, not even of values far outside of training', () => {
    const far = [1e300, -1e300, 1.7e308, -1.7e308, 0]
    const matrix = withEveryNumber(takeRows(test, [0, 1, 2, 3, 4]), far)
    for (const probability of model.probability(matrix)) {
      expect(probability).toBeGreaterThan(0)
      expect(probability).toBeLessThan(1)
    }
    expect(model.margin(matrix).every(Number.isFinite)).toBe(true)
    expect(model.contributions(matrix).values.every((values) => values.every(Number.isFinite))).toBe(true)
  })

  it('predicts rows of which everything is missing or unseen', () => {
    const nothing = withEveryNumber(withEveryText(takeRows(test, [0]), [null]), [null])
    const unseen = withEveryText(takeRows(test, [0]), ['never heard of'])
    for (const matrix of [nothing, unseen]) {
      expect(Number.isFinite(model.margin(matrix)[0])).toBe(true)
      expect(contributionError(model, matrix)).toBeLessThan(1e-9)
    }
  })

  ifFeatures('refuses a matrix without its features, all of them at once', () => {
    const problems = problemsOf(() => model.probability({ rowCount: 1, columns: [] }))
    expect(problems.map((problem) => problem.code)).toEqual(model.features.map(() => 'feature-missing'))
  })

  ifFeatures('refuses a column of the wrong kind', () => {
    const texts = textColumn('complaints', new Array(test.rowCount).fill('many'))
    for (const ask of ['probability', 'margin', 'contributions'] as const) {
      const [problem] = problemsOf(() => model[ask](withColumn(test, texts)))
      expect(problem).toMatchObject({ code: 'column-type', parameter: 'column complaints' })
    }
  })

  ifFeatures('refuses infinite values with column and row', () => {
    const wrong = { ...numberColumn('noise', new Array(test.rowCount).fill(0)) }
    wrong.values[2] = Number.POSITIVE_INFINITY
    const [problem] = problemsOf(() => model.margin(withColumn(test, wrong)))
    expect(problem).toMatchObject({ code: 'value-not-finite', place: { column: 'noise', row: 3 } })
  })
}

function refusals<Options extends object>(learner: Learner<Options>, quick: Options): void {
  const data = sampleData(60, 1)
  const refused = (change: Partial<TrainingData>): readonly { code: ProblemCode }[] =>
    problemsOf(() => learner.train({ ...data, ...change }, quick))

  it.each([0, 1])('refuses one class: all outcomes %i', (value) => {
    expect(refused({ outcome: new Uint8Array(60).fill(value) })).toMatchObject([{ code: 'one-class' }])
  })

  it('refuses one class among the rows that count', () => {
    const weight = Float64Array.from(data.outcome)
    expect(refused({ weight })).toMatchObject([{ code: 'one-class' }])
  })

  it('refuses outcomes and weights of another length, both at once', () => {
    const problems = refused({ outcome: new Uint8Array(59), weight: new Float64Array(61) })
    expect(problems).toMatchObject([
      { code: 'length-differs', parameter: 'outcome', received: 59 },
      { code: 'length-differs', parameter: 'weight', received: 61 },
    ])
  })

  it('refuses outcomes beside 0 and 1, and weights below 0', () => {
    const outcome = data.outcome.slice()
    outcome[3] = 2
    const weight = new Float64Array(60).fill(1)
    weight[4] = -1
    weight[5] = Number.NaN
    expect(refused({ outcome, weight })).toMatchObject([
      { code: 'out-of-range', parameter: 'outcome', received: 2, place: { row: 4 } },
      { code: 'out-of-range', parameter: 'weight', received: -1, place: { row: 5 }, count: 2 },
    ])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a value, with column and row', (value) => {
    const column = { ...numberColumn('noise', new Array(60).fill(0)) }
    column.values[1] = value
    column.values[7] = value
    expect(refused({ features: withColumn(data.features, column) })).toMatchObject([
      { code: 'value-not-finite', parameter: 'column noise', place: { column: 'noise', row: 2 }, count: 2 },
    ])
  })

  it('refuses an empty table', () => {
    const noRows = rowsOf(data, [])
    expect(problemsOf(() => learner.train(noRows, quick))[0]).toMatchObject({ code: 'table-empty' })
    expect(refused({ features: { rowCount: 60, columns: [] } })[0]).toMatchObject({ code: 'table-empty' })
  })

  it('refuses two columns of one name, and columns of another kind or length', () => {
    const [first, second] = data.features.columns
    const short = numberColumn('short', [1, 2])
    const day = { ...first, name: 'day', kind: 'day' } as unknown as typeof first
    const columns = [first!, { ...second!, name: first!.name }, short, day!]
    expect(refused({ features: { rowCount: 60, columns } }).map((problem) => problem.code)).toEqual([
      'length-differs',
      'column-type',
      'column-duplicate',
    ])
  })

  it('tells the problems of options and of data together', () => {
    const options = { ...quick, noSuchOption: 1 }
    const codes = problemsOf(() => learner.train({ ...data, outcome: new Uint8Array(60) }, options)).map(
      (problem) => problem.code,
    )
    expect(codes).toEqual(['option-unknown', 'one-class'])
  })

  const bad = badOptions(learner.options)
  it.skipIf(bad.length === 0).each(bad)('refuses options: $title', ({ options, code, parameter, wayOut }) => {
    const problems = problemsOf(() => learner.train(data, options as Options))
    expect(problems).toMatchObject([{ code, parameter, ...(wayOut === undefined ? {} : { wayOut }) }])
  })

  it('stops when aborted before it begins', () => {
    const signal = AbortSignal.abort()
    expect(problemsOf(() => learner.train(data, quick, { signal }))).toMatchObject([{ code: 'aborted' }])
  })

  it('stops at the next step when aborted in between', () => {
    const controller = new AbortController()
    let steps = 0
    const onProgress = (): void => {
      steps++
      controller.abort()
    }
    const problems = problemsOf(() => learner.train(data, quick, { onProgress, signal: controller.signal }))
    expect(problems).toMatchObject([{ code: 'aborted' }])
    expect(steps).toBe(1)
  })

  it('refuses a state that it did not write', () => {
    for (const state of [null, 'text', [], { noSuchMember: 1 }]) {
      expect(problemsOf(() => learner.restore([], 0.5, state))[0]).toMatchObject({ code: 'model-invalid' })
    }
  })
}

/** A test for learners that claim a capability; for others it is skipped, with the reason in its name. */
function needs(claimed: boolean, reason: string): (title: string, run: () => void) => void {
  return (title, run) => {
    if (claimed) it(title, run)
    else it.skip(`${title}: skipped because ${reason}`, run)
  }
}

function problemsOf(run: () => unknown): HoldfastError['problems'] {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  throw new Error('nothing was refused')
}

function expectEqual(a: ChurnModel, b: ChurnModel, features: FeatureMatrix): void {
  expect(largestDifference(a.probability(features), b.probability(features))).toBeLessThan(1e-9)
}

function contributionError(model: ChurnModel, features: FeatureMatrix): number {
  const { scale, base, values } = model.contributions(features)
  expect(values).toHaveLength(model.features.length)
  const sums = new Float64Array(features.rowCount).map((_, row) =>
    values.reduce((sum, contribution) => sum + contribution[row]!, base),
  )
  return largestDifference(sums, explained(model, scale, features))
}

/** What the contributions of a model add up to. */
function explained(model: ChurnModel, scale: Contributions['scale'], features: FeatureMatrix): Float64Array {
  return scale === 'log-odds' ? model.margin(features) : model.probability(features)
}

/** The same texts in a dictionary of another order, with one that no row uses. */
function otherDictionary(column: FeatureMatrix['columns'][number]): FeatureMatrix['columns'][number] {
  if (column.kind === 'number') return column
  const last = column.dictionary.length
  const codes = column.codes.map((code) => last - code)
  return { ...column, codes, dictionary: ['used by no row', ...column.dictionary.toReversed()] }
}

function withEveryNumber(matrix: FeatureMatrix, values: readonly (number | null)[]): FeatureMatrix {
  const columns = matrix.columns.map((column) =>
    column.kind === 'number' ? numberColumn(column.name, values) : column,
  )
  return { ...matrix, columns }
}

function withEveryText(matrix: FeatureMatrix, values: readonly (string | null)[]): FeatureMatrix {
  const columns = matrix.columns.map((column) =>
    column.kind === 'text' ? textColumn(column.name, values) : column,
  )
  return { ...matrix, columns }
}

/** Frozen as far as JavaScript can: typed arrays cannot be, they are compared with a copy. */
function deepFrozen(data: TrainingData): TrainingData {
  const columns = Object.freeze(data.features.columns.map((column) => Object.freeze({ ...column })))
  return Object.freeze({ ...data, features: Object.freeze({ ...data.features, columns }) })
}

function plain(data: TrainingData): unknown {
  const columns = data.features.columns.map((column) => ({
    ...column,
    missing: [...(column.missing?.words ?? [])],
  }))
  return { ...data, features: { ...data.features, columns } }
}
