import { expect, test } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { evaluateProbabilities } from '../../src/evaluate/evaluate.js'
import { bootstrapInterval } from '../../src/evaluate/interval/bootstrapInterval.js'
import { compareModels } from '../../src/evaluate/interval/compareModels.js'
import { delongInterval } from '../../src/evaluate/interval/delongInterval.js'
import { intervalByWeights } from '../../src/evaluate/interval/intervalByWeights.js'
import { realisedProfit } from '../../src/evaluate/profit/realisedProfit.js'
import { segmentTable } from '../../src/evaluate/segment/segmentTable.js'

const probability = [0.9, 0.8, 0.4, 0.3, 0.2, 0.1]
const outcome = [1, 0, 1, 0, 1, 0]
const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 }

/** Every function of evaluation that asks whose each row is. */
const functions: Record<string, (groups: ArrayLike<string | number>) => unknown> = {
  realisedProfit: (groups) => realisedProfit(probability, outcome, offer, 'paying', { groups }),
  intervalByWeights: (groups) => intervalByWeights(6, (weight) => weight[0]!, { groups }),
  bootstrapInterval: (groups) => bootstrapInterval(probability, outcome, 'rocAuc', { groups }),
  delongInterval: (groups) => delongInterval(probability, outcome, { groups }),
  compareModels: (groups) => compareModels(probability, probability, outcome, { groups }),
  evaluateProbabilities: (groups) => evaluateProbabilities(probability, outcome, { groups }),
  segmentTable: (groups) =>
    segmentTable(probability, outcome, { plan: ['a', 'a', 'b', 'b', 'a', 'b'] }, { groups }),
}

// A customer that is not known is not one customer with the others that are not.
const wrong: [string, unknown[], string][] = [
  ['NaN', [1, 1, 2, Number.NaN, Number.NaN, 3], 'NaN (number)'],
  ['null', ['a', 'a', 'b', null, null, 'c'], 'null'],
  ['undefined', ['a', 'a', 'b', undefined, 'b', 'c'], 'undefined'],
  ['infinity', [1, 1, 2, Number.POSITIVE_INFINITY, 2, 3], 'Infinity (number)'],
  ['a blank text', ['a', 'a', 'b', ' ', ' ', 'c'], '" " (string)'],
  ['an object', ['a', 'a', 'b', {}, 'b', 'c'], '{} (object)'],
]

test.each(Object.entries(functions))('%s refuses rows whose customer is not named', (name, call) => {
  for (const [what, groups, received] of wrong) {
    const message = refusalOf(() => call(groups as string[]))
    expect(message, what).toContain(`${name}: `)
    expect(message, what).toContain('row 4: expected groups to name the customer of each row')
    expect(message, what).toContain(received)
  }
  expect(refusalOf(() => call(['a', 'b']))).toContain('expected groups to have 6 values, got 2 (number)')
  expect(refusalOf(() => call(Array(6).fill('a')))).toContain(
    'expected groups to name at least two customers: with one there is nothing to draw from, got 1 (number)',
  )
  expect(refusalOf(() => call('aabbcc'))).toContain('expected groups to be a list of texts or numbers')
})

function refusalOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof HoldfastError) return error.message
    throw error
  }
  return 'not refused'
}
