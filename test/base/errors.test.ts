import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { closestWord, HoldfastError, type Problem, problemSentence, refuse } from '../../src/base/errors.js'

const problem = (facts: Partial<Problem>): Problem => ({
  code: 'option-invalid',
  parameter: 'share',
  rule: 'to be above 0',
  ...facts,
})

describe('the sentence of a problem', () => {
  it('is made from its facts', () => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const received = [
      25,
      'x'.repeat(100),
      true,
      10n,
      null,
      undefined,
      new Date(0),
      new Date(Number.NaN),
      [1, 2],
      Float64Array.of(1, 2),
      { a: 1 },
      cyclic,
      () => 1,
      Symbol('s'),
    ].map((value) => problemSentence(problem({ received: value })))
    const facts = [
      problem({}),
      problem({ received: 25, wayOut: 'Did you mean 0.25?' }),
      problem({
        place: { file: 'a.csv', table: 'bills', row: 3, column: 'amount' },
        received: 'x',
        count: 7,
      }),
      problem({ place: { row: 3 }, count: 1 }),
      problem({ place: {} }),
    ].map(problemSentence)
    expect([...facts, ...received].join('\n')).toMatchSnapshot()
  })
})

describe('HoldfastError', () => {
  it('one problem is one sentence, and gives its code', () => {
    const error = new HoldfastError('liftAt', [problem({ code: 'out-of-range', received: 25 })])
    expect(error.message).toBe('liftAt: expected share to be above 0, got 25 (number).')
    expect(error.code).toBe('out-of-range')
    expect(error.name).toBe('HoldfastError')
    expect(error.operation).toBe('liftAt')
    expect(error).toBeInstanceOf(Error)
  })

  it('several problems are numbered, and after twenty counted', () => {
    const many = Array.from({ length: 22 }, (_, index) => problem({ received: index }))
    const lines = new HoldfastError('read', [many[0]!, ...many.slice(1)]).message.split('\n')
    expect(lines[0]).toBe('read: 22 problems')
    expect(lines[1]).toBe('  1. expected share to be above 0, got 0 (number).')
    expect(lines).toHaveLength(22)
    expect(lines.at(-1)).toBe('  … and 2 more, see error.problems')
  })

  it('keeps its cause', () => {
    const cause = new Error('disk')
    expect(new HoldfastError('read', [problem({})], { cause }).cause).toBe(cause)
  })
})

describe('refuse', () => {
  it('throws all problems together, or nothing where there are none', () => {
    expect(() => refuse('f', [])).not.toThrow()
    expect(() => refuse('f', [problem({}), problem({ code: 'value-type' })])).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        problems: [problem({}), problem({ code: 'value-type' })],
      }),
    )
  })
})

describe('closestWord', () => {
  const words = ['customerId', 'activatedAt', 'cancelledAt', 'amount']

  it('case, blanks and underscores do not count', () => {
    expect(closestWord('customer_id', words)).toBe('customerId')
    expect(closestWord('Cancelled At', words)).toBe('cancelledAt')
  })

  it('a third of the letters may differ, not more', () => {
    expect(closestWord('amout', words)).toBe('amount')
    expect(closestWord('canceledAt', words)).toBe('cancelledAt')
    expect(closestWord('price', words)).toBeUndefined()
    expect(closestWord('x', [])).toBeUndefined()
  })

  it('a name that is longer or shorter at one end is close where no other is', () => {
    expect(closestWord('horizon', ['gapDays', 'horizonDays'])).toBe('horizonDays')
    expect(closestWord('auc', ['logLoss', 'rocAuc'])).toBe('rocAuc')
    expect(closestWord('amountOfTheBill', words)).toBe('amount')
    expect(closestWord('churn', ['id~fee~calls~plan~churn'])).toBeUndefined()
    expect(closestWord('id', ['idOfAll'])).toBeUndefined()
    expect(closestWord('horizon', ['horizonDays'], 1)).toBeUndefined()
  })

  it('two letters swapped are one difference', () => {
    expect(closestWord('chrun', ['churn'])).toBe('churn')
    expect(closestWord('di', ['id'])).toBe('id')
  })

  it('the nearest wins, the first of equals', () => {
    expect(closestWord('activatdAt', words)).toBe('activatedAt')
    expect(closestWord('ab', ['aa', 'bb'])).toBe('aa')
  })
})

describe('problems of many rows', () => {
  it('that break one rule are one sentence, which names the first rows', () => {
    const rows = Array.from({ length: 30 }, (_, row) => problem({ received: row, place: { row: row + 1 } }))
    const error = new HoldfastError('read', [rows[0]!, ...rows.slice(1)])
    expect(error.message).toBe(
      'read: row 1: expected share to be above 0, got 0 (number). Likewise rows 2, 3, 4, 5, 6 and 24 more.',
    )
    expect(error.problems).toHaveLength(30)
    const two = new HoldfastError('read', [rows[0]!, rows[1]!, problem({ parameter: 'level' })])
    expect(two.message).toBe(
      'read: 3 problems\n  1. row 1: expected share to be above 0, got 0 (number). Likewise row 2.\n  2. expected level to be above 0.',
    )
  })

  it('of other columns, or without a row, stay apart', () => {
    const other = problem({ place: { row: 2, column: 'fee' } })
    const [first, ...rest] = [problem({ place: { row: 1 } }), other, problem({}), problem({})]
    expect(new HoldfastError('read', [first!, ...rest]).message.split('\n')).toHaveLength(5)
  })
})

it('an error that nobody caught shows its facts, not the tables that it was given', () => {
  const received = Array.from({ length: 10_000 }, (_, row) => ({ row }))
  const error = new HoldfastError('evaluate', [problem({ received, wayOut: 'Give one.' })])
  // As Node prints it.
  const text = inspect(error, { customInspect: false })
  expect(text).toContain('Give one.')
  expect(text.length).toBeLessThan(4000)
  expect(JSON.parse(JSON.stringify(error)).problems[0].received).toHaveLength(10_000)
  expect(error.message).toContain('got [object Object],')
  expect(error.problems[0].received).toBe(received)
})
