import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { numberColumn, textColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { rocAuc } from '../../../src/evaluate/ranking/ranking.js'
import type { BoostingControl } from '../../../src/learn/boosting/control.js'
import type { BoostingOptions } from '../../../src/learn/boosting/options.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { trainBoostingFromChunks } from '../../../src/learn/boosting/trainFromChunks.js'
import type { TrainingChunks, TrainingData } from '../../../src/learn/contract.js'
import { cutIntoChunks } from '../chunks/cutIntoChunks.js'
import { rowsOf, sampleData, withColumn } from '../sample.js'

const few: BoostingOptions = { rounds: 4, maxDepth: 3, earlyStopping: false, threads: 1 }

async function refused(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HoldfastError)
  return error as HoldfastError
}

/** What a model is made of. */
function modelText(model: ReturnType<typeof trainBoosting>): string {
  return JSON.stringify([model.features, model.baseRate, model.state()])
}

async function expectSame(
  data: TrainingData,
  lengths: readonly number[],
  options?: BoostingOptions,
  control?: BoostingControl,
): Promise<void> {
  const fromChunks = await trainBoostingFromChunks(cutIntoChunks(data, lengths), options, control)
  expect(modelText(fromChunks)).toBe(modelText(trainBoosting(data, options, control)))
}

describe('the model is that of trainBoosting to the bit', () => {
  const data = sampleData(1500, 7)

  test('whatever the lengths of the chunks', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(lengths, (each) => expectSame(data, each, few)),
      { numRuns: 12 },
    )
  })

  test('with chunks of a single row', () => expectSame(data, [1], few))

  test('with the defaults: inner folds, early stopping, the line through the margins', () =>
    expectSame(sampleData(600, 3), [250], { rounds: 30 }))

  test('with weights that are no whole numbers, some of them 0', async () => {
    const random = seededRandom(5)
    const weight = Float64Array.from(data.outcome, () => (random.uniform() < 0.2 ? 0 : random.uniform() * 3))
    await expectSame({ ...data, weight }, [1, 400, 33], few)
  })

  test('with options that name columns', () =>
    expectSame(data, [512], {
      ...few,
      monotone: { complaints: 'increasing' },
      interactions: [['tenureMonths', 'plan']],
      columnWeights: { noise: 0 },
      prior: 0.1,
    }))

  test('with fewer bins than there are values and categories', () =>
    expectSame(data, [100, 7], { ...few, maxBins: 3 }))

  test('with numbers of 32 bits', async () => {
    const values = Float32Array.from({ length: 1500 }, (_, row) => Math.sin(row))
    const complaints = { kind: 'number' as const, name: 'complaints', values, missing: null }
    await expectSame({ ...data, features: withColumn(data.features, complaints) }, [99], few)
  })

  test('of more rows than the edges of bins are taken from', async () => {
    const random = seededRandom(2)
    const values = Array.from({ length: 150_000 }, () => random.normal())
    const flag = values.map(() => (random.uniform() < 0.01 ? null : random.integer(2)))
    const outcome = Uint8Array.from(values, (value) => (random.normal() < value ? 1 : 0))
    const columns = [numberColumn('x', values), numberColumn('flag', flag)]
    await expectSame({ features: { rowCount: outcome.length, columns }, outcome }, [65_536, 1000], few)
  })

  test('going on from a model, also where its categories are not those of the rows', async () => {
    const startFrom = trainBoosting(rowsOf(data, [...Array(300).keys()]), few)
    const plan = textColumn(
      'plan',
      Array.from({ length: 1500 }, (_, row) => (row % 3 === 0 ? 'new' : 'small')),
    )
    await expectSame(data, [200], few, { startFrom })
    await expectSame(data, [200], { ...few, prior: 0.1 }, { startFrom })
    await expectSame({ ...data, features: withColumn(data.features, plan) }, [200], few, { startFrom })
  })

  test('with rows to validate on and a metric', () =>
    expectSame(
      data,
      [400],
      { rounds: 40, maxDepth: 2 },
      {
        validation: sampleData(400, 11),
        metric: { better: 'higher', value: rocAuc },
      },
    ))
})

describe('chunks', () => {
  const data = sampleData(900, 4)

  test('texts that only late rows have are categories', async () => {
    const plan = textColumn(
      'plan',
      Array.from({ length: 900 }, (_, row) => (row < 800 ? 'early' : row % 2 === 0 ? 'late' : null)),
    )
    const late = { ...data, features: withColumn(data.features, plan) }
    await expectSame(late, [300], few)
    const model = await trainBoostingFromChunks(cutIntoChunks(late, [300]), few)
    expect(model.features.find(({ name }) => name === 'plan')).toEqual({
      kind: 'text',
      name: 'plan',
      categories: ['early', 'late'],
    })
  })

  test('columns that are missing in all rows of a chunk are read', async () => {
    const values = Array.from({ length: 900 }, (_, row) => (row < 450 ? null : row % 7))
    await expectSame(
      { ...data, features: withColumn(data.features, numberColumn('noise', values)) },
      [225],
      few,
    )
  })

  test('empty ones and another order of columns change nothing', async () => {
    const [first, ...others] = cutIntoChunks(data, [300])
    const turned = others.map((chunk) => ({
      ...chunk,
      features: { ...chunk.features, columns: [...chunk.features.columns].reverse() },
    }))
    const empty = { features: { rowCount: 0, columns: [] }, outcome: new Uint8Array(0) }
    const model = await trainBoostingFromChunks([empty, first!, empty, ...turned], few)
    expect(modelText(model)).toBe(modelText(trainBoosting(data, few)))
  })

  test('may come from an asynchronous source, cut differently the second time', async () => {
    let length = 100
    const chunks: TrainingChunks = {
      async *[Symbol.asyncIterator]() {
        length += 77
        yield* cutIntoChunks(data, [length])
      },
    }
    const model = await trainBoostingFromChunks(chunks, few)
    expect(modelText(model)).toBe(modelText(trainBoosting(data, few)))
  })

  test('are not written to', async () => {
    const chunks = cutIntoChunks(data, [400])
    const before = structuredClone(chunks)
    await trainBoostingFromChunks(chunks, few)
    expect(structuredClone(chunks)).toEqual(before)
  })

  test('progress tells of both readings and of trees', async () => {
    const steps: string[] = []
    const onProgress = ({ step, done, total }: { step: string; done: number; total: number }): void => {
      steps.push(`${step} ${done}/${total}`)
    }
    await trainBoostingFromChunks(cutIntoChunks(data, [500]), { ...few, rounds: 2 }, { onProgress })
    expect(steps).toEqual(['sample 1/1', 'bins 500/900', 'bins 900/900', 'tree 1/2', 'tree 2/2'])
  })
})

describe('refused', () => {
  const data = sampleData(900, 4)
  const changed = (chunks: TrainingData[], place: number, chunk: Partial<TrainingData>): TrainingData[] =>
    chunks.map((own, index) => (index === place ? { ...own, ...chunk } : own))

  test('bad values in late chunks, with their row in all, all at once', async () => {
    const chunks = cutIntoChunks(data, [300])
    const values = new Float64Array(300)
    values[41] = Number.NaN
    values[42] = Number.POSITIVE_INFINITY
    const noise = { kind: 'number' as const, name: 'noise', values, missing: null }
    const outcome = chunks[1]!.outcome.slice()
    outcome[7] = 2
    const bad = changed(changed(chunks, 2, { features: withColumn(chunks[2]!.features, noise) }), 1, {
      outcome,
    })
    const error = await refused(trainBoostingFromChunks(bad, few))
    // 300 + 7 + 1 and 600 + 41 + 1
    expect(error.problems).toMatchObject([
      { code: 'out-of-range', parameter: 'outcome', received: 2, place: { row: 308 }, count: 1 },
      { code: 'value-not-finite', place: { row: 642, column: 'noise' }, count: 2 },
    ])
    expect(error.message).toContain('row 642, column noise: expected column noise to be finite or missing')
  })

  test('chunks with other columns, kinds or weights than the first', async () => {
    const chunks = cutIntoChunks(data, [300])
    const { features } = chunks[1]!
    const fewer = { ...features, columns: features.columns.filter(({ name }) => name !== 'plan') }
    const missing = await refused(trainBoostingFromChunks(changed(chunks, 1, { features: fewer }), few))
    expect(missing.problems).toMatchObject([
      { code: 'column-missing', parameter: 'column plan', place: { row: 301 } },
    ])
    const asTexts = withColumn(features, textColumn('noise', new Array(300).fill('1')))
    const kind = await refused(trainBoostingFromChunks(changed(chunks, 1, { features: asTexts }), few))
    expect(kind.message).toBe(
      'trainBoostingFromChunks: row 301: expected column noise to hold numbers, as in the first chunk, got "text" (string).',
    )
    const weight = new Float64Array(300).fill(1)
    const weighted = await refused(trainBoostingFromChunks(changed(chunks, 2, { weight }), few))
    expect(weighted.problems).toMatchObject([
      { code: 'column-missing', parameter: 'weight', place: { row: 601 } },
    ])
  })

  test('no rows, rows of one class, options', async () => {
    expect((await refused(trainBoostingFromChunks([], few))).problems).toMatchObject([
      { code: 'table-empty', rule: 'to have at least 1 row' },
      { code: 'table-empty', rule: 'to have at least 1 column' },
    ])
    const stayed = { ...data, outcome: new Uint8Array(900) }
    expect((await refused(trainBoostingFromChunks(cutIntoChunks(stayed, [200]), few))).code).toBe('one-class')
    const weightless = { ...data, weight: new Float64Array(900) }
    expect((await refused(trainBoostingFromChunks([weightless], few))).code).toBe('one-class')
    expect((await refused(trainBoostingFromChunks([data], { rounds: 0 }))).code).toBe('option-invalid')
    const unknown = await refused(trainBoostingFromChunks([data], { ...few, columnWeights: { nois: 1 } }))
    expect(unknown.message).toContain('Did you mean noise?')
  })

  test('a column of more texts than an index may hold', async () => {
    const rowCount = 250_001
    const id = textColumn(
      'id',
      Array.from({ length: rowCount }, (_, row) => `customer ${row}`),
    )
    const outcome = Uint8Array.from({ length: rowCount }, (_, row) => row % 2)
    const error = await refused(
      trainBoostingFromChunks([{ features: { rowCount, columns: [id] }, outcome }], few),
    )
    expect(error.message).toBe(
      'trainBoostingFromChunks: column id: expected column id to hold at most 250000 different texts, got 250001 (number). So many texts name rows, such as an id: leave the column out.',
    )
  })

  test('a generator, which can be gone through only once', async () => {
    const generator = (function* () {
      yield* cutIntoChunks(data, [300])
    })()
    const error = await refused(trainBoostingFromChunks(generator, few))
    expect(error.code).toBe('data-changed')
    expect(error.message).toContain('got "0 rows after 900 rows"')
    expect(error.message).toContain('not a generator')
  })

  test.each<[string, (again: TrainingData[]) => TrainingData[]]>([
    ['more rows', (again) => [...again, again[0]!]],
    ['other values', (again) => changed(again, 1, { features: again[2]!.features })],
    ['other outcomes', (again) => changed(again, 1, { outcome: again[2]!.outcome })],
    ['the rows in another order', (again) => [again[1]!, again[0]!, again[2]!]],
    [
      'texts that were not there',
      (again) =>
        changed(again, 0, {
          features: withColumn(again[0]!.features, textColumn('plan', new Array(300).fill('?'))),
        }),
    ],
  ])('a second reading that gives %s', async (_, second) => {
    let readings = 0
    const chunks: TrainingChunks = {
      *[Symbol.iterator]() {
        const all = cutIntoChunks(data, [300])
        yield* readings++ === 0 ? all : second(all)
      },
    }
    expect((await refused(trainBoostingFromChunks(chunks, few))).code).toBe('data-changed')
    expect(readings).toBe(2)
  })

  test.each([1, 2])(
    'an abort between the chunks of reading %i, and the source is told to end',
    async (reading) => {
      const aborting = new AbortController()
      let [readings, given, ended] = [0, 0, 0]
      const chunks: TrainingChunks = {
        async *[Symbol.asyncIterator]() {
          readings++
          try {
            for (const chunk of cutIntoChunks(data, [100])) {
              given++
              if (readings === reading && given % 9 === 4) aborting.abort()
              yield chunk
            }
          } finally {
            ended++
          }
        },
      }
      const error = await refused(trainBoostingFromChunks(chunks, few, { signal: aborting.signal }))
      expect(error.code).toBe('aborted')
      expect([readings, ended]).toEqual([reading, reading])
      expect(given).toBe((reading - 1) * 9 + 4)
    },
  )

  test('nothing is read after an abort before', async () => {
    const chunks: TrainingChunks = {
      [Symbol.iterator]: () => {
        throw new Error('read')
      },
    }
    const error = await refused(trainBoostingFromChunks(chunks, few, { signal: AbortSignal.abort() }))
    expect(error.code).toBe('aborted')
  })
})

test('a timer stops a training whose chunks are all there at once', async () => {
  const chunks = cutIntoChunks(sampleData(3000, 2), [1])
  const signal = AbortSignal.timeout(30)
  const error = await refused(
    trainBoostingFromChunks(chunks, { rounds: 10_000, earlyStopping: false }, { signal }),
  )
  expect(error.code).toBe('aborted')
})
