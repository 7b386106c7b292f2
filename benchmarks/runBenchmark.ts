import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { textTable } from '../src/base/textTable.js'
import { type Benchmark, type Report, type Result, resultSchema } from './result.js'
import { codeState, machine, ownVersions } from './surroundings.js'

const here = new URL('.', import.meta.url)

/** Returns the names of the benchmarks: folders that hold a `benchmark.ts`. */
export function benchmarkNames(): string[] {
  return readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/benchmark.ts`, here)))
    .map((entry) => entry.name)
    .sort()
}

/** Returns the benchmark of that name. Throws with the existing names where there is none. */
export async function loadBenchmark(name: string | undefined): Promise<Benchmark> {
  const names = benchmarkNames()
  if (name === undefined || !names.includes(name)) {
    const said = name === undefined ? 'No benchmark named' : `No benchmark is called ${JSON.stringify(name)}`
    throw new Error(`${said}. There is: ${names.join(', ')}.`)
  }
  const module = (await import(new URL(`${name}/benchmark.ts`, here).href)) as { benchmark: Benchmark }
  return module.benchmark
}

/** Returns the result of a report: figures with what they were measured on. Throws where it breaks the form. */
export function resultOf(name: string, report: Report): Result {
  const { peers, results, notices } = report
  const checked = resultSchema.safeParse({
    name,
    date: new Date().toISOString(),
    ...codeState(),
    versions: { ...ownVersions(), ...peers },
    machine: machine(),
    results,
    notices,
  })
  if (checked.success) return checked.data
  const problems = checked.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The result of ${name} is refused:\n${problems.join('\n')}`)
}

/** Runs a benchmark, writes `benchmarks/results/NAME.json` unless it was a trial, and returns the text to print. */
export async function runBenchmark(name: string | undefined, args: readonly string[]): Promise<string> {
  const benchmark = await loadBenchmark(name)
  const report = await benchmark.run(args)
  const result = resultOf(name!, report)
  const trial = report.trial === true
  if (!trial) writeResult(report.partial === true ? withEarlier(result, writtenResult(name!)) : result)
  return [
    `${name}: ${benchmark.about}`,
    surroundingsLine(result),
    '',
    report.text ?? measurementTable(result),
    ...result.notices.map((notice) => `Notice: ${notice}`),
    trial ? 'A trial: nothing was written.' : `Written: benchmarks/results/${name}.json`,
  ].join('\n')
}

/**
 * Returns the result with the figures of an earlier run that this one did not measure, each with its date and commit.
 * Figures of peers in other versions, or on another machine, are gone, and a notice says how many.
 */
export function withEarlier(result: Result, earlier: Result | null): Result {
  const measured = new Set(result.results.map(({ id }) => id))
  const others = (earlier?.results ?? []).filter(({ id }) => !measured.has(id))
  const versions = { ...earlier?.versions, ...result.versions }
  const isSameMachine = JSON.stringify(earlier?.machine) === JSON.stringify(result.machine)
  const kept = others.filter(
    ({ peer }) => isSameMachine && (peer === undefined || versions[peer] === earlier!.versions[peer]),
  )
  const run = earlier === null ? undefined : { date: earlier.date, commit: earlier.commit }
  const gone = others.length - kept.length
  return resultSchema.parse({
    ...result,
    versions,
    results: [...result.results, ...kept.map((figure) => ({ run, ...figure }))],
    notices: [
      ...result.notices,
      ...(gone === 0
        ? []
        : [`${gone} earlier figures are gone: their versions or their machine were others.`]),
    ],
  })
}

function writtenResult(name: string): Result | null {
  const file = new URL(`results/${name}.json`, here)
  return existsSync(file) ? resultSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null
}

function writeResult(result: Result): void {
  mkdirSync(new URL('results/', here), { recursive: true })
  writeFileSync(new URL(`results/${result.name}.json`, here), `${JSON.stringify(result, null, 2)}\n`)
}

function surroundingsLine({ machine: at, versions, commit, edited }: Result): string {
  const code = commit === null ? 'no commit' : `${commit.slice(0, 9)}${edited ? ' and edits' : ''}`
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${at.cpu}, ${at.cores} cores, ${at.memory} GiB; ${programs.join(', ')}; ${code}`
}

function measurementTable({ results }: Result): string {
  return textTable(
    [
      { heading: 'id' },
      { heading: 'value', right: true },
      { heading: 'unit' },
      { heading: 'of' },
      { heading: 'ratio', right: true },
    ],
    results.map(({ id, value, unit, peer, ratio }) => [
      id,
      String(Number(value.toPrecision(5))),
      unit,
      peer ?? 'holdfast',
      ratio === undefined ? '' : ratio.toFixed(2),
    ]),
  )
}
