// What the examples print with: a step, its progress, its end.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const isTerminal = process.stdout.isTTY === true
let began = 0

/** Prints the name of a step. */
export function step(name: string): void {
  began = Date.now()
  process.stdout.write(`${name} …${isTerminal ? '' : ' '}`)
}

/** Shows how far the step is; only where a person looks on. */
export function progress({ done, total }: { readonly done: number; readonly total: number }): void {
  if (isTerminal) process.stdout.write(`\u001b[s ${Math.round((100 * done) / total)} %\u001b[K\u001b[u`)
}

/** Prints that the step is done, and what came of it. */
export function done(result = ''): void {
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  process.stdout.write(`${isTerminal ? '\u001b[K ' : ''}${seconds} s${result === '' ? '' : `: ${result}`}\n`)
}

/** A share as people write it. */
export function shareOf(value: number): string {
  return `${(100 * value).toFixed(1)} %`.padStart(7)
}

/** A folder for what an example writes. */
export function scratchFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'holdfast-example-'))
}
