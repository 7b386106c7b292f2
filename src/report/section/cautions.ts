import { untoldOverlap } from '../../learn/trainedRows.js'
import type { FeatureFacts, ReportFacts } from '../facts/reportFacts.js'
import { featureText } from '../words/featureText.js'
import { worstGroups } from '../words/groupText.js'
import { count, percent } from '../words/numbers.js'

/** By custom a population stability index above this is a large shift. */
const largeShift = 0.25
/** PSI ignores new values: from this share on they get a caution of their own. */
const largeNewShare = 0.1
const namesShown = 5
const warningsShown = 2

/** Returns what a reader must know before relying on the figures; may be empty. */
export function cautionsOf(facts: ReportFacts): string[] {
  const { evaluation, backtest, data, words } = facts
  return [
    ...evaluation.notes,
    ...seenCaution(facts),
    ...otherTraining(facts),
    ...baseRateCaution(facts),
    ...shiftCaution(data.features, words),
    ...newValuesCaution(data.features, words),
    ...worstGroups(facts),
    ...(backtest?.drift ?? []),
    ...warningsCaution(data.warnings),
    ...facts.model.remarks,
  ]
}

/** Whether these customers are those that the model was trained on, as far as known. */
function seenCaution({ data: { seen }, model: { learner } }: ReportFacts): string[] {
  if (learner === null) return []
  const untold = untoldOverlap(seen)
  if (untold !== null) return [untold]
  if (!seen?.isOverlap) return []
  return [
    `The model was trained on these very customers: ${seen.equal} of the ${seen.compared} rows that were compared ` +
      `(${percent(seen.equal / seen.compared)}) are equal to rows of its training. Every figure here is too good.`,
  ]
}

/**
 * Says that the given training data are not what the model was trained on; empty if they are, or if it cannot be told.
 */
export function otherTraining({ data: { training, train } }: Pick<ReportFacts, 'data'>): string[] {
  if (training?.isGiven !== false || train === null) return []
  return [
    `The ${count(train.rows)} rows given as training data are not the ${count(training.rows)} rows that the model was trained on. ` +
      'Comparisons of test and training data use the rows given.',
  ]
}

function baseRateCaution({ data: { test, train } }: ReportFacts): string[] {
  if (train === null || train.churners === 0 || test.churners === 0) return []
  const ratio = test.baseRate / train.baseRate
  if (ratio < 1.25 && ratio > 0.8) return []
  return [
    `The churn rate moved: ${percent(train.baseRate)} in the training data, ${percent(test.baseRate)} in the test data. ` +
      'Rankings hardly suffer from that, probabilities do.',
  ]
}

function shiftCaution(features: readonly FeatureFacts[], words: ReportFacts['words']): string[] {
  const shifted = features.filter(({ psi }) => psi !== null && psi > largeShift)
  if (shifted.length === 0) return []
  const names = shifted.slice(0, namesShown).map(({ feature }) => featureText(feature, words))
  const more = shifted.length > namesShown ? ` and ${shifted.length - namesShown} more` : ''
  return [
    `The test customers differ from the training customers in ${names.join(', ')}${more}: see the data below.`,
  ]
}

function newValuesCaution(features: readonly FeatureFacts[], words: ReportFacts['words']): string[] {
  const shareOf = ({ newShare }: FeatureFacts): number => newShare ?? 0
  const changed = features
    .filter((feature) => shareOf(feature) >= largeNewShare)
    .sort((a, b) => shareOf(b) - shareOf(a))
  if (changed.length === 0) return []
  const names = changed
    .slice(0, namesShown)
    .map((feature) => `${featureText(feature.feature, words)} (${percent(shareOf(feature))})`)
  const more = changed.length > namesShown ? ` and ${changed.length - namesShown} more` : ''
  return [
    `Test customers have values that no training customer has, or miss what none of those misses: ${names.join(', ')}${more}. ` +
      'Check whether they were renamed or are read differently: the model cannot know them.',
  ]
}

function warningsCaution(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= warningsShown) return warnings
  return [`The data come with ${warnings.length} warnings: see the data below.`]
}
