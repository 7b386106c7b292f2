import { appendFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Mutant } from './mutants.js'
import { type PlannedRun, readResults, resultsFile, type Stand, standOf } from './plan.js'
import type { ProbedTest } from './probe.js'
import { runVitest } from './runVitest.js'

// How long the tests of one mutant may take, the nearest first: what those do not see, the far ones hardly ever do.
const mostSeconds = 20
// Processor time of the same work differs by a small factor.
const leastLimitSeconds = 10
const limitFactor = 10

/** A mutant that no test noticed, and what is to be said of it. */
export interface Survivor {
  readonly mutant: Mutant
  readonly note: string
}

interface Candidate extends PlannedRun {
  readonly testFile: string
  readonly distance: number
  readonly seconds: number
}

/** Runs for each mutant the tests that come by it, the nearest first, and returns those that none noticed. */
export async function survivorsOf(
  mutants: readonly Mutant[],
  tests: readonly ProbedTest[],
): Promise<Survivor[]> {
  const candidates = mutants.map((mutant, number) => candidatesOf(mutant, number, tests))
  const chosen = candidates.map(withinTime)
  for (const distance of distances.keys()) {
    const near = chosen.flat().filter((candidate) => candidate.distance === distance)
    await runAll(mutants, near, distance === 0 ? 'forget' : 'keep')
    const { killed } = standOf(readResults())
    console.log(`${killed.size} of ${mutants.length} killed by ${distances[distance]}`)
  }
  const { killed } = standOf(readResults())
  return mutants.flatMap((mutant, number) => {
    if (killed.has(number)) return []
    const [all, run] = [candidates[number]!.length, chosen[number]!.length]
    const note = all === 0 ? '  (no test comes by)' : run < all ? `  (${run} of ${all} test files)` : ''
    return [{ mutant, note }]
  })
}

const distances = ['tests of its name', 'tests of its folder', 'tests of its stage', 'all tests']

function candidatesOf(mutant: Mutant, number: number, tests: readonly ProbedTest[]): Candidate[] {
  const found = tests.flatMap((test): Candidate[] => {
    const places = test.tests.flatMap(({ passes }, place) => (passes(mutant) ? [place] : []))
    const isOutside = test.passesOutside(mutant)
    if (!isOutside && places.length === 0) return []
    const own = test.tests.reduce((sum, { seconds }) => sum + seconds, 0)
    const run = isOutside ? own : places.reduce((sum, place) => sum + test.tests[place]!.seconds, 0)
    const seconds = test.seconds - own + run
    return [
      {
        testFile: test.file,
        mutant: number,
        tests: isOutside ? 'all' : places,
        distance: distanceOf(mutant.file, test.file),
        seconds,
        limitSeconds: Math.max(leastLimitSeconds, limitFactor * seconds),
      },
    ]
  })
  return found.toSorted((a, b) => a.distance - b.distance || a.seconds - b.seconds)
}

function distanceOf(source: string, testFile: string): number {
  if (basename(source, '.ts') === basename(testFile, '.test.ts')) return 0
  const [from, to] = [source, testFile].map((file) => dirname(file).split('/').slice(1))
  if (from!.join() === to!.join()) return 1
  return from![0] === to![0] ? 2 : 3
}

function withinTime(candidates: readonly Candidate[]): Candidate[] {
  let sum = 0
  return candidates.filter(({ seconds }, index) => {
    if (index > 0 && sum + seconds > mostSeconds) return false
    sum += seconds
    return true
  })
}

/** Runs until all is said: a process that hangs or dies says less than it was asked. */
async function runAll(
  mutants: readonly Mutant[],
  planned: readonly Candidate[],
  before: 'forget' | 'keep',
): Promise<void> {
  let forget = before
  let last = Number.POSITIVE_INFINITY
  let inVain = 0
  for (;;) {
    const stand: Stand = forget === 'forget' ? standOf([]) : standOf(readResults())
    const open = planned.filter(
      ({ mutant, testFile }) => !stand.killed.has(mutant) && !stand.hasRun(testFile, mutant),
    )
    if (open.length === 0) return
    inVain = open.length < last ? 0 : inVain + 1
    if (inVain > 1) throw new Error(`${open.length} runs do not come to an end`)
    last = open.length
    const cheapFirst = open.toSorted((a, b) => a.seconds - b.seconds)
    const runs: Record<string, PlannedRun[]> = {}
    for (const { testFile, mutant, tests, limitSeconds } of cheapFirst) {
      runs[testFile] ??= []
      runs[testFile].push({ mutant, tests, limitSeconds })
    }
    await runVitest({ how: 'switch', mutants, runs }, forget)
    forget = 'keep'
    const broken = readResults().find((result) => result.kind === 'broken')
    if (broken !== undefined) throw new Error(`${broken.testFile}: ${broken.error}`)
    killCrashed()
  }
}

/** What began and came to no end took the process with it. */
function killCrashed(): void {
  const results = readResults()
  const { hasRun } = standOf(results)
  const begun = results.filter((result) => result.kind === 'started')
  for (const { testFile, mutant } of begun) {
    const isVoid = results.some(
      (result) => result.kind === 'void' && result.testFile === testFile && result.mutants.includes(mutant),
    )
    if (hasRun(testFile, mutant) || isVoid) continue
    appendFileSync(resultsFile, `${JSON.stringify({ kind: 'ran', testFile, mutant, by: 'crash' })}\n`)
  }
}
