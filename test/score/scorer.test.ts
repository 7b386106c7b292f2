import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { takeRows } from '../../src/base/matrix.js'
import { logit } from '../../src/base/statistics.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { splitRows } from '../../src/dataset/splitRows.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import type { ChurnModel } from '../../src/learn/contract.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { encodeModel } from '../../src/learn/store.js'
import { overlapOf } from '../../src/learn/trainedRows.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { type Cell, tableFrom } from '../../src/table/table.js'

// Short contracts leave, and more so where the fee is high; every seventh tenure is missing.
const rows = Array.from({ length: 200 }, (_, index) => {
  const contract = index % 3 === 0 ? 'month' : 'year'
  const fee = 10 + (index % 20)
  const churn = contract === 'month' ? fee > 18 || index % 5 === 0 : index % 11 === 0
  return {
    id: `C${index}`,
    contract,
    fee,
    tenure: index % 7 === 0 ? null : index % 30,
    churn: churn ? 'Yes' : 'No',
  }
})
const table = tableFrom(
  Object.fromEntries(
    (['id', 'contract', 'fee', 'tenure', 'churn'] as const).map((name) => [
      name,
      rows.map((row) => row[name] as Cell),
    ]),
  ),
)
const dataset = fromFlatTable(table, { id: 'id', label: 'churn' })
const model = trainBoosting(dataset, { rounds: 30 })
const scorer = createScorer(model, dataset)

// Customers who are not alike: each has a fee of their own
const unlike = fromFlatTable(
  tableFrom({
    fee: rows.map((_, index) => (index * 37) % 200),
    contract: rows.map(({ contract }) => contract),
    churn: rows.map((_, index) => (index % 2 === 0 ? 'Yes' : 'No')),
  }),
  { label: 'churn' },
)
const halves = splitRows(unlike, { testShare: 0.5 })
const takeDatasetRows = (kept: readonly number[]) => ({
  ...unlike,
  features: takeRows(unlike.features, Int32Array.from(kept)),
  outcome: Uint8Array.from(kept, (row) => unlike.outcome[row]!),
  ids: kept.map((row) => unlike.ids[row]!),
})

function refusalOf(run: () => unknown): HoldfastError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(HoldfastError)
    expect((error as HoldfastError).operation).toBe('createScorer')
    return error as HoldfastError
  }
  return expect.unreachable()
}

describe('a scorer of a flat table', () => {
  it('scores a row as it scores the table', () => {
    const scores = scorer.scoreTable(table, { id: 'id', reasons: 2 })
    expect(scores.columnNames).toEqual(['id', 'probability', 'band', 'reason1', 'reason2'])
    for (const index of [0, 7, 13, 199]) {
      const { id, churn: _, ...features } = rows[index]!
      const score = scorer.scoreRow(features, { reasons: 2 })
      expect(scores.row(index)).toEqual({
        id,
        probability: score.probability,
        band: score.band,
        reason1: score.reasons[0]!.text,
        reason2: score.reasons[1]!.text,
      })
    }
  })

  it('gives reasons that add up, with the base, to the log odds of the score', () => {
    const { probability, reasons } = scorer.scoreRow(
      { contract: 'month', fee: 29, tenure: 3 },
      { reasons: 20 },
    )
    const { base } = model.contributions(dataset.features)
    const total = reasons.reduce((sum, reason) => sum + reason.effect, base)
    expect(total).toBeCloseTo(logit(probability), 9)
  })

  it('orders the reasons by the size of their effect and says them in words', () => {
    const { reasons } = scorer.scoreRow({ contract: 'month', fee: 29, tenure: null })
    const sizes = reasons.map((reason) => Math.abs(reason.effect))
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(reasons[0]).toMatchObject({ feature: 'contract', value: 'month' })
    expect(reasons[0]!.text).toMatch(/^contract is month \(odds of leaving ×(\d\.\d\d|\d{2,})\)$/)
    expect(reasons.find((reason) => reason.feature === 'tenure')?.text).toMatch(/^tenure is not known /)
  })

  it('takes a category that it has never seen for missing', () => {
    const unseen = scorer.scoreRow({ contract: 'decade', fee: 12, tenure: 3 })
    expect(unseen.probability).toBe(scorer.scoreRow({ contract: null, fee: 12, tenure: 3 }).probability)
  })

  it('takes blank for missing and a column without values for whatever the model expects', () => {
    const blank = scorer.scoreRow({ contract: '', fee: 12, tenure: '' })
    expect(blank.probability).toBe(scorer.scoreRow({ contract: null, fee: 12, tenure: null }).probability)
  })

  it('names every feature that a row lacks or has of the wrong kind', () => {
    try {
      scorer.scoreRow({ contracts: 'month', fee: 12 })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(HoldfastError)
      const { problems } = error as HoldfastError
      expect(problems.map(({ code, parameter }) => [code, parameter])).toEqual([
        ['feature-missing', 'feature contract'],
        ['feature-missing', 'feature tenure'],
      ])
      expect(problems[0]!.wayOut).toContain('Did you mean column contracts?')
    }
    expect(() => scorer.scoreRow({ contract: 'month', fee: 'much', tenure: 1 })).toThrow(
      /fee to hold numbers/,
    )
  })

  it('refuses raw history and says what to use', () => {
    expect(() =>
      scorer.scoreOne({ customer: { id: 'A', activatedAt: '2025-01-01' } }, { asOf: '2025-02-01' }),
    ).toThrow(
      'scoreOne: expected the model to carry the feature rules of a history. It was trained on a flat table: use scoreRow with the columns of that table.',
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a fee of %s instead of taking it for missing',
    (fee) => {
      expect(() => scorer.scoreRow({ contract: 'month', fee, tenure: 1 })).toThrow(
        /column fee to hold finite numbers/,
      )
    },
  )

  it('says what it was trained on', () => {
    const churned = rows.filter(({ churn }) => churn === 'Yes').length
    expect(scorer.about).toMatchObject({
      rules: null,
      population: null,
      label: dataset.label,
      flat: dataset.flat,
      trainedOn: { rows: 200, churned, fingerprint: dataset.fingerprint },
    })
    expect(scorer.about.trainedOn!.trainedRows).toBeDefined()
    expect(scorer.about.seen!.map(({ name }) => name)).toEqual(model.features.map(({ name }) => name))
    const { features: _, ...counts } = dataset
    const withoutRows = createScorer(model, counts).about
    expect([withoutRows.seen, withoutRows.trainedOn?.trainedRows]).toEqual([null, undefined])
    expect(createScorer(model).about).toMatchObject({ flat: null, trainedOn: null, seen: null })
    expect(createScorer(model, dataset, { high: 5, middle: 2 }).about.bands).not.toEqual(scorer.about.bands)
  })

  it('is refused with a dataset of other features, in the name of createScorer', () => {
    const wayOut = 'Give the dataset that it was trained on, or none.'
    const { churn, ...others } = { churn: ['Yes', 'No', 'Yes', 'No'], fee: ['a', 'b', 'a', 'c'] }
    const other = fromFlatTable(tableFrom({ ...others, churn }), { label: 'churn' })
    const problems = refusalOf(() => createScorer(model, other)).problems
    expect(problems).toMatchObject([
      { code: 'feature-missing', rule: expect.stringContaining('it lacks contract, tenure'), wayOut },
      { code: 'column-type', parameter: 'column fee of trainedOn', received: 'text', wayOut },
    ])
    expect(refusalOf(() => createScorer(model, { ...dataset, features: [] as never })).code).toBe(
      'value-type',
    )
  })

  it.each([
    ['trained in this process', (one: ChurnModel) => one],
    [
      'read from a file',
      (one: ChurnModel) => loadScorer(encodeScorer(createScorer(one, halves.train))).model,
    ],
  ])('is refused with rows that a model has not seen: one that was %s', (_, made) => {
    const own = made(trainBoosting(halves.train, { rounds: 2 }))
    expect(refusalOf(() => createScorer(own, halves.test))).toMatchObject({
      code: 'data-changed',
      problems: [
        {
          parameter: 'trainedOn',
          received: '100 other rows',
          wayOut: 'Give the dataset that it was trained on, or none.',
        },
      ],
    })
    expect(createScorer(own, halves.train).about.trainedOn).toMatchObject({ rows: 100 })
  })

  it('with all rows, of which the model was trained on half, tells of that half', () => {
    const own = trainBoosting(halves.train, { rounds: 2 })
    const { about, model: again } = loadScorer(encodeScorer(createScorer(own, unlike)))
    const churned = halves.train.outcome.reduce((sum, one) => sum + one, 0)
    expect(about.trainedOn).toMatchObject({ rows: 100, churned, fingerprint: unlike.fingerprint })
    expect(overlapOf(again, halves.test.features)).toMatchObject({ equal: 0 })
    expect(overlapOf(again, halves.train.features)).toMatchObject({ equal: 100, isOverlap: true })
  })

  it.each([3, 6, 20])('takes the %i rows of a small training, and more', (count) => {
    const few = Array.from({ length: count }, (_, row) => row)
    const small = takeDatasetRows(few)
    const own = trainLogistic(small)
    expect(createScorer(own, small).about.trainedOn!.rows).toBe(count)
    expect(createScorer(own, unlike).about.trainedOn!.rows).toBe(count)
  })

  it('gives up to 20 reasons, and no more', () => {
    const row = { contract: 'month', fee: 29, tenure: 3 }
    expect(scorer.scoreTable(table, { reasons: 20 }).columnNames).toHaveLength(22)
    for (const reasons of [21, -1, 1.5]) expect(() => scorer.scoreRow(row, { reasons })).toThrow('reasons')
    for (const maxUnseenShare of [-0.1, 1.1])
      expect(() => scorer.scoreRow(row, { maxUnseenShare })).toThrow('maxUnseenShare')
    // A row with fewer has none in the columns that are left.
    const few = scorer.scoreTable(table, { reasons: 20 }).row(1)
    expect([few['reason1'], few['reason20']]).toEqual([expect.any(String), null])
  })

  it('scores a matrix as its table, and says what is new in it without a score', () => {
    const scores = scorer.scoreMatrix(dataset.features, { reasons: 2 })
    expect(scores.rows()).toEqual(scorer.scoreTable(table, { reasons: 2 }).rows())
    const changed = table.with({ ...table.column('contract'), dictionary: ['decade', 'year'] } as never)
    const { unseen } = scorer.scoreTable(changed)
    expect(unseen.rowCount).toBe(1)
    expect(() => scorer.scoreTable(changed, { maxUnseenShare: 0.1 })).toThrow(/^scoreTable: expected column/)
    expect(() => scorer.scoreMatrix({} as never)).toThrow(/^scoreMatrix: /)
    expect(() => scorer.scoreTable({} as never)).toThrow(/^scoreTable: /)
  })

  it('leaves the reasons out where none are asked for', () => {
    expect(scorer.scoreTable(table, { reasons: 0 }).columnNames).toEqual(['probability', 'band'])
    expect(scorer.scoreRow({ contract: 'month', fee: 29, tenure: 3 }, { reasons: 0 }).reasons).toEqual([])
  })
})

describe('a model file', () => {
  it('gives the same scores, bands and reasons after it is read back', () => {
    const again = loadScorer(encodeScorer(scorer))
    expect(again.about).toEqual(scorer.about)
    expect(again.scoreTable(table, { id: 'id' }).rows()).toEqual(
      scorer.scoreTable(table, { id: 'id' }).rows(),
    )
  })

  it('without rules and bands gets the default bands', () => {
    const bare = loadScorer(encodeModel(model))
    expect(bare.about).toMatchObject({ rules: null, label: null, trainedOn: null })
    expect(bare.scoreTable(table).rows()).toEqual(scorer.scoreTable(table).rows())
  })

  it('with foreign facts beside the model is refused', () => {
    const parametersOf = (about: unknown): string[] => {
      try {
        loadScorer(encodeModel(model, about as never))
      } catch (error) {
        const { operation, problems } = error as HoldfastError
        expect([operation, problems[0]!.code]).toEqual(['loadScorer', 'model-invalid'])
        return problems.map(({ parameter }) => `${parameter}`)
      }
      return expect.unreachable()
    }
    expect(parametersOf({ ...scorer.about, bands: [{ name: '', from: 0 }] })).toEqual(['bands.0.name'])
    const trainedOn = { rows: 0, churned: -1, fingerprint: 'x' }
    expect(parametersOf({ ...scorer.about, trainedOn })).toEqual([
      'trainedOn.rows',
      'trainedOn.churned',
      'trainedOn.fingerprint',
    ])
    const label = { name: '', rule: null, gapDays: -1, horizonDays: 0 }
    expect(parametersOf({ ...scorer.about, label })).toEqual([
      'label.name',
      'label.gapDays',
      'label.horizonDays',
    ])
    const least = { name: 'x', rule: null, gapDays: 0, horizonDays: 1 }
    expect(loadScorer(encodeModel(model, { ...scorer.about, label: least })).about.label).toEqual(least)
    const seen = [{ kind: 'number', name: 'fee', missingShare: 1.5, range: null }]
    expect(parametersOf({ ...scorer.about, seen })).toEqual(['seen.0.missingShare'])
    expect(parametersOf('about')).toEqual(['about'])
  })
})

it('a model file with facts of its own is no scorer, and how to make one of it is said', () => {
  expect(() => loadScorer(encodeModel(model, { market: 'north' }))).toThrow(
    'Make a scorer of its model: createScorer((await loadModel(path)).model).',
  )
})
