import { textTable } from '../base/textTable.js'
import { wrapText } from '../base/wrapText.js'
import type { SelectionFacts } from './selectionFacts.js'
import type { Trial } from './trial.js'

const nameWidth = 36
const mostMetrics = 3

/**
 * Returns a selection as text of at most 80 columns: the candidates of the last rung, and the reason for the choice.
 */
export function selectionText(facts: Omit<SelectionFacts, 'state' | 'model'>): string {
  const { chosen, complete, trials, notes, validation, seconds } = facts
  const last = trials.filter(({ rung }) => rung === trials[0]?.rung)
  const earlier = new Set(trials.filter(({ rung }) => rung !== last[0]?.rung).map(({ name }) => name))
  for (const { name } of last) earlier.delete(name)
  const times = validation.repeats > 1 ? ` × ${validation.repeats}` : ''
  const how =
    validation.kind === 'time' ? `the last ${validation.folds} cutoffs` : `${validation.folds}${times} folds`
  const lines = [
    `${chosen.name}, of ${earlier.size + last.length} candidates on ${how} in ${seconds.toFixed(1)} s`,
    '',
    ...(last.length === 0 ? [] : [tableOf(last, facts), '']),
    ...(complete ? [] : ['NOT COMPLETE: the budget was too short for these rows.']),
    chosen.why,
    ...(earlier.size === 0 ? [] : [`${earlier.size} more were worse on less data and went no further.`]),
    ...notes.map((note) => `note: ${note}`),
    ...(last.length === 0 ? [] : [optimism]),
  ]
  return lines.flatMap((line) => (line.includes('\n') ? [line] : wrapText(line))).join('\n')
}

const optimism =
  'These figures were used to choose, so they are somewhat too good: evaluate the model on data kept aside.'

function tableOf(trials: readonly Trial[], { chosen, metrics }: Pick<SelectionFacts, 'chosen' | 'metrics'>) {
  const shown = metrics.slice(0, mostMetrics)
  return textTable(
    [
      { heading: 'candidate' },
      ...shown.map((name) => ({ heading: name, right: true })),
      { heading: 'seconds', right: true },
      { heading: '' },
    ],
    trials.map((trial) => [
      shortened(trial.name),
      ...shown.map((name) => trial.mean[name]?.toFixed(4) ?? 'failed'),
      trial.seconds.toFixed(1),
      trial.name === chosen.name ? '← taken' : '',
    ]),
  )
}

function shortened(name: string): string {
  return name.length <= nameWidth ? name : `${name.slice(0, nameWidth - 1)}…`
}
