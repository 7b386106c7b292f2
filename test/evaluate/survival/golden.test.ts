import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { concordance, unoConcordance } from '../../../src/evaluate/survival/concordance.js'
import { timeDependentAuc } from '../../../src/evaluate/survival/timeDependentAuc.js'

interface GoldenCase {
  readonly name: string
  readonly risk: number[]
  readonly duration: number[]
  readonly churned: number[]
  readonly reference: { readonly duration: number[]; readonly churned: number[] } | null
  readonly days: number[]
  readonly untilDay: number
  readonly expected: {
    readonly concordance: number
    readonly uno: number | null
    readonly unoUntil: number
    readonly auc: number[]
    readonly mean: number
  }
}

// Made by test/golden/evaluate/survival.py.
const golden = JSON.parse(
  readFileSync(new URL('../../golden/evaluate/survival.json', import.meta.url), 'utf8'),
) as { readonly cases: GoldenCase[] }

function expectNear(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} and ${expected}`).toBeLessThan(1e-12)
}

describe.each(golden.cases)('scikit-survival agrees to 1e-12: $name', (golden) => {
  const { risk, duration, churned, expected } = golden
  const options = golden.reference === null ? {} : { reference: golden.reference }

  test('concordance, lifelines too', () => {
    expectNear(concordance(risk, duration, churned), expected.concordance)
  })

  test('unoConcordance', () => {
    const { untilDay } = golden
    expectNear(unoConcordance(risk, duration, churned, { ...options, untilDay }), expected.unoUntil)
    if (expected.uno !== null) expectNear(unoConcordance(risk, duration, churned), expected.uno)
  })

  test('timeDependentAuc', () => {
    const { auc, mean } = timeDependentAuc(risk, duration, churned, golden.days, options)
    expect(auc).toHaveLength(expected.auc.length)
    auc.forEach((value, index) => {
      expectNear(value, expected.auc[index]!)
    })
    expectNear(mean, expected.mean)
  })
})

test('the cases hold ties, a reference, and everybody followed to one day', () => {
  expect(golden.cases.map(({ name }) => name)).toEqual([
    'days that nobody shares',
    'whole days, shared by churn and censoring',
    'risks in bands, many tied',
    'most are censored early',
    'censoring of a reference',
    'all followed to one day, some churn on it',
    'nobody is censored',
  ])
})
