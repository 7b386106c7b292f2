import { checkArguments } from '../base/arguments.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { type EpochDay, formatDay } from '../base/days.js'
import { HoldfastError, inNameOf, type Problem, refuse } from '../base/errors.js'
import { textColumn } from '../base/matrix.js'
import { argumentOption, checkOptions } from '../base/options.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import { firstEventDay } from '../engine/firstEventDay.js'
import type { History } from '../engine/history.js'
import { checkFeatureRules, featureTables } from '../feature/checkFeatureRules.js'
import type { FeatureRule } from '../feature/rule.js'
import { featureMatrix } from '../feature/sql/featureMatrix.js'
import { type OwnCutoffs, ownCutoffsSchema } from '../population/ownCutoffs.js'
import { populationTables } from '../population/populationTable.js'
import type { PopulationRule } from '../population/rule.js'
import type { InputTableName } from '../table/inputs.js'
import { dayColumn, type Table } from '../table/table.js'
import { otherReading } from './aboutModel.js'
import { type ScoreOptions, type Scorer, scoreOptions } from './scorer.js'
import { Scores } from './scores.js'

/** Options of {@link scoreHistory}. */
export interface ScoreHistoryOptions extends ScoreOptions {
  /** First day the features may not see. Default: the first day for which the tables read are not complete. */
  readonly asOf?: DayInput
  /**
   * Instead of `asOf`: customers' own cutoffs, one row per customer and day. As in training:
   * `{ ...scorer.about.ownCutoffs, from, until }`.
   */
  readonly cutoffs?: OwnCutoffs
  /** Whom to score. Default: the population of the training, or all active customers. */
  readonly population?: PopulationRule
}

/** Scores of a history, and who was not scored. */
export interface HistoryScores {
  /**
   * Columns `id`, `asOf`, `probability`, `band`, `reason1`, …, and those of a value and a playbook as in
   * {@link Scorer.scoreTable}; in the order of id. A value's column is a feature of the model. `unseen` lists what training
   * has not seen.
   */
  readonly scores: Scores
  /** Columns `cutoff`, `reason`, `customers`: `counted`, and each reason for leaving a customer out. */
  readonly population: Table
}

const historyOptions = scoreOptions.extend({
  asOf: dayRule.optional(),
  cutoffs: ownCutoffsSchema.optional(),
  population: argumentOption<PopulationRule>('object').nullish(),
})

/**
 * Returns the scores of all customers of a history who are counted as of a day, for example in a nightly job.
 *
 * The engine computes the features with the same rules as in training, only from days before `asOf`, or with `cutoffs`
 * from days before each customer's own. For a model trained with own cutoffs, one of the two must be given.
 *
 * @param scorer a scorer with feature rules, see `createScorer`
 * @throws {HoldfastError} `option-invalid` if the scorer has no rules (its model was trained on a flat table), or if
 * the history was opened with another time zone or treatment of repeated rows than in training; `window-open` if the
 * tables read are not complete up to `asOf`, or one has no row before it; `table-unknown`, `column-missing` if the
 * history lacks what the rules read; `value-unknown` above `maxUnseenShare`
 *
 * Cost as `featureMatrix`; memory customers × rules × 8 bytes.
 *
 * @see {@link Scorer.scoreOne} for one customer without an engine
 */
export async function scoreHistory(
  history: History,
  scorer: Scorer,
  options: ScoreHistoryOptions = {},
): Promise<HistoryScores> {
  checkArguments('scoreHistory', ['history', history, 'history'], ['scorer', scorer, 'scorer'])
  const {
    asOf,
    cutoffs,
    population: _,
    ...checked
  } = checkOptions('scoreHistory', historyOptions, withDaysIn(options, ['asOf'], history.timeZone))
  refuse('scoreHistory', momentProblems(scorer, asOf, cutoffs))
  const { population } = options
  const counted = population ?? scorer.about.population
  const { rules, tables, complete, cutoff } = checkedMoment(history, scorer, asOf, counted)
  if (cutoffs === undefined) await refuseBeforeBeginning(history, 'asOf', cutoff, tables)
  const matrix = await inNameOf('scoreHistory', () =>
    featureMatrix(history, rules, {
      cutoffs: cutoffs ?? [cutoff],
      ...(counted === null ? {} : { population: counted }),
    }),
  )
  if (cutoffs !== undefined) {
    // All cutoffs asked for, whether or not somebody was counted
    const asked = matrix.population.days('cutoff').values
    const [first, last] = [Math.min, Math.max].map((of) => asked.reduce((a, b) => of(a, b)) as EpochDay)
    if (last! > complete) throw notComplete('cutoffs', last!, complete)
    await refuseBeforeBeginning(history, 'cutoffs', first!, tables)
  }
  const scores = inNameOf('scoreHistory', () => scorer.scoreMatrix(matrix.features, checked))
  const columns = [
    textColumn('id', matrix.ids),
    dayColumn(
      'asOf',
      Array.from(matrix.cutoffs, (day) => day as EpochDay),
    ),
    ...scores.columns,
  ]
  return { scores: new Scores(columns, scores.rowCount, scores.unseen), population: matrix.population }
}

/**
 * Returns the day that a history is scored as of, checked with what the rules read, and the rules.
 *
 * @throws {HoldfastError} what {@link scoreHistory} refuses before it computes anything
 */
export async function scoredMoment(
  history: History,
  scorer: Scorer,
  asOf: EpochDay | undefined,
): Promise<{ readonly rules: readonly FeatureRule[]; readonly cutoff: EpochDay }> {
  refuse('scoreHistory', momentProblems(scorer, asOf, undefined))
  const { rules, tables, cutoff } = checkedMoment(history, scorer, asOf, scorer.about.population)
  await refuseBeforeBeginning(history, 'asOf', cutoff, tables)
  return { rules, cutoff }
}

function checkedMoment(
  history: History,
  scorer: Scorer,
  asOf: EpochDay | undefined,
  population: PopulationRule | null,
) {
  const complete = completeUntilOf(history, scoredTables(scorer, population))
  const cutoff = asOf ?? complete
  const rules = rulesOf(scorer)
  if (cutoff > complete) throw notComplete('asOf', cutoff, complete)
  refuse('scoreHistory', otherReading(scorer.about, history, 'history'))
  checkFeatureRules('scoreHistory', rules, history.tables)
  return { rules, tables: featureTables(rules), complete, cutoff }
}

/** Returns the tables that decide who is scored and with which features. */
export function scoredTables(
  scorer: Scorer,
  population: PopulationRule | null = scorer.about.population,
): InputTableName[] {
  return [...featureTables(scorer.about.rules ?? []), ...populationTables(population)]
}

function momentProblems({ about }: Scorer, asOf: unknown, cutoffs: OwnCutoffs | undefined): Problem[] {
  if (asOf !== undefined && cutoffs !== undefined)
    return [
      {
        code: 'option-invalid',
        parameter: 'asOf',
        rule: 'to be left out if cutoffs are given',
        received: asOf,
      },
    ]
  const { ownCutoffs } = about
  if (asOf !== undefined || cutoffs !== undefined || ownCutoffs === undefined) return []
  return [
    {
      code: 'option-invalid',
      parameter: 'cutoffs',
      rule: `to be given, or asOf: the model was trained with customers' own cutoffs (${ownCutoffs.kind})`,
      wayOut:
        ownCutoffs.kind === 'listed'
          ? 'Give cutoffs: cutoffsListed(pairs).'
          : 'Give cutoffs: { ...scorer.about.ownCutoffs, from, until }.',
    },
  ]
}

function rulesOf(scorer: Scorer): NonNullable<Scorer['about']['rules']> {
  const { rules } = scorer.about
  if (rules === null) {
    throw new HoldfastError('scoreHistory', [
      {
        code: 'option-invalid',
        parameter: 'scorer',
        rule: 'to carry the feature rules of a history',
        wayOut: 'Its model was trained on a flat table: use scoreTable with the columns of that table.',
      },
    ])
  }
  return rules
}

async function refuseBeforeBeginning(
  history: History,
  parameter: 'asOf' | 'cutoffs',
  cutoff: EpochDay,
  tables: readonly InputTableName[],
): Promise<void> {
  const firstDay = await firstEventDay(history, tables)
  if (firstDay !== null && cutoff > firstDay) return
  throw new HoldfastError('scoreHistory', [
    {
      code: 'window-open',
      parameter,
      rule:
        firstDay === null
          ? 'to have rows before it, but the history has none at all'
          : `to be after ${formatDay(firstDay)}, the day of the first row of the tables that the model reads`,
      received: formatDay(cutoff),
      wayOut: 'Without a past every customer would look the same.',
    },
  ])
}

function notComplete(
  parameter: 'asOf' | 'cutoffs',
  cutoff: EpochDay,
  completeUntil: EpochDay,
): HoldfastError {
  return new HoldfastError('scoreHistory', [
    {
      code: 'window-open',
      parameter,
      rule: `to be at most ${formatDay(completeUntil)}, the first day for which the tables that the model reads are not complete`,
      received: formatDay(cutoff),
      wayOut:
        'Days without data would look like silent customers: use an earlier day, or give openHistory completeUntil.',
    },
  ])
}
