import { expect, test } from 'vitest'
import type { HoldfastError } from '../../src/base/errors.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { reasonIn, voluntary } from '../../src/label/cancelCause.js'
import { cancelled } from '../../src/label/cancelled.js'
import { falseChurn } from '../../src/population/falseChurnRule.js'
import { activeCustomers, attributeIn } from '../../src/population/rule.js'

const cause = voluntary(reasonIn('cancelReason', ['non-payment']))
const attribute = (column: string): FeatureRule => ({ kind: 'attribute', column, type: 'text' })
const options = {
  label: cancelled({ cause }),
  features: [{ kind: 'tenure' as const }, attribute('region'), attribute('cancelReason')],
  cutoffs: ['2025-01-01'],
  population: activeCustomers({ exclusions: [attributeIn('cancelReason', ['moved'])] }),
}

function problemsOf(plan: Parameters<typeof churnPlan>[0]): unknown[] {
  try {
    churnPlan(plan)
    return []
  } catch (error) {
    return (error as HoldfastError).problems.map(({ code, parameter }) => [code, parameter])
  }
}

test('the column with the reason of the cancellation is no feature and no exclusion', () => {
  expect(problemsOf(options)).toEqual([
    ['data-leak', 'feature customer_cancelReason'],
    ['data-leak', 'exclusion "cancelReason is moved"'],
  ])
})

test('a column that no label reads is a feature like any other', () => {
  expect(problemsOf({ ...options, label: cancelled() })).toEqual([])
})

test('the column that tells arrears from other cancellations is no feature', () => {
  const arrears = falseChurn({ device: null, arrears: [{ by: 'attribute', column: 'region', in: ['x'] }] })
  const plan = { ...options, label: cancelled(), falseChurn: arrears }
  expect(problemsOf(plan)).toEqual([['data-leak', 'feature customer_region']])
})
