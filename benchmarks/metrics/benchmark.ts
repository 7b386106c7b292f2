import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { quantile } from 'simple-statistics'
import { seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'
import { textTable } from '../../src/base/textTable.js'
import { brierScore, logLoss } from '../../src/evaluate/calibration/probabilityScores.js'
import { averagePrecision, rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { liftTable } from '../../src/evaluate/ranking/topOfList.js'
import { openPython } from '../python.js'
import type { Benchmark, Measurement, Report } from '../result.js'
import { type Timing, timeInTurns } from '../timing.js'
import { openPeer, type PeerProcess } from './peerProcess.js'

interface Rows {
  readonly p: Float64Array
  readonly y: Uint8Array
  readonly weight: Float64Array
}

const standardRows = 10_000_000
const rounds = 5

/** What is computed, and which libraries are asked for the same. */
const figures: Readonly<Record<string, { ours: (rows: Rows) => number[]; peers: readonly string[] }>> = {
  rocAuc: { ours: ({ p, y }) => [rocAuc(p, y)], peers: ['scikit-learn'] },
  averagePrecision: { ours: ({ p, y }) => [averagePrecision(p, y)], peers: ['scikit-learn'] },
  logLoss: { ours: ({ p, y }) => [logLoss(p, y)], peers: ['scikit-learn'] },
  brierScore: { ours: ({ p, y }) => [brierScore(p, y)], peers: ['scikit-learn'] },
  liftTable: {
    ours: ({ p, y }) => liftTable(p, y).map(({ churners }) => churners),
    peers: ['pandas', 'numpy'],
  },
  rocAucWeighted: { ours: ({ p, y, weight }) => [rocAuc(p, y, { weight })], peers: ['scikit-learn'] },
  logLossWeighted: { ours: ({ p, y, weight }) => [logLoss(p, y, { weight })], peers: ['scikit-learn'] },
}

/** Metrics of many scores beside scikit-learn, numpy and pandas. */
export const benchmark: Benchmark = {
  about: 'how long do metrics of 10 million scores take, scikit-learn, numpy and pandas beside them?',
  run: async (args) => {
    const { values } = parseArgs({ args: [...args], options: { rows: { type: 'string' } } })
    const count = values.rows === undefined ? standardRows : rowsOf(values.rows)
    const python = openPython()
    if ('reason' in python) throw new Error(`There is nothing to compare with: ${python.reason}.`)
    const rows = drawRows(count)
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-metrics-'))
    try {
      writeFileSync(join(folder, 'probability'), rows.p)
      writeFileSync(join(folder, 'outcome'), rows.y)
      writeFileSync(join(folder, 'weight'), rows.weight)
      const peer = await openPeer(python.command, folder)
      const report = await measured(rows, peer)
      await peer.close()
      return { ...report, trial: count !== standardRows }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

function rowsOf(text: string): number {
  const match = /^(\d+)([km]?)$/.exec(text)
  if (match === null) throw new Error(`--rows expects a number such as 500k or 10m, got ${text}.`)
  return Number(match[1]) * { '': 1, k: 1e3, m: 1e6 }[match[2] as '' | 'k' | 'm']
}

/** Scores as a model has them: log odds normal around −1.5, outcomes drawn from them, hardly a tie. */
function drawRows(count: number): Rows {
  const random = seededRandom(1)
  const p = Float64Array.from({ length: count }, () => sigmoid(-1.5 + 1.5 * random.normal()))
  const y = Uint8Array.from(p, (value) => (random.uniform() < value ? 1 : 0))
  return { p, y, weight: Float64Array.from(p, () => random.uniform() * 3) }
}

async function measured(rows: Rows, peer: PeerProcess): Promise<Report> {
  const results: Measurement[] = []
  const lines: string[][] = []
  for (const [figure, { ours, peers }] of Object.entries(figures)) {
    const expected = await peer.ask(`${figure} ${peers[0]}`)
    const contenders = [
      { name: 'holdfast', work: () => ours(rows) },
      ...peers.map((name) => ({ name, work: () => peer.ask(`${figure} ${name}`) })),
    ]
    const [own, ...others] = await timeInTurns<readonly number[]>(
      contenders,
      (answer, name) => verify(figure, name, answer, expected),
      rounds,
    )
    results.push({ id: `rows.10m.${figure}.time`, value: own!.median / 1000, unit: 's' })
    for (const other of others) {
      const ratio = ratioOf(own!, other)
      const id = `rows.10m.${figure}.time.${other.name}`
      results.push({ id, value: other.median / 1000, unit: 's', peer: other.name, ratio })
      lines.push([figure, seconds(own!), other.name, seconds(other), ratio.toFixed(2)])
    }
  }
  const columns = ['metric', 'holdfast, s', 'beside', 's', 'ratio'].map((heading, column) => ({
    heading,
    right: column % 2 === 1 || column === 4,
  }))
  return { peers: peer.versions, results, notices: [], text: textTable(columns, lines) }
}

function verify(figure: string, name: string, answer: readonly number[], expected: readonly number[]): void {
  const right =
    answer.length === expected.length &&
    answer.every((value, index) => Math.abs(value - expected[index]!) <= 1e-10 * Math.max(1, Math.abs(value)))
  if (!right) throw new Error(`${name} says ${figure} is ${answer.join(', ')}, not ${expected.join(', ')}.`)
}

/** Median over the rounds of our time over theirs. */
function ratioOf(own: Timing, other: Timing): number {
  return quantile(
    own.rounds.map((time, round) => time / other.rounds[round]!),
    0.5,
  )
}

function seconds({ median }: Timing): string {
  return (median / 1000).toFixed(3)
}
