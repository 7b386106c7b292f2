import type { Dataset } from '../dataset/dataset.js'
import { overlapOf, untoldOverlap } from '../learn/trainedRows.js'
import type { Scorer } from '../score/scorer.js'
import type { Terminal } from './terminal.js'

/** Warns if customers are those that the model was trained on, or if this is unknown. */
export function sayTrained({ model }: Scorer, { features }: Dataset, terminal: Terminal): void {
  const overlap = overlapOf(model, features)
  if (overlap === null || !overlap.canBeTold) {
    terminal.message(`note: ${untoldOverlap(overlap)}\n`)
  } else if (overlap.isOverlap) {
    const { equal, compared } = overlap
    terminal.message(
      `WARNING: THE MODEL WAS TRAINED ON THESE CUSTOMERS: ${equal} of the ${compared} rows that were compared are equal to rows ` +
        'of its training. The figures are too good. Give customers that were held out: train --test-out writes them.\n',
    )
  }
}
