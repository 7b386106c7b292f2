import type { BacktestFacts, ReportFacts } from '../facts/reportFacts.js'
import { backtestPicture } from '../picture/backtestPicture.js'
import { count, decimal, percentInColumn, wholePercent } from '../words/numbers.js'
import type { Section, TableBlock } from './section.js'

/** The figures over time. */
export function timeSection(facts: ReportFacts): Section | null {
  const { backtest } = facts
  if (backtest === null || backtest.folds.length === 0) return null
  const items = [
    ...backtest.drift,
    ...backtest.notes,
    ...backtest.folds.flatMap(({ cutoff, note }) => (note === null ? [] : [`${cutoff}: ${note}`])),
  ]
  return {
    id: 'time',
    title: 'Does it hold over time?',
    lead: leadOf(backtest),
    blocks: [
      ...backtestPicture(facts).map((picture) => ({ kind: 'picture', picture }) as const),
      {
        kind: 'text',
        text: 'At each date the model knew only outcomes from before it. Solid: customers who left; dashed: as many as predicted.',
      },
      ...(items.length === 0 ? [] : [{ kind: 'list', items } as const]),
      tableOf(backtest),
    ],
  }
}

function leadOf({ folds, drift, pooledRocAuc }: BacktestFacts): string {
  const known = folds.flatMap(({ rocAuc }) => (rocAuc === null ? [] : [rocAuc.value]))
  const range =
    known.length === 0
      ? 'no test could be judged'
      : `ROC AUC between ${decimal(Math.min(...known))} and ${decimal(Math.max(...known))}`
  const together = pooledRocAuc === null ? '' : `, ${decimal(pooledRocAuc.value)} together`
  const moved =
    drift.length === 0 ? 'No figure could be shown to move with time.' : 'Some figures move with time.'
  return `Tested at ${folds.length} dates: ${range}${together}. ${moved}`
}

function tableOf({ folds, level }: BacktestFacts): TableBlock {
  const known = (value: number | null, write: (value: number) => string): string =>
    value === null ? '–' : write(value)
  return {
    kind: 'table',
    caption: 'Tests in time',
    folded: true,
    columns: [
      { heading: 'cutoff' },
      { heading: 'customers', right: true },
      { heading: 'churners', right: true },
      { heading: 'left', right: true },
      { heading: 'predicted', right: true },
      { heading: 'ROC AUC', right: true },
      { heading: `${wholePercent(level)} range`, right: true },
    ],
    rows: folds.map(({ cutoff, testRows, churners, baseRate, meanProbability, rocAuc }) => [
      cutoff,
      count(testRows),
      count(churners),
      known(baseRate, percentInColumn),
      known(meanProbability, percentInColumn),
      rocAuc === null ? '–' : decimal(rocAuc.value),
      rocAuc === null ? '–' : `${decimal(rocAuc.lower)} to ${decimal(rocAuc.upper)}`,
    ]),
  }
}
