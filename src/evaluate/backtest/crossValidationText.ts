import { textTable } from '../../base/textTable.js'
import { wrapText } from '../../base/wrapText.js'
import { count, decimal, figuresTable, headings, intervalHeading, limits, notesAt } from '../figureTexts.js'
import type { MetricName } from '../metrics.js'
import { metricWords } from '../metricWords.js'
import type { CrossValidationFigures } from './crossValidationFigures.js'

/** Returns a cross-validation as text for a terminal. */
export function crossValidationText(figures: CrossValidationFigures): string {
  const { folds, notes, outcome } = figures
  const repeats = new Set(folds.map(({ repeat }) => repeat)).size
  const named = folds.map((fold) => ({
    ...fold,
    name: repeats === 1 ? `${fold.fold}` : `${fold.fold} of draw ${fold.repeat}`,
  }))
  const churned = outcome.reduce((sum, value) => sum + value, 0)
  return [
    ...wrapText(
      `Cross-validation in ${folds.length} folds: ${count(outcome.length)} predictions, ${count(churned)} of them churned`,
    ),
    ...[...notes, ...notesAt(named)].flatMap((note) => wrapText(`Note: ${note}`)),
    '',
    figuresTable('fold', named),
    '',
    overFoldsTable(figures),
  ].join('\n')
}

function overFoldsTable({ overFolds, pooled, level }: CrossValidationFigures): string {
  return textTable(
    headings('', 'mean of folds', 'sd', 'as one list', intervalHeading(level)),
    (Object.keys(pooled) as MetricName[]).map((metric) => [
      metricWords(metric),
      decimal(overFolds[metric]?.mean),
      decimal(overFolds[metric]?.standardDeviation ?? undefined),
      decimal(pooled[metric]?.value),
      limits(pooled[metric]),
    ]),
  )
}
