import { readFileSync } from 'node:fs'
import type { Mutant } from './mutants.js'

/** Where the parts of a run, which are processes, leave what the others read. */
export const mutationFolder = '.cache/mutation'
export const planFile = `${mutationFolder}/plan.json`
export const resultsFile = `${mutationFolder}/results.jsonl`

/** Which tests of a file look at a mutant: the places of the tests in the file, or all of them. */
export type TestPlaces = readonly number[] | 'all'

/** What a run of vitest is for. */
export interface Plan {
  readonly how: 'switch' | 'probe'
  readonly mutants: readonly Mutant[]
  /** By test file: what it is to run. A `probe` runs all its tests, once. */
  readonly runs: Readonly<Record<string, readonly PlannedRun[]>>
}

export interface PlannedRun {
  readonly mutant: number
  readonly tests: TestPlaces
  /** Of processor time, after which a run counts as hung. One that waits for ever is ended by the limit of a test. */
  readonly limitSeconds: number
}

/** What the tests of a file said, one line of the results each. */
export type Result =
  | { readonly kind: 'probed'; readonly testFile: string; readonly probe: Probe }
  | { readonly kind: 'started'; readonly testFile: string; readonly mutant: number }
  | {
      readonly kind: 'ran'
      readonly testFile: string
      readonly mutant: number
      readonly by: 'failure' | 'time' | 'crash' | null
    }
  /** The file cannot be read with the mutants in its sources, though none is on. */
  | { readonly kind: 'broken'; readonly testFile: string; readonly error: string }
  /** Without a mutant the tests no longer pass in this process: what it said of mutants is void. */
  | { readonly kind: 'void'; readonly testFile: string; readonly mutants: readonly number[] }

/** A test file without mutants. */
export interface Probe {
  readonly isGreen: boolean
  readonly seconds: number
  /** The sources and tests that it loads. */
  readonly modules: readonly string[]
  /** Mutants that it comes by outside of a test, while modules are loaded and in hooks: base64 of a bit each. */
  readonly outside: string
  readonly tests: readonly { readonly seconds: number; readonly mutants: string }[]
}

export function readPlan(): Plan {
  return JSON.parse(readFileSync(planFile, 'utf8'))
}

export function readResults(): Result[] {
  const lines = readFileSync(resultsFile, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

/** What is known of mutants so far. */
export interface Stand {
  readonly killed: ReadonlySet<number>
  /** Whether the tests of a file have said what they have to say of a mutant. */
  hasRun(testFile: string, mutant: number): boolean
}

export function standOf(results: readonly Result[]): Stand {
  const killers = new Map<number, Set<string>>()
  const ran = new Set<string>()
  for (const result of results) {
    const { kind, testFile } = result
    if (kind === 'ran') {
      ran.add(`${testFile} ${result.mutant}`)
      if (result.by !== null)
        killers.set(result.mutant, (killers.get(result.mutant) ?? new Set()).add(testFile))
    }
    if (kind !== 'void') continue
    for (const mutant of result.mutants) {
      ran.delete(`${testFile} ${mutant}`)
      killers.get(mutant)?.delete(testFile)
    }
  }
  const killed = new Set([...killers].filter(([, files]) => files.size > 0).map(([mutant]) => mutant))
  return { killed, hasRun: (testFile, mutant) => ran.has(`${testFile} ${mutant}`) }
}
