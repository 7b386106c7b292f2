import { quantile } from 'simple-statistics'

/** Something to be timed, and the answer it has to give. */
export interface Contender<Answer> {
  readonly name: string
  readonly work: () => Answer | Promise<Answer>
}

/** Times of one contender. */
export interface Timing {
  readonly name: string
  /** Median of the rounds, ms. */
  readonly median: number
  /** Each round in the order of running, ms. */
  readonly rounds: readonly number[]
}

/**
 * Returns the median time of each contender, measured in turns: one round runs all of them once, so that a machine
 * that becomes slower meanwhile is slow for all.
 *
 * Every answer is given to `verify` before anything is timed, which throws where it is wrong: a fast wrong answer is
 * no result. Those first runs also warm the compiler.
 *
 * @param rounds an odd number, so that the median is a measured time
 */
export async function timeInTurns<Answer>(
  contenders: readonly Contender<Answer>[],
  verify: (answer: Answer, name: string) => void,
  rounds: number,
): Promise<Timing[]> {
  for (const { name, work } of contenders) verify(await work(), name)
  const times = contenders.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, { work }] of contenders.entries()) {
      const start = performance.now()
      await work()
      times[index]!.push(performance.now() - start)
    }
  }
  return contenders.map(({ name }, index) => ({
    name,
    median: quantile(times[index]!, 0.5),
    rounds: times[index]!,
  }))
}
