import { expect, test } from 'vitest'
import { timeInTurns } from '../../benchmarks/timing.js'

test('contenders take turns, after every answer was verified', async () => {
  const calls: string[] = []
  const contender = (name: string) => ({ name, work: () => calls.push(name) })
  const timings = await timeInTurns(
    [contender('a'), contender('b')],
    (_, name) => calls.push(`verify ${name}`),
    3,
  )
  expect(calls.join(' ')).toBe('a verify a b verify b a b a b a b')
  expect(timings.map(({ name, rounds }) => [name, rounds.length])).toEqual([
    ['a', 3],
    ['b', 3],
  ])
  for (const { median, rounds } of timings) expect([...rounds].sort((x, y) => x - y)[1]).toBe(median)
})

test('a wrong answer is not timed', async () => {
  const verify = (answer: number): void => {
    if (answer !== 4) throw new Error('wrong')
  }
  await expect(timeInTurns([{ name: 'fast', work: () => 5 }], verify, 3)).rejects.toThrow('wrong')
})
