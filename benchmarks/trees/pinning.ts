import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { ProcessStart } from './lineProcess.js'

/** True where processes can be bound to cores. */
export const pinned = hasTaskset()

/**
 * Returns the start of a process that runs on as many cores as it has threads, the last ones of the machine.
 *
 * Peers do not spin while they wait (`OMP_WAIT_POLICY`): where a small virtual machine put both threads onto one core,
 * spinning made their times up to 100 times worse.
 */
export function pinning(start: ProcessStart, threads: number, openmp: boolean): ProcessStart {
  const cores = coresFor(threads, availableParallelism())
  const environment = openmp ? { ...start.environment, ...openmpEnvironment(threads) } : start.environment
  if (!pinned) return { ...start, environment }
  return { command: 'taskset', args: ['-c', cores.join(','), start.command, ...start.args], environment }
}

/** Returns the numbers of the last `threads` of `count` cores. */
export function coresFor(threads: number, count: number): number[] {
  const first = Math.max(0, count - threads)
  return Array.from({ length: Math.min(threads, count) }, (_, index) => first + index)
}

function openmpEnvironment(threads: number): Record<string, string> {
  return {
    OMP_NUM_THREADS: String(threads),
    OMP_WAIT_POLICY: 'passive',
    OPENBLAS_NUM_THREADS: String(threads),
  }
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
