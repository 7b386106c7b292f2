import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { quantile } from 'simple-statistics'
import { z } from 'zod'
import { textTable } from '../../src/base/textTable.js'
import { openPython, type Python } from '../python.js'
import type { Benchmark, Measurement } from '../result.js'
import { pinning } from '../trees/pinning.js'
import { writeCustomers, writeWide } from './data.js'

const files: Readonly<Record<string, (path: string) => void>> = {
  '500k': (path) => writeCustomers(path, 500_000),
  '2m': (path) => writeCustomers(path, 2_000_000),
  wide: (path) => writeWide(path, 1000, 5000),
}
const steps = ['readTable', 'fromFlatTable', 'splitRows', 'trainBoosting', 'evaluate'] as const
const commands = ['commandTrain', 'commandEvaluate'] as const
/** Resamples that the peers draw, and how many they stand for. */
const [resamplesDrawn, resamplesAsked] = [10, 1000]
/** What two learners with their defaults may differ by in AUC. */
const nearlyEqual = 0.02

const answersSchema = z.object({
  rows: z.number(),
  sum: z.number(),
  churners: z.number(),
  tested: z.number(),
  rocAuc: z.number(),
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
      rounds: { type: 'string', default: '3' },
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
        turns: measured(name, folder, python, Number(values.rounds), values.threads),
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
        trial: positionals.length > 0 || values.threads !== '1',
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
  files[name]!(path)
  const own = (): Turn => turnOf(process.execPath, 'steps.mjs', [path, threads], threads)
  const theirs =
    'reason' in python
      ? null
      : (): Turn => turnOf(python.command, 'peer.py', [path, threads, String(resamplesDrawn)], threads)
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
}

/** Sums of the steps: with the time of as many resamples of the peers as ours have, and without. */
function withTotals({ times }: Turn): Times {
  const figures = steps.reduce((sum, step) => sum + times[step]!, 0)
  const resamples = ((times['resamples'] ?? 0) * resamplesAsked) / resamplesDrawn
  return { ...times, total: figures, totalWithIntervals: figures + resamples }
}

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
  return [...steps, 'total', 'totalWithIntervals', ...commands, 'memory'].map((step): Line => {
    const value = median(own.map((times) => times[step]!))
    const [id, unit] = step === 'memory' ? [`${name}.memory.peak`, 'MiB'] : [`${name}.${step}.time`, 's']
    const result = { id, value, unit }
    if (theirs[0]?.[step] === undefined)
      return { cells: [name, step, value.toFixed(2), '', ''], results: [result] }
    const other = median(theirs.map((times) => times[step]!))
    const ratio = median(own.map((times, round) => times[step]! / theirs[round]![step]!))
    const beside = { id: `${id}.lightgbm`, value: other, unit, peer: 'lightgbm', ratio }
    return {
      cells: [name, step, value.toFixed(2), other.toFixed(2), ratio.toFixed(2)],
      results: [result, beside],
    }
  })
}

function median(values: readonly number[]): number {
  return quantile([...values], 0.5)
}
