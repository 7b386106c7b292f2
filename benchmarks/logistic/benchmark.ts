import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { quantile } from 'simple-statistics'
import * as z from 'zod'
import { numberColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'
import { textTable } from '../../src/base/textTable.js'
import type { LogisticModel } from '../../src/learn/logistic/model.js'
import type { LogisticOptions } from '../../src/learn/logistic/options.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { openPython } from '../python.js'
import type { Benchmark, Measurement, Report } from '../result.js'
import { pinning } from '../trees/pinning.js'

const [rowCount, columnCount, rounds] = [37_000, 76, 5]
/** Two solvers that end at a slope of 1e-8 differ by less, where a column's second derivative is .001 and more. */
const sameSolution = 1e-4

/** What is trained, and which work of peer.py is asked for beside it. */
const lines: readonly { id: string; options: LogisticOptions; peers: readonly string[] }[] = [
  { id: 'given', options: { inverseRegularization: 1, skewed: 'raw' }, peers: ['exact', 'given'] },
  { id: 'chosen', options: {}, peers: ['chosen'] },
]
const fitSchema = z.object({
  seconds: z.number(),
  steepness: z.number(),
  coefficients: z.array(z.number()),
})

/** Training of logistic regressions, scikit-learn's lbfgs beside it. */
export const benchmark: Benchmark = {
  about: 'how much processor time is a logistic regression, lbfgs of scikit-learn beside it?',
  run: async () => {
    const python = openPython()
    if ('reason' in python) throw new Error(`There is nothing to compare with: ${python.reason}.`)
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-logistic-'))
    try {
      return await measured(python.command, folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

/** Standard scores of eight causes, some as amounts and counts; one in three columns tells of the outcome. */
function drawRows(): { readonly columns: readonly Float64Array[]; readonly outcome: Uint8Array } {
  const random = seededRandom(1)
  const normals = (count: number, scale: number): number[] =>
    Array.from({ length: count }, () => scale * random.normal())
  const loads = Array.from({ length: columnCount }, () => normals(8, 0.6))
  const effects = loads.map((_, column) => (column % 3 === 0 ? 0.3 * random.normal() : 0))
  const columns = loads.map(() => new Float64Array(rowCount))
  const outcome = Uint8Array.from({ length: rowCount }, (_, row) => {
    const causes = normals(8, 1)
    let margin = -1.5
    for (const [column, load] of loads.entries()) {
      const score = load.reduce((sum, own, place) => sum + own * causes[place]!, 0.6 * random.normal())
      margin += effects[column]! * score
      const amount = [Math.exp(score), Math.floor(2 * Math.exp(0.8 * score))]
      columns[column]![row] = amount[column % 4] ?? 10 * score + 3
    }
    return random.uniform() < sigmoid(margin) ? 1 : 0
  })
  return { columns, outcome }
}

async function measured(command: string, folder: string): Promise<Report> {
  const { columns, outcome } = drawRows()
  writeFileSync(
    join(folder, 'features'),
    Buffer.concat(columns.map(({ buffer }) => Buffer.from(buffer as ArrayBuffer))),
  )
  writeFileSync(join(folder, 'outcome'), outcome)
  const features = {
    rowCount,
    columns: columns.map((values, place) => numberColumn(`c${String(place).padStart(2, '0')}`, values)),
  }
  const args = [fileURLToPath(new URL('peer.py', import.meta.url)), folder, String(columnCount)]
  const start = pinning({ command, args, environment: {} }, 1, true)
  const child = spawn(start.command, start.args, {
    env: { ...process.env, ...start.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => JSON.parse((await answers.next()).value as string)
  const peers = z.record(z.string(), z.string()).parse(await answer())
  const ask = async (work: string): Promise<z.output<typeof fitSchema>> => {
    child.stdin.write(`${JSON.stringify(work)}\n`)
    return fitSchema.parse(await answer())
  }
  const results: Measurement[] = []
  const cells: string[][] = []
  for (const { id, options, peers: works } of lines) {
    const train = (): LogisticModel => trainLogistic({ features, outcome }, options)
    const model = train()
    if (works.includes('exact')) verify(model, (await ask('exact')).coefficients)
    const times: number[] = []
    const theirs = works.map((): number[] => [])
    for (let round = 0; round < rounds; round++) {
      const before = process.cpuUsage()
      train()
      const { user, system } = process.cpuUsage(before)
      times.push((user + system) / 1e6)
      for (const [place, work] of works.entries()) theirs[place]!.push((await ask(work)).seconds)
    }
    results.push({ id: `rows.37k.columns.76.${id}.time`, value: quantile(times, 0.5), unit: 's' })
    for (const [place, work] of works.entries()) {
      const other = quantile(theirs[place]!, 0.5)
      const ratio = quantile(
        times.map((time, round) => time / theirs[place]![round]!),
        0.5,
      )
      results.push({
        id: `rows.37k.columns.76.${id}.time.lbfgs.${work}`,
        value: other,
        unit: 's',
        peer: 'scikit-learn',
        ratio,
      })
      cells.push([id, quantile(times, 0.5).toFixed(3), `lbfgs, ${work}`, other.toFixed(3), ratio.toFixed(2)])
    }
  }
  child.stdin.end()
  const headings = ['training', 'holdfast, s', 'beside', 's', 'ratio'].map((heading, column) => ({
    heading,
    right: column % 2 === 1 || column === 4,
  }))
  return { peers, results, notices: [], text: textTable(headings, cells) }
}

function verify({ effects }: LogisticModel, expected: readonly number[]): void {
  const own = effects.map((effect) => (effect.kind === 'number' ? effect.coefficient : Number.NaN))
  const distance = Math.max(...own.map((value, place) => Math.abs(value - expected[place]!)))
  if (!(distance < sameSolution)) throw new Error(`Coefficients differ by ${distance} from those of lbfgs.`)
}
