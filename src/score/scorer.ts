import { checkArguments, isPlainObject } from '../base/arguments.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { beyondAnyRow, type EpochDay, formatDay } from '../base/days.js'
import { HoldfastError, inNameOf, type Problem, refuse } from '../base/errors.js'
import { type FeatureMatrix, numberColumn, textColumn } from '../base/matrix.js'
import { checkOptions, schemaProblems } from '../base/options.js'
import * as z from '../base/schema.js'
import { type CompiledRules, compileRules } from '../feature/memory/compileRules.js'
import { CustomerRows } from '../feature/memory/customerRows.js'
import type { FollowedCustomer } from '../feature/memory/followCustomer.js'
import { languages } from '../feature/name/describeFeature.js'
import { featureName } from '../feature/name/featureName.js'
import type { Language, LanguageName } from '../feature/name/language.js'
import { languageRule } from '../feature/name/wordOptions.js'
import type { FeatureRule } from '../feature/rule.js'
import type { ChurnModel, Contributions } from '../learn/contract.js'
import { codeFeatures } from '../learn/imported/model.js'
import { type PredictOptions, predictOptions } from '../learn/predictOptions.js'
import { decodeModel, encodeModel } from '../learn/store.js'
import { withoutPairs } from '../population/ownCutoffs.js'
import type { CheckedCustomer, CustomerHistory } from '../table/customerHistory.js'
import { isKnownBefore } from '../table/customerHistory.js'
import type { FoundRepeats } from '../table/repeatedRows.js'
import { type Cell, type Column, idColumn, type Table } from '../table/table.js'
import { type AboutModel, aboutModelSchema, otherReading } from './aboutModel.js'
import { bandName, type RiskBand, type RiskBandOptions, riskBands } from './bands.js'
import { modelInput, rowInput } from './modelInput.js'
import { checkReasonSettings, featuresInWords, type ReasonSettings } from './reasonSettings.js'
import {
  type FamilyEffect,
  type FeatureInWords,
  familyEffects,
  type Reason,
  reasonsOf,
  recommendationOf,
  strongestAction,
  valuesByName,
} from './reasons.js'
import { Scores } from './scores.js'
import { seenInTraining } from './seenInTraining.js'
import { checkTrainedOn, comparedColumns, rememberRows, type TrainedOn, trainingFacts } from './trainedOn.js'
import { type UnseenValue, UnseenWatch } from './unseen.js'
import {
  type CustomerValue,
  cellColumns,
  customerValueRule,
  customerValues,
  type ValueAtRisk,
  valueAtRisk,
  valueColumns,
} from './valueAtRisk.js'

/** The score of one customer. */
export interface Score {
  /** Risk of leaving, in (0, 1). */
  readonly probability: number
  /** Name of the risk band. */
  readonly band: string
  /** The strongest first. */
  readonly reasons: readonly Reason[]
  /**
   * What each family of features does to the risk: `base` and all effects add up to the log odds of the score, or to the
   * score itself (a forest), as `scale` says. Null with `reasons: 0`.
   */
  readonly effects: {
    readonly scale: Contributions['scale']
    /** What the model says of the mean of its training customers. */
    readonly base: number
    readonly families: readonly FamilyEffect[]
  } | null
  /**
   * What to do, from the playbook of the scorer ({@link Scorer.with}): the action of the strongest reason that raises the
   * risk and has one, be it among `reasons` or not. Null if no reason has one, and with `reasons: 0`.
   */
  readonly recommendation: { readonly action: string; readonly reason: Reason } | null
  /** What is expected to be lost with the customer; null without the option `value`. */
  readonly valueAtRisk: ValueAtRisk | null
  /**
   * Values of the customer that training has not seen, in the order of the model's features. The model reads them as
   * best it can; do not trust the score as much as others.
   */
  readonly unseen: readonly UnseenValue[]
  /**
   * Repeated rows of the customer, per table that the rules read. They count or are left out as in the training history
   * (`about.repeatedRows`).
   */
  readonly repeats: readonly FoundRepeats[]
}

/** Options of scoring. */
export interface ScoreOptions extends PredictOptions {
  /** Reasons per customer. Integer from 0 to 20, default 3; 0 skips their computation. */
  readonly reasons?: number
  /** Language of the reasons: `en` English, `zh` Chinese. Default: that of the scorer ({@link Scorer.with}), `en`. */
  readonly language?: LanguageName
  /** What the customer is worth, for the expected value at risk: `{ amount: 39.9, unit: '€ a month' }`, or `{ column, unit }`. */
  readonly value?: CustomerValue
  /**
   * Largest share of rows, in [0, 1], that may have an unseen value in any one column; above it, nothing is scored.
   * Default 1: nothing is refused, everything is counted in `unseen`.
   *
   * Unseen are: a category that no training row had; a number beyond the training range by more than the width of its
   * middle 98 %, or by any amount if more than a quarter of the column is beyond it; negative values, if training had
   * none and more than 1 % of the column is negative; a new number in a column of two values, or of up to ten if more
   * than 5 % are new; a missing value if every training row had one; and a column without any value, if the probability
   * of that by chance is below one in a million.
   */
  readonly maxUnseenShare?: number
}

/** Rules and defaults of {@link ScoreOptions}. */
export const scoreOptions = predictOptions.extend({
  reasons: z.number().int().min(0).max(20).default(3),
  language: z.exactOptional(languageRule),
  value: z.exactOptional(customerValueRule),
  maxUnseenShare: z.number().min(0).max(1).default(1),
})

type CheckedScoreOptions = z.output<typeof scoreOptions>

/** Options of scoring rows of a flat table. */
export interface ScoreRowOptions extends ScoreOptions {
  /**
   * The day of the forecast, as of which the row is true. Needed if the model was trained on columns of days, otherwise
   * ignored.
   */
  readonly asOf?: DayInput
}

const scoreOneOptions = scoreOptions.extend({ asOf: dayRule })

const featuresOfOptions = z.strictObject({ asOf: dayRule })
const languageOptions = z.strictObject({ language: languageRule.optional() })

/** Rules and defaults of {@link ScoreRowOptions}. */
export const rowOptions = scoreOptions.extend({ asOf: dayRule.optional() })
const tableOptions = rowOptions.extend({ id: z.string().optional() })

/** A trained model with all that scoring needs: feature rules, risk bands, words. Immutable. */
export interface Scorer {
  readonly model: ChurnModel
  readonly about: AboutModel
  /** Language of the reasons. */
  readonly language: LanguageName
  /**
   * Scores one customer from raw history, as of a cutoff, in a service: without an engine or SQL.
   *
   * The rules are compiled on the first call. To score a customer again after each event, use `followCustomer(history,
   * compileRules(rules, { timeZone, repeatedRows
   * }))` with all three of `scorer.about`; for a model that reads percentiles, also with `percentiles`.
   *
   * @throws {HoldfastError} `option-invalid` for a model of a flat table (use `scoreRow`); `option-invalid` if `asOf`
   * is not a day; `out-of-range` if the customer was not activated before it or is known to have cancelled before it,
   * because the model was trained on active customers; `duplicate-row` if the training history refused repeated rows;
   * `option-invalid` if a followed customer was compiled with another time zone or treatment of repeated rows; all bad
   * rows at once, as `featuresOf`
   */
  scoreOne(
    customer: CustomerHistory | FollowedCustomer,
    options: ScoreOptions & { readonly asOf: DayInput },
  ): Score
  /**
   * Scores one row of features by name, as in the training table. Values null and '' are missing.
   *
   * Texts are read as in training: `'12,5'` if the column had decimal commas, `'31/12/2024'` if its days were written
   * that way. A column of days becomes the days until `asOf`; the time zone of the training table (`about.timeZone`)
   * gives instants their day.
   *
   * @throws {HoldfastError} `feature-missing`, `value-type`, `value-not-finite`; `column-type`, also for a text not
   * written as in training; `option-invalid` without `asOf` if the model reads days; `value-unknown` above
   * `maxUnseenShare`
   */
  scoreRow(row: Readonly<Record<string, Cell | Date | bigint | undefined>>, options?: ScoreRowOptions): Score
  /**
   * Scores the rows of a feature table.
   *
   * @returns columns `id` (the values of the column that the option names), `probability`, `band`; with the option `value`,
   * `value`, `valueAtRisk` and `valueUnit`; `reason1`, …; with a playbook, `action` (missing where no reason has one)
   * @throws {HoldfastError} `feature-missing`, `column-type`, `column-missing`, and what {@link Scorer.scoreRow} refuses
   */
  scoreTable(table: Table, options?: ScoreRowOptions & { readonly id?: string }): Scores
  /** Scores a feature matrix; the same columns as {@link Scorer.scoreTable}, without `id`. */
  scoreMatrix(features: FeatureMatrix, options?: ScoreOptions): Scores
  /**
   * Returns what training has not seen of a feature matrix, like `unseen` of its {@link Scores}, without scoring it.
   */
  unseenIn(features: FeatureMatrix): Table
  /**
   * Returns the same scorer with settings for its reasons, which replace those that it had; the model file does not keep
   * them. The features' families and what can be done about them come from their rules; a model of a flat table has none,
   * and is told here.
   *
   * @throws {HoldfastError} `option-invalid`, `option-unknown`, also for a name that is no feature of the model
   */
  with(settings: ReasonSettings): Scorer
  /**
   * Returns the features of one customer as of a cutoff, one row, as {@link Scorer.scoreOne} reads them.
   *
   * @throws {HoldfastError} what `scoreOne` refuses
   */
  featuresOf(
    customer: CustomerHistory | FollowedCustomer,
    options: { readonly asOf: DayInput },
  ): FeatureMatrix
  /**
   * Returns what is said of each feature of the model, in its order: family, actionability, action, words. Without a
   * language in that of the scorer.
   */
  featuresInWords(language?: LanguageName): readonly FeatureInWords[]
}

/**
 * Returns a scorer for a model, with the feature rules and the label of its training data.
 *
 * Without data the scorer accepts only rows and tables of features; raw history needs the rules. Data with further rows
 * are accepted if they contain some of the rows that the model knows from training; `about.trainedOn` then describes
 * the model's own rows.
 *
 * @param trainedOn the dataset that the model was trained on, such as `train` of a split
 * @param bands cut points in multiples of the usual odds, see {@link riskBands}
 * @throws {HoldfastError} `feature-missing` and `column-type` for data without the features of the model, or of another
 * kind; `data-changed` if a model that knows its training rows finds none of them; `value-type`; what `riskBands`
 * refuses
 */
export function createScorer(model: ChurnModel, trainedOn?: TrainedOn, bands?: RiskBandOptions): Scorer {
  checkArguments('createScorer', ['model', model, 'model'], ['trainedOn', trainedOn, 'trainedOn'])
  if (trainedOn !== undefined) checkTrainedOn('createScorer', model, trainedOn)
  return scorerFrom(
    model,
    checkOptions('createScorer', aboutModelSchema, {
      rules: trainedOn?.rules ?? null,
      population: trainedOn?.population ?? null,
      ...(trainedOn?.ownCutoffs === undefined ? {} : { ownCutoffs: withoutPairs(trainedOn.ownCutoffs) }),
      bands: inNameOf('createScorer', () => riskBands(model.baseRate, bands)),
      label: trainedOn?.label ?? null,
      flat: trainedOn?.flat ?? null,
      timeZone: trainedOn?.timeZone,
      repeatedRows: trainedOn?.repeatedRows,
      tables: trainedOn === undefined ? null : comparedColumns(trainedOn),
      trainedOn: trainedOn === undefined ? null : trainingFacts(model, trainedOn),
      seen: trainedOn?.features === undefined ? null : seenInTraining(model.features, trainedOn.features),
    }),
  )
}

/** Returns the bytes of a model file that {@link loadScorer} reads: model, feature rules, risk bands, label. */
export function encodeScorer(scorer: Scorer): Uint8Array {
  checkArguments('encodeScorer', ['scorer', scorer, 'scorer'])
  return encodeModel(scorer.model, scorer.about)
}

/**
 * Returns the scorer in a model file. Loading executes nothing; the file's size, checksum and every number are checked.
 *
 * A file without feature rules and bands (written by `saveModel(model, path)`) gets the default bands.
 *
 * @throws {HoldfastError} `model-truncated`, `model-edited`, `model-version`, `model-too-large`, `model-invalid`
 */
export function loadScorer(bytes: Uint8Array): Scorer {
  checkArguments('loadScorer', ['bytes', bytes, 'bytes'])
  const { model, about } = inNameOf('loadScorer', () => decodeModel(bytes))
  const checked = aboutModelSchema.safeParse(about ?? { ...nothingKnown, bands: riskBands(model.baseRate) })
  if (checked.success) return scorerFrom(model, checked.data)
  if (!isPlainObject(about) || !('bands' in about || 'rules' in about))
    refuse('loadScorer', [
      {
        code: 'model-invalid',
        parameter: 'about',
        rule: 'to be what saveScorer or encodeScorer writes, not what saveModel writes with facts of its own',
        received: about,
        wayOut: 'Make a scorer of its model: createScorer((await loadModel(path)).model).',
      },
    ])
  const problems = schemaProblems(aboutModelSchema, about).map(
    (problem): Problem => ({
      ...problem,
      code: 'model-invalid',
      parameter: problem.parameter === 'options' ? 'about' : problem.parameter,
      wayOut: 'Write the file again with saveScorer.',
    }),
  )
  refuse('loadScorer', problems)
  throw checked.error
}

/** What a file of `saveModel` says of its training. */
const nothingKnown = { rules: null, population: null, label: null, trainedOn: null }

/** Columns of a flat table that were written as percentages. */
function percentsOf({ flat }: AboutModel): string[] {
  return Object.entries(flat?.notations ?? {})
    .filter(([, notation]) => 'unit' in notation && notation.unit === '%')
    .map(([name]) => name)
}

/** Features that count the days since the last row of a table. */
function recenciesOf({ rules }: AboutModel): string[] {
  return (rules ?? []).filter(({ kind }) => kind === 'recency').map(featureName)
}

/** What is said of each feature of the model, in a language. */
interface Said {
  readonly features: readonly FeatureInWords[]
  readonly language: Language
}

function scorerFrom(model: ChurnModel, about: AboutModel, settings: ReasonSettings = {}): Scorer {
  const reasonSettings = checkReasonSettings('with', settings, model, about)
  const said = new Map<LanguageName, Said>()
  const saidIn = (name: LanguageName = reasonSettings.language): Said => {
    let own = said.get(name)
    if (own === undefined) {
      own = { features: featuresInWords(model, about, reasonSettings, name), language: languages[name] }
      said.set(name, own)
    }
    return own
  }
  rememberRows(model, about.trainedOn)
  const watch = new UnseenWatch(
    model.features,
    about.seen,
    codeFeatures(model),
    percentsOf(about),
    recenciesOf(about),
  )
  const many = (
    operation: string,
    features: FeatureMatrix,
    options: CheckedScoreOptions,
    others?: readonly Column[],
  ): Scores => {
    const worthOf =
      options.value === undefined ? null : customerValues(operation, options.value, model, features, others)
    const unseen = watch.counts(features)
    refuseUnseen(operation, watch, features, unseen.rowCount, options)
    const columns = inNameOf(operation, () =>
      scoreColumns(model, about.bands, saidIn(options.language), features, options, worthOf),
    )
    return new Scores(columns, features.rowCount, unseen)
  }
  const one = (
    operation: string,
    features: FeatureMatrix,
    options: CheckedScoreOptions,
    repeats: Score['repeats'] = [],
    others?: readonly Column[],
  ): Score => {
    const { value } = options
    const worthOf = value === undefined ? null : customerValues(operation, value, model, features, others)
    const unseen = watch.ofRow(features)
    refuseUnseen(operation, watch, features, unseen.length, options)
    const probability = inNameOf(operation, () => model.probability(features))[0]!
    const band = bandName(probability, about.bands)
    const atRisk = worthOf === null ? null : valueAtRisk(probability, worthOf(0), value!.unit)
    const rest = { valueAtRisk: atRisk, unseen, repeats }
    if (options.reasons === 0)
      return { probability, band, reasons: [], effects: null, recommendation: null, ...rest }
    const contributions = model.contributions(features)
    const { features: words, language } = saidIn(options.language)
    const lookUp = valuesByName(features)
    const reasons = reasonsOf(words, contributions, lookUp, 0, options.reasons, language)
    const { scale, base } = contributions
    const effects = { scale, base, families: familyEffects(words, contributions, 0) }
    const recommendation = recommendationOf(words, contributions, lookUp, 0, language)
    return { probability, band, reasons, effects, recommendation, ...rest }
  }
  const inZone = <Options>(options: Options): Options => withDaysIn(options, ['asOf'], about.timeZone)
  let compiled: CompiledRules | undefined
  const featuresAsOf = (
    customer: CustomerHistory | FollowedCustomer,
    asOf: EpochDay,
    rules: readonly FeatureRule[],
  ): { readonly features: FeatureMatrix; readonly repeats: Score['repeats'] } => {
    const cutoff = scoringDay(asOf)
    if (isFollowed(customer)) {
      refuse('scoreOne', [
        ...otherReading(about, customer.compiled, 'customer'),
        ...notCounted(customer.customer, cutoff),
      ])
      return { features: customer.features(cutoff), repeats: customer.repeats }
    }
    refuse('scoreOne', notWrapped(customer))
    const { timeZone, repeatedRows, tables } = about
    compiled ??= compileRules(rules, { timeZone, repeatedRows, ...(tables === null ? {} : { tables }) })
    const rows = new CustomerRows('scoreOne', customer, compiled, true)
    refuse('scoreOne', notCounted(rows.customer, cutoff))
    return { features: rows.asOf(cutoff), repeats: rows.repeats }
  }
  return {
    model,
    about,
    language: reasonSettings.language,
    with: (given) => scorerFrom(model, about, given),
    featuresOf(customer, given) {
      if (about.rules === null) throw needsRules('featuresOf')
      const { asOf } = checkOptions('featuresOf', featuresOfOptions, inZone(given ?? {}))
      return inNameOf('featuresOf', () => featuresAsOf(customer, asOf, about.rules!)).features
    },
    featuresInWords: (language) =>
      saidIn(checkOptions('featuresInWords', languageOptions, { language }).language).features,
    unseenIn(features) {
      checkArguments('unseenIn', ['features', features, 'matrix'])
      return watch.counts(features)
    },
    scoreMatrix(features, options) {
      checkArguments('scoreMatrix', ['features', features, 'matrix'])
      return many('scoreMatrix', features, checkOptions('scoreMatrix', scoreOptions, options))
    },
    scoreOne(customer, given) {
      if (about.rules === null) throw needsRules('scoreOne')
      const { asOf, ...checked } = checkOptions('scoreOne', scoreOneOptions, inZone(given ?? {}))
      const { features, repeats } = featuresAsOf(customer, asOf, about.rules)
      return one('scoreOne', features, checked, repeats)
    },
    scoreRow(row, options) {
      const { asOf, ...checked } = checkOptions('scoreRow', rowOptions, inZone(options))
      const features = rowInput(row, model.features, about, asOf)
      return one('scoreRow', features, checked, [], cellColumns(row, checked.value?.column))
    },
    scoreTable(table, given) {
      checkArguments('scoreTable', ['table', table, 'table'])
      const { id, asOf, ...checked } = checkOptions('scoreTable', tableOptions, inZone(given))
      const features = modelInput('scoreTable', model.features, table, about, asOf)
      const scores = many('scoreTable', features, checked, table.columns)
      if (id === undefined) return scores
      const columns = [{ ...idColumn(table.column(id)), name: 'id' }, ...scores.columns]
      return new Scores(columns, scores.rowCount, scores.unseen)
    },
  }
}

function refuseUnseen(
  operation: string,
  watch: UnseenWatch,
  features: FeatureMatrix,
  found: number,
  { maxUnseenShare }: CheckedScoreOptions,
): void {
  if (found > 0 && maxUnseenShare < 1) refuse(operation, watch.problems(features, maxUnseenShare))
}

function scoringDay(asOf: EpochDay): EpochDay {
  if (asOf < beyondAnyRow) return asOf
  throw new HoldfastError('scoreOne', [
    {
      code: 'out-of-range',
      parameter: 'asOf',
      rule: `to be before ${formatDay(beyondAnyRow)}`,
      received: asOf,
      wayOut: 'A number is read as days since 1970-01-01: write the day as YYYY-MM-DD.',
    },
  ])
}

/** Returns a problem if the customer is not active, as those in training were. */
function notCounted(customer: CheckedCustomer, cutoff: EpochDay): Problem[] {
  const { id, activatedAt, cancelledAt, cancelledKnownAt } = customer
  const hasLeft = cancelledAt !== null && cancelledAt < cutoff && isKnownBefore(cancelledKnownAt, cutoff)
  const problem = { code: 'out-of-range', parameter: 'asOf', received: formatDay(cutoff) } as const
  if (activatedAt >= cutoff) {
    const rule = `to be after ${formatDay(activatedAt)}, the day on which customer ${id} was activated`
    return [{ ...problem, rule, wayOut: 'A customer without a past has no score yet.' }]
  }
  if (!hasLeft) return []
  const rule = `to be at or before ${formatDay(cancelledAt)}, the day on which customer ${id} cancelled`
  return [{ ...problem, rule, wayOut: 'Customers who have left need no score: leave them out.' }]
}

/** Says that what is known of the customer has a name of its own beside the event tables. */
function notWrapped(history: CustomerHistory): Problem[] {
  if (!isPlainObject(history) || 'customer' in history || !('id' in history || 'activatedAt' in history))
    return []
  const rule = 'to be the history of a customer: { customer, usage, … }'
  const wayOut =
    'Put what is known of the customer into customer: { customer: { id, activatedAt, … }, usage: [ … ] }.'
  return [{ code: 'value-type', parameter: 'customer', rule, received: history, wayOut }]
}

function isFollowed(customer: CustomerHistory | FollowedCustomer): customer is FollowedCustomer {
  return typeof (customer as Partial<FollowedCustomer> | undefined)?.features === 'function'
}

function scoreColumns(
  model: ChurnModel,
  bands: readonly RiskBand[],
  said: Said,
  features: FeatureMatrix,
  { reasons, threads, value }: CheckedScoreOptions,
  worthOf: ((row: number) => number | null) | null,
): Column[] {
  const probability = model.probability(features, { threads })
  const columns: Column[] = [
    numberColumn('probability', probability),
    textColumn(
      'band',
      Array.from(probability, (value) => bandName(value, bands)),
    ),
  ]
  if (worthOf !== null) columns.push(...valueColumns(probability, worthOf, value!.unit))
  if (reasons > 0) columns.push(...reasonColumns(model, features, reasons, said))
  return columns
}

function reasonColumns(model: ChurnModel, features: FeatureMatrix, count: number, said: Said): Column[] {
  const contributions = model.contributions(features)
  const lookUp = valuesByName(features)
  const texts = Array.from({ length: count }, () => new Array<string | null>(features.rowCount).fill(null))
  const hasPlaybook = said.features.some(({ action }) => action !== null)
  const actions = new Array<string | null>(hasPlaybook ? features.rowCount : 0).fill(null)
  for (let row = 0; row < features.rowCount; row++) {
    const reasons = reasonsOf(said.features, contributions, lookUp, row, count, said.language)
    for (let rank = 0; rank < reasons.length; rank++) texts[rank]![row] = reasons[rank]!.text
    if (hasPlaybook)
      actions[row] = said.features[strongestAction(said.features, contributions, row)]?.action ?? null
  }
  const columns = texts.map((column, rank) => textColumn(`reason${rank + 1}`, column))
  return hasPlaybook ? [...columns, textColumn('action', actions)] : columns
}

function needsRules(operation: string): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'option-invalid',
      parameter: 'the model',
      rule: 'to carry the feature rules of a history',
      wayOut: 'It was trained on a flat table: use scoreRow with the columns of that table.',
    },
  ])
}
