import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { quantile } from 'simple-statistics'
import * as z from 'zod'
import { textTable } from '../../src/base/textTable.js'
import { openPython, type Python } from '../python.js'
import type { Benchmark, Measurement } from '../result.js'
import { pinning } from '../trees/pinning.js'
import { writeCustomers, writeWide } from './data.js'

/** What writes a file, and how often both sides read it: those that take minutes once. */
interface MadeFile {
  readonly write: (path: string) => void
  readonly rounds: number
}
const files: Readonly<Record<string, MadeFile>> = {
  '500k': { write: (path) => writeCustomers(path, 500_000), rounds: 3 },
  '2m': { write: (path) => writeCustomers(path, 2_000_000), rounds: 1 },
  wide: { write: (path) => writeWide(path, 1000, 5000), rounds: 1 },
}
const steps = ['readTable', 'fromFlatTable', 'splitRows', 'trainBoosting', 'evaluate'] as const
const commands = ['commandTrain', 'commandEvaluate'] as const
/** What two learners with their defaults may differ by in AUC. */
const nearlyEqual = 0.02
/** What intervals of the same rows may differ by: those of 1000 resamples do by a twentieth, of 200 rows by the models. */
const mostWidthRatio = 1.5

const answersSchema = z.object({
  rows: z.number(),
  sum: z.number(),
  churners: z.number(),
  tested: z.number(),
  rocAuc: z.number(),
  rocAucWidth: z.number(),
})
const turnSchema = z.object({
  /** Processor time of each step, s. */
  times: z.record(z.string(), z.number()),
  answers: answersSchema,
  /** Greatest resident memory, MiB. */
  memory: z.number(),
  versions: z.record(z.string(), z.string()).default({}),
})
type Turn = z.output<typeof turnSchema>
type Times = Readonly<Record<string, number>>

interface Round {
  readonly own: Turn
  readonly command: Times
  readonly theirs: Turn | null
}

/** From a file of customers to the figures of a model, pandas, LightGBM and scikit-learn beside it. */
export const benchmark: Benchmark = {
  about:
    'how much processor time is it from a file to the figures of a model, pandas, LightGBM and scikit-learn beside it?',
  run: async (args) => {
    const options = {
      rounds: { type: 'string' },
      threads: { type: 'string', default: '1' },
    } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const names = positionals.length === 0 ? Object.keys(files) : positionals
    const unknown = names.filter((name) => files[name] === undefined)
    if (unknown.length > 0)
      throw new Error(`There is ${Object.keys(files).join(', ')}, not ${unknown.join(', ')}.`)
    execFileSync(process.execPath, [root('scripts/build.mjs'), '--unchecked'], { stdio: 'inherit' })
    const python = openPython()
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-file-'))
    try {
      const runs = names.map((name) => ({
        name,
        turns: measured(name, folder, python, Number(values.rounds ?? files[name]!.rounds), values.threads),
      }))
      const lines = runs.flatMap(({ name, turns }) => linesOf(name, turns))
      const columns = ['file', 'step', 'holdfast, s', 'theirs, s', 'ratio'].map((heading, column) => ({
        heading,
        right: column > 1,
      }))
      return {
        peers: runs[0]!.turns[0]!.theirs?.versions ?? {},
        results: lines.flatMap(({ results }) => results),
        notices: 'reason' in python ? [`No peers: ${python.reason}.`] : [],
        text: textTable(
          columns,
          lines.map(({ cells }) => cells),
        ),
        trial: values.rounds !== undefined || values.threads !== '1',
        partial: positionals.length > 0,
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

function root(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

function measured(
  name: string,
  folder: string,
  python: Python | { readonly reason: string },
  rounds: number,
  threads: string,
): Round[] {
  const path = join(folder, `${name}.csv`)
  files[name]!.write(path)
  const own = (): Turn => turnOf(process.execPath, 'steps.mjs', [path, threads], threads)
  const theirs =
    'reason' in python ? null : (): Turn => turnOf(python.command, 'peer.py', [path, threads], threads)
  const turns: Round[] = []
  for (let round = 0; round < rounds; round++) {
    turns.push({ own: own(), command: commandTimes(path, folder, threads), theirs: theirs?.() ?? null })
    // Before the second round: a fast wrong answer is no result
    verify(turns[round]!.own, turns[round]!.theirs)
    console.error(`${name}: round ${round + 1} of ${rounds}`)
  }
  return turns
}

/** Runs a program on as many cores as it has threads, and returns what it prints. */
function output(
  command: string,
  args: readonly string[],
  threads: string,
  environment: Readonly<Record<string, string>>,
): string {
  const start = pinning({ command, args, environment }, Number(threads), true)
  return execFileSync(start.command, start.args, {
    encoding: 'utf8',
    env: { ...process.env, ...start.environment },
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function turnOf(command: string, script: string, args: readonly string[], threads: string): Turn {
  const text = output(command, [fileURLToPath(new URL(script, import.meta.url)), ...args], threads, {})
  return turnSchema.parse(JSON.parse(text))
}

/** Processor times of `holdfast train` and of `holdfast evaluate` of the whole file, each with the start of its process. */
function commandTimes(path: string, folder: string, threads: string): Times {
  const [model, time, kept] = ['model', 'time', 'kept.csv'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const work = {
    commandTrain: ['train', path, '--id', 'id', '--label', 'churn', '--test-out', kept, '--out', model],
    commandEvaluate: ['evaluate', model, kept, '--label', 'churn', '--id', 'id'],
  }
  const timeOf = (args: readonly string[]): number => {
    const preload = new URL('processorTime.mjs', import.meta.url).href
    output(process.execPath, ['--import', preload, root('dist/cli/main.js'), ...args], threads, {
      PROCESSOR_TIME_FILE: time,
    })
    return Number(readFileSync(time, 'utf8'))
  }
  const times = Object.fromEntries(commands.map((command) => [command, timeOf(work[command])]))
  for (const file of [model, kept]) if (existsSync(file)) rmSync(file)
  return times
}

function verify(own: Turn, theirs: Turn | null): void {
  if (theirs === null) return
  for (const what of ['rows', 'sum', 'churners', 'tested'] as const) {
    const [one, other] = [own.answers[what], theirs.answers[what]]
    if (Math.abs(one - other) > 1e-9 * Math.abs(other))
      throw new Error(`${what}: ${one} here, ${other} there.`)
  }
  const difference = Math.abs(own.answers.rocAuc - theirs.answers.rocAuc)
  // 1000 rows leave 200 to test on: their AUC has a standard error of .03
  if (difference > (own.answers.tested < 1000 ? 0.1 : nearlyEqual))
    throw new Error(`AUC: ${own.answers.rocAuc} here, ${theirs.answers.rocAuc} there.`)
  const ratio = own.answers.rocAucWidth / theirs.answers.rocAucWidth
  if (!(ratio < mostWidthRatio && 1 / ratio < mostWidthRatio))
    throw new Error(`Width of the interval of the AUC: ${ratio} times that of theirs.`)
}

/**
 * Sums of the steps: `total` is what is to be compared, figures with their intervals, which are part of our `evaluate` and a
 * step of its own of theirs; `totalFigures` leaves theirs out, `aroundTraining` the training.
 */
function withTotals({ times }: Turn): Times {
  const totalFigures = steps.reduce((sum, step) => sum + times[step]!, 0)
  const total = totalFigures + (times['intervals'] ?? 0)
  return { ...times, totalFigures, total, aroundTraining: total - times['trainBoosting']! }
}

const printed = [...steps, 'intervals', 'aroundTraining', 'totalFigures', 'total', ...commands, 'memory']

interface Line {
  readonly cells: readonly string[]
  readonly results: readonly Measurement[]
}

function linesOf(name: string, turns: readonly Round[]): Line[] {
  const own = turns.map(
    (turn): Times => ({ ...withTotals(turn.own), ...turn.command, memory: turn.own.memory }),
  )
  const theirs = turns.flatMap(({ theirs: turn }): Times[] =>
    turn === null ? [] : [{ ...withTotals(turn), memory: turn.memory }],
  )
  return printed.flatMap((step): Line[] => {
    const [id, unit] = step === 'memory' ? [`${name}.memory.peak`, 'MiB'] : [`${name}.${step}.time`, 's']
    const [value, other] = [own, theirs].map((side) =>
      side[0]?.[step] === undefined ? undefined : median(side.map((times) => times[step]!)),
    )
    const ratio =
      value === undefined || other === undefined
        ? undefined
        : median(own.map((times, round) => times[step]! / theirs[round]![step]!))
    const results: Measurement[] = []
    if (value !== undefined) results.push({ id, value, unit })
    if (other !== undefined)
      results.push({
        id: `${id}.lightgbm`,
        value: other,
        unit,
        peer: 'lightgbm',
        ...(ratio === undefined ? {} : { ratio }),
      })
    const cells = [value, other, ratio].map((each) => each?.toFixed(2) ?? '')
    return results.length === 0 ? [] : [{ cells: [name, step, ...cells], results }]
  })
}

function median(values: readonly number[]): number {
  return quantile([...values], 0.5)
}
