import { z } from 'zod'
import type { EpochDay } from '../base/days.js'
import { epochDay } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { type FeatureMatrix, numberColumn, textColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { type CompiledRules, compileRules } from '../feature/memory/compileRules.js'
import { featuresOf } from '../feature/memory/featuresOf.js'
import type { FollowedCustomer } from '../feature/memory/followCustomer.js'
import { describeFeature } from '../feature/name/describeFeature.js'
import { featureName } from '../feature/name/featureName.js'
import type { FeatureRule } from '../feature/rule.js'
import type { ChurnModel } from '../learn/contract.js'
import { type PredictOptions, predictOptions } from '../learn/predictOptions.js'
import { decodeModel, encodeModel } from '../learn/store.js'
import type { PopulationRule } from '../population/rule.js'
import type { CustomerHistory } from '../table/customerHistory.js'
import { type Cell, type Column, idColumn, Table, tableFrom } from '../table/table.js'
import { type AboutModel, aboutModelSchema } from './aboutModel.js'
import { bandName, type RiskBand, type RiskBandOptions, riskBands } from './bands.js'
import { modelInput } from './modelInput.js'
import { type FeatureWords, type Reason, reasonsOf, valuesByName } from './reasons.js'

/** What a scorer says of one customer. */
export interface Score {
  /** Risk of leaving, in (0, 1). */
  readonly probability: number
  /** Name of the risk band. */
  readonly band: string
  /** The strongest first. */
  readonly reasons: readonly Reason[]
}

/** How scores are given. */
export interface ScoreOptions extends PredictOptions {
  /** Reasons per customer. Integer from 0 to 20, default 3; 0 saves their computation. */
  readonly reasons?: number
}

const scoreOptions = predictOptions.extend({ reasons: z.number().int().min(0).max(20).default(3) })

/** A trained model with all that scoring needs beside it: feature rules, risk bands, words. Immutable. */
export interface Scorer {
  readonly model: ChurnModel
  readonly about: AboutModel
  /**
   * Scores one customer from raw history, as of a cutoff: in a service, without an engine and without SQL.
   *
   * The rules are compiled with the first call. Who is scored again after each event is rather followed, with the rules
   * of the model: `followCustomer(history, compileRules(scorer.about.rules))`; so is, with `percentiles`, whoever is
   * scored by a model that reads percentiles.
   *
   * @throws {HoldfastError} `option-invalid` for a model of a flat table (use `scoreRow`); all bad rows at once
   */
  scoreOne(
    customer: CustomerHistory | FollowedCustomer,
    options: ScoreOptions & { readonly asOf: EpochDay | string | Date },
  ): Score
  /**
   * Scores one row of features by name, as they stood in the training table. Features of null or '' are missing.
   *
   * @throws {HoldfastError} `feature-missing`, `column-type`
   */
  scoreRow(row: Readonly<Record<string, Cell>>, options?: ScoreOptions): Score
  /**
   * Scores the rows of a feature table.
   *
   * @returns columns `id` (the values of the column `id`, where named), `probability`, `band`, `reason1`, …
   * @throws {HoldfastError} `feature-missing`, `column-type`, `column-missing`
   */
  scoreTable(table: Table, options?: ScoreOptions & { readonly id?: string }): Table
  /** Scores a feature matrix; the same columns as {@link Scorer.scoreTable}, without `id`. */
  scoreMatrix(features: FeatureMatrix, options?: ScoreOptions): Table
}

/** What a scorer takes over from the data its model was trained on. A `Dataset` is one. */
export interface TrainedOn {
  readonly rules: readonly FeatureRule[] | null
  readonly label: {
    readonly name: string
    readonly rule: unknown
    readonly gapDays: number
    readonly horizonDays: number
  } | null
  /** Who was counted; null for a flat table. */
  readonly population: PopulationRule | null
  readonly outcome: Uint8Array
  readonly fingerprint: string
}

/**
 * Returns a scorer for a model, with the feature rules and the label of the data it was trained on.
 *
 * Without data the model scores rows and tables of features; raw history needs the rules.
 *
 * @param bands cut points in multiples of the usual odds, see {@link riskBands}
 */
export function createScorer(model: ChurnModel, trainedOn?: TrainedOn, bands?: RiskBandOptions): Scorer {
  return scorerFrom(
    model,
    checkOptions('createScorer', aboutModelSchema, {
      rules: trainedOn?.rules ?? null,
      population: trainedOn?.population ?? null,
      bands: riskBands(model.baseRate, bands),
      label: trainedOn?.label ?? null,
      trainedOn: trainedOn === undefined ? null : countsOf(trainedOn),
    }),
  )
}

function countsOf({ outcome, fingerprint }: TrainedOn): AboutModel['trainedOn'] {
  return { rows: outcome.length, churned: outcome.reduce((sum, one) => sum + one, 0), fingerprint }
}

/** Returns the bytes of a model file that {@link loadScorer} reads: model, feature rules, risk bands, label. */
export function encodeScorer(scorer: Scorer): Uint8Array {
  return encodeModel(scorer.model, scorer.about)
}

/**
 * Returns the scorer in a model file. Loading executes nothing; the file's size, checksum and every number are checked.
 *
 * A file without feature rules and bands (written by `saveModel(model, path)` alone) gets the default bands.
 *
 * @throws {HoldfastError} `model-truncated`, `model-edited`, `model-version`, `model-too-large`, `model-invalid`
 */
export function loadScorer(bytes: Uint8Array): Scorer {
  const { model, about } = decodeModel(bytes)
  if (about === null || about === undefined) return createScorer(model)
  const checked = aboutModelSchema.safeParse(about)
  if (checked.success) return scorerFrom(model, checked.data)
  const problems = checked.error.issues.map(
    (issue): Problem => ({
      code: 'model-invalid',
      parameter: issue.path.join('.') || 'about',
      rule: `to be what encodeScorer writes (${issue.message})`,
      wayOut: 'Write the file again with saveScorer.',
    }),
  )
  refuse('loadScorer', problems)
  throw checked.error
}

function scorerFrom(model: ChurnModel, about: AboutModel): Scorer {
  const words = featureWords(about.rules)
  const scoreMatrix = (features: FeatureMatrix, options?: ScoreOptions): Table => {
    const checked = checkOptions('scoreMatrix', scoreOptions, options)
    return scoreColumns(model, about.bands, words, features, checked)
  }
  const first = (features: FeatureMatrix, reasons: number): Score => {
    const probability = model.probability(features)[0]!
    const given =
      reasons === 0
        ? []
        : reasonsOf(model, model.contributions(features), valuesByName(features), 0, reasons, words)
    return { probability, band: bandName(probability, about.bands), reasons: given }
  }
  let compiled: CompiledRules | undefined
  const featuresAsOf = (customer: CustomerHistory | FollowedCustomer, cutoff: EpochDay): FeatureMatrix => {
    if (about.rules === null) throw needsRules()
    if (isFollowed(customer)) return customer.features(cutoff)
    compiled ??= compileRules(about.rules)
    return featuresOf(customer, compiled, cutoff)
  }
  return {
    model,
    about,
    scoreMatrix,
    scoreOne(customer, { asOf, ...options }) {
      const { reasons } = checkOptions('scoreOne', scoreOptions, options)
      return first(featuresAsOf(customer, epochDay(asOf)), reasons)
    },
    scoreRow(row, options) {
      const { reasons } = checkOptions('scoreRow', scoreOptions, options)
      const cells = Object.fromEntries(
        Object.entries(row).map(([name, cell]) => [name, [cell === '' ? null : cell]]),
      )
      return first(modelInput('scoreRow', model.features, tableFrom(cells)), reasons)
    },
    scoreTable(table, { id, ...options } = {}) {
      const checked = checkOptions('scoreTable', scoreOptions, options)
      const features = modelInput('scoreTable', model.features, table)
      const scores = scoreColumns(model, about.bands, words, features, checked)
      return id === undefined
        ? scores
        : new Table([{ ...idColumn(table.column(id)), name: 'id' }, ...scores.columns])
    },
  }
}

function isFollowed(customer: CustomerHistory | FollowedCustomer): customer is FollowedCustomer {
  return typeof (customer as Partial<FollowedCustomer> | undefined)?.features === 'function'
}

function scoreColumns(
  model: ChurnModel,
  bands: readonly RiskBand[],
  words: FeatureWords,
  features: FeatureMatrix,
  { reasons, threads }: z.output<typeof scoreOptions>,
): Table {
  const probability = model.probability(features, { threads })
  const columns: Column[] = [
    numberColumn('probability', probability),
    textColumn(
      'band',
      Array.from(probability, (value) => bandName(value, bands)),
    ),
  ]
  if (reasons > 0) columns.push(...reasonColumns(model, features, reasons, words))
  return new Table(columns, features.rowCount)
}

function reasonColumns(
  model: ChurnModel,
  features: FeatureMatrix,
  count: number,
  words: FeatureWords,
): Column[] {
  const contributions = model.contributions(features)
  const lookUp = valuesByName(features)
  const texts = Array.from({ length: count }, () => new Array<string | null>(features.rowCount).fill(null))
  for (let row = 0; row < features.rowCount; row++) {
    const reasons = reasonsOf(model, contributions, lookUp, row, count, words)
    for (let rank = 0; rank < reasons.length; rank++) texts[rank]![row] = reasons[rank]!.text
  }
  return texts.map((column, rank) => textColumn(`reason${rank + 1}`, column))
}

function featureWords(rules: readonly FeatureRule[] | null): FeatureWords {
  const byName = new Map((rules ?? []).map((rule) => [featureName(rule), describeFeature(rule)]))
  return (feature) => byName.get(feature) ?? feature
}

function needsRules(): HoldfastError {
  return new HoldfastError('scoreOne', [
    {
      code: 'option-invalid',
      parameter: 'the model',
      rule: 'to carry the feature rules of a history',
      wayOut: 'It was trained on a flat table: use scoreRow with the columns of that table.',
    },
  ])
}
