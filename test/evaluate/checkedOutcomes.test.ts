import { expect, test } from 'vitest'
import * as z from 'zod'
import { HoldfastError } from '../../src/base/errors.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { thinnedPoints } from '../../src/evaluate/ranking/rankingCurves.js'
import { liftAt, lowestInTop } from '../../src/evaluate/ranking/topOfList.js'
import { checkParameter, rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'
import { roundedUp } from '../../src/evaluate/rows/rankedOutcomes.js'

function refusal(work: () => unknown): HoldfastError {
  try {
    work()
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
  throw new Error('expected a refusal')
}

test('all problems of parameters, options and rows are reported at once', () => {
  const options = { weight: [1, -1, 1], wieght: [1] }
  const error = refusal(() => liftAt([0.5, 80, Number.NaN], [1, 0], 25, options))
  expect(error.problems.map(({ code, parameter }) => `${code} ${parameter}`)).toEqual([
    'out-of-range share',
    'option-unknown wieght',
    'length-differs outcome',
    'value-missing probability',
    'out-of-range probability',
  ])
  expect(error.message).toContain('Did you mean 0.25?')
  expect(error.message).toContain('Did you mean weight?')
  expect(error.message).toContain('Divide percentages by 100')
})

test('the first broken row is named and the others are counted', () => {
  const [problem] = refusal(() => rocAuc([0.5, -1, 0.5, 2], [1, 0, 1, 0])).problems
  expect(problem).toMatchObject({ code: 'out-of-range', received: -1, place: { row: 2 }, count: 2 })
})

test('weights must be finite, not negative, and not all 0', () => {
  expect(refusal(() => rocAuc([0.1, 0.2], [1, 0], { weight: [1, -1] })).message).toContain(
    'row 2: expected weight',
  )
  expect(refusal(() => rocAuc([0.1, 0.2], [1, 0], { weight: [Infinity, 1] })).code).toBe('out-of-range')
  expect(refusal(() => rocAuc([0.1, 0.2], [1, 0], { weight: [0, 0] })).message).toContain('above 0 somewhere')
  expect(refusal(() => rocAuc([0.1, 0.2], [1, 0], { weight: 2 as never })).message).toContain(
    'expected weight to be a list of numbers',
  )
})

test('weights whose products overflow or vanish are refused, and the smallest and largest others count', () => {
  const weighted = (weight: number[]): number => rocAuc([0.1, 0.2, 0.3], [0, 1, 0], { weight })
  expect(refusal(() => weighted([1e200, 1, 1])).message).toContain('row 1: expected weight to be 0, or')
  expect(refusal(() => weighted([1, 1, 1e-200])).message).toContain('row 3: expected weight to be 0, or')
  expect(weighted([1e100, 1e100, 1e100])).toBeCloseTo(0.5, 12)
  expect(weighted([1e-100, 1e-100, 1e-100])).toBeCloseTo(0.5, 12)
})

test('a class whose rows all have weight 0 is absent', () => {
  expect(refusal(() => rocAuc([0.1, 0.2], [1, 0], { weight: [1, 0] })).code).toBe('one-class')
})

test('outcomes other than 0 and 1 are refused', () => {
  const error = refusal(() => rocAuc([0.1, 0.2], [1, -1]))
  expect(error.message).toContain('expected outcome to be 1 (churned) or 0 (stayed), got -1')
})

test('what is no list at all is refused by its type', () => {
  expect(refusal(() => rocAuc(undefined as never, [1, 0])).code).toBe('value-type')
})

test('what may be a percentage is called one, 100 too; what lies above is not', () => {
  const hintOf = (value: number) => refusal(() => rocAuc([0.5, value], [1, 0])).problems[0]!.wayOut
  for (const value of [1.5, 100]) expect(hintOf(value)).toContain('Divide percentages by 100')
  for (const value of [-1, 101]) expect(hintOf(value)).not.toContain('percentages')
})

test('all churned is refused as all stayed is', () => {
  for (const outcome of [
    [1, 1],
    [0, 0],
  ])
    expect(refusal(() => rocAuc([0.5, 0.4], outcome)).code).toBe('one-class')
})

test('a percentage is asked back as a share; 1, 100.1 and a text are none', () => {
  const wayOutOf = (received: unknown) => checkParameter('share', z.number().gt(0).lt(1), received)[0]?.wayOut
  expect(wayOutOf(25)).toBe('Did you mean 0.25?')
  expect(wayOutOf(100)).toBe('Did you mean 1?')
  for (const received of [1, 100.1, 0, '25']) expect(wayOutOf(received), String(received)).toBeUndefined()
  expect(checkParameter('share', z.number(), 0.5)).toEqual([])
})

test('of the points of a curve the last before each step is kept, and both ends', () => {
  // Halves: .3 and .45 lie in the first, .6 in the second, 1 ends it.
  expect(thinnedPoints(Float64Array.of(0, 0.3, 0.45, 0.6, 1), 2)).toEqual(Int32Array.of(0, 2, 3, 4))
  expect(thinnedPoints(Float64Array.of(0, 0.1, 0.2, 1), 1)).toEqual(Int32Array.of(0, 2, 3))
})

test('a percentage is recognised above 1 and up to 100', () => {
  const says = (work: () => unknown): string => refusal(work).message
  expect(says(() => liftAt([0.5, 0.1], [1, 0], 1.5))).toContain('Did you mean 0.015?')
  expect(says(() => liftAt([0.5, 0.1], [1, 0], 100))).toContain('Did you mean 1?')
  expect(says(() => liftAt([0.5, 0.1], [1, 0], 101))).not.toContain('Did you mean')
  expect(says(() => liftAt([0.5, 0.1], [1, 0], -1))).not.toContain('Did you mean')
  expect(says(() => rocAuc([0.5, 1.5], [1, 0]))).toContain('Divide percentages by 100')
  expect(says(() => rocAuc([0.5, 100], [1, 0]))).toContain('Divide percentages by 100')
  expect(says(() => rocAuc([0.5, 101], [1, 0]))).not.toContain('percentages')
  expect(says(() => rocAuc([0.5, -1], [1, 0]))).not.toContain('percentages')
})

test('missing and broken values are told apart, each with its first row and its count', () => {
  const { problems } = refusal(() => rocAuc([0.5, undefined, 7, null, 8, 9] as number[], [1, 0, 1, 0, 1, 0]))
  expect(problems).toMatchObject([
    { code: 'value-missing', received: undefined, place: { row: 2 }, count: 2 },
    { code: 'out-of-range', received: 7, place: { row: 3 }, count: 3 },
  ])
})

test('one outcome is named with how often it is there, without rows of weight 0', () => {
  const weight = [1, 0, 1]
  expect(refusal(() => rocAuc([0.5, 0.5, 0.5], [1, 0, 1], { weight })).message).toContain('got "2 times 1"')
  expect(refusal(() => rocAuc([0.5, 0.5, 0.5], [0, 1, 0], { weight })).message).toContain('got "2 times 0"')
  expect(refusal(() => rocAuc([0.5, 0.5], [1, 1])).message).toContain('got "2 times 1"')
})

test('part of a customer is a customer more, but for rounding of floating point', () => {
  const whole = { wholeWeights: true }
  expect([0.07 * 100, 99.999_999_95, 100.000_000_05].map((count) => roundedUp(count, whole))).toEqual([
    7, 100, 100,
  ])
  expect([99.5, 100.000_000_5, 7.4].map((count) => roundedUp(count, whole))).toEqual([100, 101, 8])
  expect(roundedUp(7.4, { wholeWeights: false })).toBe(7.4)
})

test('the lowest of a top that fractional weights fill but for their last digits is in it', () => {
  // .1 eight times is .7999999999999999 in floating point.
  const probability = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
  const outcome = probability.map((_, row) => row % 2)
  const ranked = rankOutcomes(probability, outcome, { weight: probability.map(() => 0.1) })
  expect([0.8, 0.81, 0.05, 5].map((count) => lowestInTop(ranked, count))).toEqual([0.2, 0.1, 0.9, 0.1])
})

test('of a curve the points are kept that reach a further step', () => {
  const position = Float64Array.of(0, 0.1, 0.2, 0.35, 0.5, 0.9, 1)
  expect(thinnedPoints(position, 4)).toEqual(Int32Array.of(0, 2, 3, 4, 5, 6))
  expect(thinnedPoints(position, 2)).toEqual(Int32Array.of(0, 3, 5, 6))
})
