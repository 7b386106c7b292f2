import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quantile } from 'simple-statistics'
import * as z from 'zod'
import { writeOperator } from '../../src/simulate/writeOperator.node.js'
import type { Benchmark, Measurement } from '../result.js'

const rounds = 3
const turnSchema = z.object({
  /** Processor time of `buildDataset`, s. */
  time: z.number(),
  /** Greatest resident memory of the process, MiB. */
  memory: z.number(),
  rows: z.number(),
  cutoffs: z.number(),
  /** A line of outcome and features for each pair that both have. */
  values: z.string(),
})
type Turn = z.output<typeof turnSchema>

/** A dataset a week before the end of each contract: by own cutoffs, and by all these days for every customer. */
export const benchmark: Benchmark = {
  about: 'what does a dataset at cutoffs of the customers cost, the same days for all customers beside it?',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-cutoffs-'))
    try {
      await writeOperator(folder, { customers: 2_500, months: 24, seed: 3 })
      const turns: { own: Turn; global: Turn }[] = []
      for (let round = 1; round <= rounds; round++) {
        const turn = { own: measured(folder, 'own'), global: measured(folder, 'global') }
        verify(turn.own, turn.global)
        turns.push(turn)
        console.error(`round ${round} of ${rounds}`)
      }
      const ratios = turns.map(({ own, global }) => own.time / global.time)
      const results: Measurement[] = [
        ...figuresOf(
          'own',
          turns.map(({ own }) => own),
        ),
        ...figuresOf(
          'global',
          turns.map(({ global }) => global),
        ),
        { id: 'own.over.global.time', value: quantile(ratios, 0.5), unit: '1' },
      ]
      return { peers: {}, results, notices: [] }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

function measured(folder: string, arm: 'own' | 'global'): Turn {
  const child = fileURLToPath(new URL('child.ts', import.meta.url))
  const words = ['--import', 'tsx', child, folder, arm, join(folder, 'pairs.json')]
  const text = execFileSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  return turnSchema.parse(JSON.parse(text))
}

function verify(own: Turn, global: Turn): void {
  if (own.rows < 100) throw new Error(`Own cutoffs gave ${own.rows} rows.`)
  if (own.values !== global.values)
    throw new Error('Own and global cutoffs gave other rows for the same pairs.')
}

function figuresOf(id: string, turns: readonly Turn[]): Measurement[] {
  const median = (of: (turn: Turn) => number): number => quantile(turns.map(of), 0.5)
  return [
    { id: `${id}.time`, value: median(({ time }) => time), unit: 's' },
    { id: `${id}.memory`, value: median(({ memory }) => memory), unit: 'MiB' },
    { id: `${id}.rows`, value: turns[0]!.rows, unit: 'rows' },
    { id: `${id}.cutoffs`, value: turns[0]!.cutoffs, unit: '1' },
  ]
}
