import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type Mutant, mutantsOf } from './mutants.js'
import { mutationFolder, type Probe, readResults } from './plan.js'
import { runVitest } from './runVitest.js'

const probesFile = `${mutationFolder}/probes.json`

/** What a test file does without mutants, and of which sources that is true. */
interface KeptProbe {
  readonly probe: Probe
  readonly hashes: readonly string[]
  /** The mutants that the bits of the probe count, as numbers of the first mutant of each source. */
  readonly places: Readonly<Record<string, readonly [first: number, count: number]>>
}

/** By test file: how long its tests take, and which mutants of a source each comes by. */
export interface ProbedTest {
  readonly file: string
  readonly seconds: number
  readonly tests: readonly { readonly seconds: number; passes(mutant: Mutant): boolean }[]
  passesOutside(mutant: Mutant): boolean
}

/**
 * Returns what the tests do without mutants. What a test file and all that it loads has not changed since it was last
 * looked at is not run again.
 */
export async function probedTests(testFiles: readonly string[]): Promise<ProbedTest[]> {
  const kept: Record<string, KeptProbe> = existsSync(probesFile)
    ? JSON.parse(readFileSync(probesFile, 'utf8'))
    : {}
  const outdated = testFiles.filter((file) => kept[file] === undefined || !isCurrent(kept[file]))
  if (outdated.length > 0) {
    console.log(`${outdated.length} of ${testFiles.length} test files are looked at without mutants`)
    const { mutants, places } = allMutants()
    await runVitest({ how: 'probe', mutants, runs: Object.fromEntries(outdated.map((file) => [file, []])) })
    for (const result of readResults()) {
      if (result.kind !== 'probed') continue
      const modules = [
        ...result.probe.modules,
        'scripts/mutation/mutants.ts',
        'scripts/mutation/sqlChanges.ts',
      ]
      kept[result.testFile] = { probe: { ...result.probe, modules }, hashes: modules.map(hashOf), places }
    }
    for (const file of Object.keys(kept)) if (!existsSync(file)) delete kept[file]
  }
  const red = testFiles.filter((file) => !kept[file]?.probe.isGreen)
  for (const file of red) delete kept[file]
  writeFileSync(probesFile, JSON.stringify(kept))
  if (red.length > 0) throw new Error(`without any mutant these tests fail:\n${red.join('\n')}`)
  return testFiles.map((file) => probedTest(file, kept[file]!))
}

function isCurrent({ probe, hashes }: KeptProbe): boolean {
  return probe.modules.every((file, index) => existsSync(file) && hashOf(file) === hashes[index])
}

const hashes = new Map<string, string>()

function hashOf(file: string): string {
  const known = hashes.get(file)
  if (known !== undefined) return known
  const hash = createHash('sha256').update(readFileSync(file)).digest('base64').slice(0, 16)
  hashes.set(file, hash)
  return hash
}

function allMutants(): { mutants: Mutant[]; places: KeptProbe['places'] } {
  const mutants: Mutant[] = []
  const places: Record<string, [number, number]> = {}
  for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = `src/${name}`
    if (!/^src\/(feature|label|population|dataset|evaluate|lifecycle|score)\/.*\.ts$/.test(file)) continue
    const own = mutantsOf(file, readFileSync(file, 'utf8'))
    places[file] = [mutants.length, own.length]
    mutants.push(...own)
  }
  return { mutants, places }
}

function probedTest(file: string, { probe, places }: KeptProbe): ProbedTest {
  return {
    file,
    seconds: probe.seconds,
    tests: probe.tests.map(({ seconds, mutants }) => ({ seconds, passes: passing(mutants, places) })),
    passesOutside: passing(probe.outside, places),
  }
}

function passing(base64: string, places: KeptProbe['places']): (mutant: Mutant) => boolean {
  const bytes = Buffer.from(base64, 'base64')
  return ({ file, index }) => {
    const [first, count] = places[file] ?? [0, 0]
    const number = first + index
    return index < count && ((bytes[number >> 3] ?? 0) & (1 << (number & 7))) !== 0
  }
}
