import { readFileSync } from 'node:fs'
import type { Mutant } from './mutants.js'

/** A change that alters nothing that anybody could see, and why. */
interface Equivalent {
  readonly file: string
  /** The line of the source, so that the entry survives what happens around it. */
  readonly sourceLine: string
  readonly before: string
  readonly after: string
  readonly reason: string
}

const known: readonly Equivalent[] = JSON.parse(
  readFileSync(new URL('equivalent.json', import.meta.url), 'utf8'),
)
const keys = new Set(known.map(keyOf))

export function isEquivalent(mutant: Mutant): boolean {
  return keys.has(keyOf(mutant))
}

/** Returns the entries that no mutant has any more. */
export function staleEquivalents(mutants: readonly Mutant[]): string[] {
  const found = new Set(mutants.map(keyOf))
  return known.filter((entry) => !found.has(keyOf(entry))).map(keyOf)
}

function keyOf({ file, sourceLine, before, after }: Omit<Equivalent, 'reason'>): string {
  return `${file}: ${sourceLine}: ${before} → ${after}`
}
