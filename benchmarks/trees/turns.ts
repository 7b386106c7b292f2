import { startProcess } from './contenders.js'
import type { Programs } from './packages.js'

/** Values of each contender, one a round, and how quiet the machine was. */
export interface Turns {
  readonly values: readonly (readonly number[])[]
  readonly spins: readonly number[]
}

/** Returns the seconds of a fixed piece of work on the cores that are measured. */
export type Spin = () => Promise<number>

/**
 * Runs the contenders in turns: one round is all of them once, a machine that becomes slower meanwhile is slow for all.
 * Before the first round and after each there is a spin.
 */
export async function inTurns<Contender>(
  contenders: readonly Contender[],
  rounds: number,
  measure: (contender: Contender, round: number) => Promise<number>,
  spin: Spin,
): Promise<Turns> {
  const values = contenders.map((): number[] => [])
  const spins = [await spin()]
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries())
      values[index]!.push(await measure(contender, round))
    spins.push(await spin())
  }
  return { values, spins }
}

/** Gives the work a spin on pinned cores, compiled before its first time counts. */
export async function withSpin<Result>(
  threads: number,
  programs: Programs,
  work: (spin: Spin) => Promise<Result>,
): Promise<Result> {
  const spinner = await startProcess('node', threads, programs)
  const spin: Spin = async () => (await spinner.ask({ command: 'spin' })).seconds
  try {
    for (let warm = 0; warm < 3; warm++) await spin()
    return await work(spin)
  } finally {
    await spinner.close()
  }
}
