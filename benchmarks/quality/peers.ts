import { z } from 'zod'
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

/** Returns the predictions of the peers on the given sets, or the reason why there are none. */
export function askPeers(sets: readonly QualitySet[]): PeerAnswer | { readonly reason: string } {
  const python = openPython()
  if ('reason' in python) return python
  const answer = python.run(new URL('peers.py', import.meta.url), { sets: sets.map(plainSet) })
  return answerSchema.parse(answer)
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
