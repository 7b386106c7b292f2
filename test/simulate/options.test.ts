import { expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { simulateTables } from '../../src/entries/simulate.js'
import { checkSimulateOptions } from '../../src/simulate/options.js'

const problemsOf = (options: unknown) => {
  try {
    simulateTables(options as object)
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  throw new Error('was not refused')
}

it('options left out have the documented defaults', () => {
  expect(checkSimulateOptions('test', undefined)).toEqual({
    customers: 20_000,
    months: 18,
    firstMonth: '2024-01',
    seed: 1,
    customersPerBlock: 1000,
  })
})

it('all broken options are refused at once, each with its rule', () => {
  const problems = problemsOf({ customers: 0, months: 1.5, firstMonth: '2024-13', seed: 0.5 })
  expect(problems.map(({ parameter, rule }) => `${parameter} ${rule}`)).toEqual([
    'customers to be an integer of at least 1 and at most 5000000',
    'months to be an integer of at least 2 and at most 60',
    'firstMonth to be a month written YYYY-MM, from 1980-01 on',
    'seed to be an integer of at least -2147483648 and at most 4294967295',
  ])
})

it('an unknown option is refused with the nearest known one', () => {
  expect(problemsOf({ customer: 10 })[0]).toMatchObject({
    code: 'option-unknown',
    wayOut: 'Did you mean customers?',
  })
})
