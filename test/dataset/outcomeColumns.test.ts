import { expect, test } from 'vitest'
import type { HoldfastError } from '../../src/base/errors.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { tenure } from '../../src/feature/builders/customerBuilders.js'
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

test('a cutoff that no history reaches is refused where it is given, not as the number of a spreadsheet', () => {
  const plan = (cutoff: string) => churnPlan({ label: cancelled(), features: [tenure()], cutoffs: [cutoff] })
  expect(() => plan('2099-01-01')).toThrow(
    'churnPlan: expected cutoffs to be before 2070-01-02: no history reaches that far, got "2099-01-01" (string).',
  )
  expect(plan('2070-01-01').cutoffs).toEqual([36_525])
})

test('what a plan lacks, or has as a list, is said with the way out', () => {
  const whole = { label: cancelled(), features: [tenure()], cutoffs: ['2025-01-01'] }
  const refusal = (wrong: object) => () => churnPlan({ ...whole, ...wrong } as never)
  expect(refusal({ label: undefined })).toThrow('expected label to be what a label such as cancelled()')
  expect(refusal({ features: [[tenure()], tenure()] })).toThrow('Give it without the list around it.')
  expect(refusal({ population: [{ exclusions: [] }] })).toThrow('expected population to be { exclusions }')
})
