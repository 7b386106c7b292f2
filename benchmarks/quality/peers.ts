import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { cellOf } from '../../src/table/table.js'
import { openPython } from '../python.js'
import type { QualitySet } from './qualitySet.js'

const perFold = <Value extends z.ZodType>(value: Value) =>
  z.record(z.string(), z.record(z.string(), z.array(value)))

const answerSchema = z.strictObject({
  versions: z.record(z.string(), z.string()),
  /** By set, model and fold. */
  predictions: perFold(z.array(z.number())),
  rocAuc: perFold(z.number()),
})

/** What the peers predicted. */
export type PeerAnswer = z.output<typeof answerSchema>

/** Package that a peer model comes from. */
export function packageOf(model: string): string {
  return model.startsWith('sklearn-') ? 'scikit-learn' : model.split('-')[0]!
}

const script = new URL('peers.py', import.meta.url)
const requirements = new URL('../requirements.txt', import.meta.url)
const kept = new URL('../../.cache/quality-peers/', import.meta.url)

/**
 * Returns the predictions of the peers on the given sets, or the reason why there are none.
 *
 * What they said once of the very same rows, in the same versions, is kept in `.cache`: they take ten times as long as
 * everything else.
 */
export function askPeers(sets: readonly QualitySet[]): PeerAnswer | { readonly reason: string } {
  const python = openPython()
  if ('reason' in python) return python
  const answers = sets.map((set) => {
    const input = { sets: [plainSet(set)] }
    const asked = createHash('sha256').update(readFileSync(script)).update(readFileSync(requirements))
    const file = new URL(`${asked.update(JSON.stringify(input)).digest('hex').slice(0, 32)}.json`, kept)
    if (!existsSync(file)) {
      const answer = answerSchema.parse(python.run(script, input))
      mkdirSync(kept, { recursive: true })
      writeFileSync(file, JSON.stringify(answer))
    }
    return answerSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  })
  return {
    versions: Object.assign({}, ...answers.map(({ versions }) => versions)),
    predictions: Object.assign({}, ...answers.map(({ predictions }) => predictions)),
    rocAuc: Object.assign({}, ...answers.map(({ rocAuc }) => rocAuc)),
  }
}

function plainSet({ name, dataset, folds }: QualitySet): unknown {
  const { rowCount, columns } = dataset.features
  const plainColumns = columns.map((column) => ({
    name: column.name,
    kind: column.kind,
    values: Array.from({ length: rowCount }, (_, row) => cellOf(column, row)),
  }))
  return { name, columns: plainColumns, outcome: Array.from(dataset.outcome), folds }
}
