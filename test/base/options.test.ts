import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { HoldfastError } from '../../src/base/errors.js'
import { checkOptions, optionRule } from '../../src/base/options.js'

const schema = z.strictObject({
  share: z.number().gt(0).lte(1).default(0.1),
  trees: z.int().min(1).default(100),
  kind: z.enum(['low', 'high']).default('low'),
  bands: z.array(z.strictObject({ from: z.number().min(0), name: z.string().min(1) })).optional(),
})

function refusal(options: unknown): HoldfastError {
  try {
    checkOptions('f', schema, options)
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
  throw new Error('not refused')
}

describe('checkOptions', () => {
  it('fills in defaults', () => {
    expect(checkOptions('f', schema, undefined)).toEqual({ share: 0.1, trees: 100, kind: 'low' })
    expect(checkOptions('f', schema, { trees: 5 })).toEqual({ share: 0.1, trees: 5, kind: 'low' })
  })

  it('gives a frozen copy and leaves the argument as it was', () => {
    const given = Object.freeze({ trees: 5 })
    const checked = checkOptions('f', schema, given)
    expect(checked).not.toBe(given)
    expect(Object.isFrozen(checked)).toBe(true)
  })

  it('names every broken rule at once', () => {
    expect(refusal({ share: 25, trees: 1.5, kind: 'middle', tres: 3 }).message).toMatchInlineSnapshot(`
      "f: 4 problems
        1. expected share to be a number above 0 and at most 1, got 25 (number). Did you mean 0.25?
        2. expected trees to be an integer of at least 1, got 1.5 (number).
        3. expected kind to be one of "low", "high", got "middle" (string).
        4. expected tres to be one of share, trees, kind, bands. Did you mean trees?"
    `)
  })

  it('names the place of a nested rule', () => {
    const { problems } = refusal({ bands: [{ from: 1, name: 'x' }, { from: -1, name: '' }, { form: 1 }] })
    expect(problems.map((problem) => problem.parameter)).toEqual([
      'bands.1.from',
      'bands.1.name',
      'bands.2.from',
      'bands.2.name',
      'bands.2.form',
    ])
  })

  it('options that are no object are refused', () => {
    expect(refusal(5).problems[0]).toMatchObject({
      code: 'option-invalid',
      parameter: 'options',
      received: 5,
    })
    expect(refusal('x').code).toBe('option-invalid')
  })

  it('a percentage given for a share is recognised', () => {
    expect(refusal({ share: 25 }).problems[0]!.wayOut).toBe('Did you mean 0.25?')
    expect(refusal({ share: -1 }).problems[0]!.wayOut).toBeUndefined()
  })
})

describe('optionRule', () => {
  it.each([
    [z.int().min(1), 'to be an integer of at least 1'],
    [z.number().gt(0).lte(1), 'to be a number above 0 and at most 1'],
    [z.number().gte(0).lt(1), 'to be a number of at least 0 and below 1'],
    [z.enum(['a', 'b']), 'to be one of "a", "b"'],
    [z.boolean(), 'to be true or false'],
    [z.string().min(1), 'to be a text that is not empty'],
    [z.array(z.number()), 'to be a list'],
    [z.union([z.int(), z.literal('all')]), 'to be an integer or "all"'],
    [z.number().nullable(), 'to be a number or null'],
    [z.number().default(3), 'to be a number'],
    [z.string().describe('a month written YYYY-MM'), 'to be a month written YYYY-MM'],
  ])('the rule of a schema is put in words', (of, words) => {
    expect(optionRule(of)).toBe(words)
  })
})

it('an unknown name of a record with known names, alone or beside another kind, is told which there are', () => {
  const days = z.partialRecord(z.enum(['usage', 'bills']), z.number())
  for (const rule of [days, z.union([z.number(), days])]) {
    const schema = z.strictObject({ until: rule.optional() })
    expect(() => checkOptions('open', schema, { until: { usge: 1 } })).toThrow(
      'expected until.usge to be one of usage, bills. Did you mean usage?',
    )
  }
})

it('a list where one is meant says so', () => {
  const one = z.strictObject({ kind: z.string() })
  const schema = z.strictObject({ rules: z.array(z.number()).optional(), population: one.optional() })
  expect(() => checkOptions('plan', schema, { rules: [[1, 2], 3] })).toThrow('spread it with three dots')
  expect(() => checkOptions('plan', schema, { rules: [[1]] })).toThrow('Give it without the list around it.')
  expect(() => checkOptions('plan', schema, { population: [{}] })).toThrow('Give one, not a list.')
})
