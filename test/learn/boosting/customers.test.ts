import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { type FeatureMatrix, numberColumn, takeRows } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { logit, sigmoid } from '../../../src/base/statistics.js'
import { baseMarginOf } from '../../../src/learn/boosting/heldOut.js'
import { trainBoosting, trainBoostingAsync } from '../../../src/learn/boosting/train.js'
import { trainBoostingFromChunks } from '../../../src/learn/boosting/trainFromChunks.js'

const customers = 150
const copies = 6

/** Customers whose features stay, and whose rows all have a risk that no feature knows. */
function rowsOfCustomers(seed: number) {
  const random = seededRandom(seed)
  const features: FeatureMatrix = {
    rowCount: customers,
    columns: ['a', 'b', 'c'].map((name) =>
      numberColumn(
        name,
        Array.from({ length: customers }, () => random.normal()),
      ),
    ),
  }
  const risk = Array.from({ length: customers }, () => sigmoid(2 * random.normal()))
  const customerOf = Array.from({ length: customers * copies }, (_, row) => row % customers)
  return {
    features: takeRows(features, customerOf),
    outcome: Uint8Array.from(customerOf, (customer) => Number(random.uniform() < risk[customer]!)),
    ids: customerOf.map((customer) => `C${customer}`),
  }
}

const options = { rounds: 60, maxDepth: 4, repeats: 1, threads: 1 } as const

/** The same rows with a little noise on the features: nobody sees that they are one customer's. */
function disguised<Data extends { readonly features: FeatureMatrix }>(data: Data): Data {
  const random = seededRandom(9)
  const columns = data.features.columns.map((column) =>
    column.kind === 'text'
      ? column
      : { ...column, values: column.values.map((v) => v + 1e-9 * random.normal()) },
  )
  return { ...data, features: { ...data.features, columns } }
}

describe('inner folds', () => {
  it('find the trees that customers are worth, not those that know a customer again', () => {
    const data = disguised(rowsOfCustomers(1))
    const { features, outcome } = data
    const byRow = trainBoosting({ features, outcome }, options)
    const byCustomer = trainBoosting(data, options)
    // Features say nothing of new customers: the fewer trees the better.
    expect(byCustomer.ensemble.roots.length).toBeLessThan(byRow.ensemble.roots.length / 2)
    expect([byRow.notes, byCustomer.notes]).toEqual([[], []])
  })

  it('without ids take identical rows for one customer, and the model says so', () => {
    const { ids, ...data } = rowsOfCustomers(2)
    const guessed = trainBoosting(data, options)
    expect(guessed.state()).toEqual(trainBoosting({ ...data, ids }, options).state())
    expect(guessed.notes[0]).toContain(`${customers * copies} of ${customers * copies} rows`)
  })

  it('ids that all differ change nothing', () => {
    const { features, outcome } = disguised(rowsOfCustomers(3))
    const numbered = { features, outcome, ids: Array.from(outcome.keys()) }
    expect(trainBoosting(numbered, options).state()).toEqual(
      trainBoosting({ features, outcome }, options).state(),
    )
  })

  it('of rows that come in chunks are the same', async () => {
    const data = disguised(rowsOfCustomers(4))
    const chunk = (from: number, to: number) => {
      const rows = Array.from({ length: to - from }, (_, place) => from + place)
      return {
        features: takeRows(data.features, rows),
        outcome: data.outcome.slice(from, to),
        ids: data.ids.slice(from, to),
      }
    }
    const chunks = [chunk(0, 100), chunk(100, 101), chunk(101, data.ids.length)]
    const model = await trainBoostingFromChunks(chunks, options)
    expect(model.state()).toEqual(trainBoosting(data, options).state())
  })

  it('start from the weighted churn rate of the rows that train', () => {
    // Of the rows with role 0, weights 1 stayed and 3 churned; the last is held out.
    const outcome = Uint8Array.of(0, 1, 1)
    expect(baseMarginOf(outcome, Float64Array.of(1, 3, 5), Uint8Array.of(0, 0, 1))).toBe(logit(0.75))
    expect(baseMarginOf(outcome, null, Uint8Array.of(0, 0, 1))).toBe(logit(0.5))
  })

  it('start there when they look for the number of trees: noise is worth the fewest that are tried', () => {
    // One of ten churned and weighs 81: nine churn for each that stays. From one of ten it would be a long way there.
    const random = seededRandom(1)
    const outcome = Uint8Array.from({ length: 300 }, (_, row) => Number(row % 10 === 0))
    const noise = Array.from(outcome, () => random.uniform())
    const data = {
      features: { rowCount: 300, columns: [numberColumn('noise', noise)] },
      outcome,
      weight: Float64Array.from(outcome, (one) => (one === 1 ? 81 : 1)),
    }
    const { ensemble } = trainBoosting(data, { rounds: 30, maxDepth: 1, repeats: 1, threads: 1 })
    expect(ensemble.roots.length).toBe(5)
  })
})

describe('ids', () => {
  it('that name nobody, or another number of rows, are refused', () => {
    const data = rowsOfCustomers(5)
    const codesOf = (ids: unknown): unknown => {
      try {
        return trainBoosting({ ...data, ids: ids as string[] }, options)
      } catch (error) {
        return error instanceof HoldfastError ? [error.operation, error.code] : error
      }
    }
    expect(codesOf(['A'])).toEqual(['trainBoosting', 'length-differs'])
    expect(codesOf(data.ids.map((id, row) => (row === 3 ? null : id)))).toEqual([
      'trainBoosting',
      'value-missing',
    ])
  })
})

describe('the control of a training', () => {
  const data = rowsOfCustomers(6)
  const given = { validation: data }
  const metric = { better: 'higher', value: () => 1 }
  const named = "Name the direction: { better: 'higher', value: rocAuc }."
  const wrong: [string, object, string][] = [
    ['a direction left out', { ...given, metric: { value: metric.value } }, named],
    [
      'a misspelled direction',
      { ...given, metric: { ...metric, better: 'Higher' } },
      'Did you mean "higher"?',
    ],
    ['another word', { ...given, metric: { ...metric, better: 'max' } }, named],
    ['a bare function', { ...given, metric: metric.value }, 'metric to be { better, value }'],
    ['null', { ...given, metric: null }, 'metric to be { better, value }'],
    ['no function', { ...given, metric: { ...metric, value: 3 } }, 'metric.value to be a function, got 3'],
    ['a further member', { ...given, metric: { ...metric, Better: 'lower' } }, 'to be one of better, value'],
    ['a metric without rows', { metric }, 'metric to come with validation'],
    ['a misspelled name', { validaton: data }, 'Did you mean validation?'],
    ['an unknown action', { onAbort: 'Keep' }, 'Did you mean "keep"?'],
  ]
  it.each(wrong)('%s is refused, in the name of each function', async (_, control, words) => {
    expect(() => trainBoosting(data, options, control)).toThrow(words)
    await expect(trainBoostingAsync(data, options, control)).rejects.toThrow(words)
    await expect(trainBoostingFromChunks([data], options, control)).rejects.toThrow(words)
  })

  it('a figure that is none is refused in the name of the function that was called', async () => {
    const control = { ...given, metric: { better: 'lower' as const, value: () => Number.NaN } }
    for (const [operation, run] of [
      ['trainBoostingAsync', () => trainBoostingAsync(data, options, control)],
      ['trainBoostingFromChunks', () => trainBoostingFromChunks([data], options, control)],
    ] as const) {
      await expect(run()).rejects.toMatchObject({ operation, code: 'value-not-finite' })
    }
  })
})

describe('a metric that gives no number', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%d is refused with its name, not a model without trees',
    (bad) => {
      const data = rowsOfCustomers(6)
      const metric = {
        better: 'lower' as const,
        value: function share() {
          return bad
        },
      }
      expect(() => trainBoosting(data, options, { validation: data, metric })).toThrow(
        /metric share.*finite/s,
      )
    },
  )
})
