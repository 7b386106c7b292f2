import { z } from 'zod'
import { dayRule } from '../../base/dayRule.js'
import type { Days, EpochDay } from '../../base/days.js'
import { seedRule } from '../../base/seedRule.js'
import type { Progress } from '../../learn/contract.js'
import { bootstrapOptions } from '../interval/bootstrapOptions.js'
import { type MetricName, metricNames } from '../metrics.js'
import type { BacktestFold } from './foldPredictions.js'

/** What every validation measures, and with what intervals. */
export interface MeasureOptions {
  /**
   * Metrics that are one number and have an interval (`calibrationError` has none). Default: AUC, average precision, log
   * loss, Brier score and lift.
   */
  readonly metrics?: readonly MetricName[]
  /** Level of the intervals, in (0, 1). Default 0.95. */
  readonly level?: number
  /** Resamples behind the intervals. Integer ≥ 20. Default as in `bootstrapInterval`. */
  readonly resamples?: number
  /** Seed of resampling and of any draw of customers; any 32-bit integer. Default 1. */
  readonly seed?: number
}

/** How a model is tested cutoff after cutoff. */
export interface BacktestOptions extends MeasureOptions {
  /**
   * Cutoffs to test at: a list of days (`YYYY-MM-DD`, `YYYY-MM` for the first of the month, `EpochDay`, or an instant in the
   * time zone of the data), or how many of the last. Default: every cutoff with enough training rows before it.
   */
  readonly testCutoffs?: number | readonly (string | EpochDay | Date)[]
  /**
   * Which known cutoffs are trained on. `expanding`: all. `{ cutoffs: n }`: the last n. `{ days: n }`: those from n days
   * before the test cutoff on. Default `expanding`.
   */
  readonly window?: 'expanding' | { readonly cutoffs: number } | { readonly days: Days }
  /**
   * How often a model is trained. `every`: for each test cutoff. `{ every: n }`: for each nth, kept in between. `once`: for
   * the first and kept, which shows how a model ages. Default `every`.
   */
  readonly refit?: 'every' | 'once' | { readonly every: number }
  /** Leave training rows out whose outcome was not yet known. Default true; false only to measure it. */
  readonly purge?: boolean
  /** Days between the end of the last outcome window of training and the test cutoff. Integer ≥ 0. Default 0. */
  readonly embargoDays?: Days
  /** Least number of cutoffs to train on. Integer ≥ 1. Default 1. */
  readonly minimumTrainCutoffs?: number
  /** Least number of rows to train on. Integer ≥ 1. Default 1. */
  readonly minimumTrainRows?: number
  /** Test only customers of whom no row was trained on: those who are new. Default false: as in use. */
  readonly newCustomersOnly?: boolean
  /**
   * Hold this share of all customers out of every training, and test only them. For the question "how good is it for
   * customers that it has never seen?". In (0, 1). Default: all customers are in both parts, as in use.
   */
  readonly testShare?: number
  /** Called after each fold. */
  readonly onFold?: (fold: BacktestFold) => void
  /** Called after each fold, `done` of `total`. */
  readonly onProgress?: (progress: Progress) => void
  /** Handed to `train`, and looked at before each fold: an abort rejects with `aborted`. */
  readonly signal?: AbortSignal
}

const call = <Call>() => z.custom<Call>((value) => typeof value === 'function', 'to be a function').optional()

const isSignal = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as AbortSignal).aborted === 'boolean'

/** Rules and defaults of {@link MeasureOptions}, and of the calls that every validation makes. */
export const measureOptions = z.strictObject({
  metrics: z
    .array(z.enum(metricNames as [MetricName, ...MetricName[]]))
    .min(1)
    .default(['rocAuc', 'averagePrecision', 'logLoss', 'brierScore', 'liftAt']),
  level: bootstrapOptions.shape.level,
  resamples: bootstrapOptions.shape.resamples,
  seed: seedRule,
  onProgress: call<(progress: Progress) => void>(),
  signal: z.custom<AbortSignal>(isSignal, 'to be an AbortSignal').optional(),
})

const atLeastOne = z.int().min(1)

/** Rules and defaults of {@link BacktestOptions}. */
export const backtestOptions = measureOptions.extend({
  testCutoffs: z
    .union([atLeastOne, z.array(dayRule).min(1)])
    .describe(`a number of cutoffs of at least 1, or a list, each ${dayRule.description}`)
    .optional(),
  window: z
    .union([
      z.literal('expanding'),
      z.strictObject({ cutoffs: atLeastOne }),
      z.strictObject({ days: atLeastOne }),
    ])
    .describe('"expanding", { cutoffs: n } or { days: n }, n an integer of at least 1')
    .default('expanding'),
  refit: z
    .union([z.enum(['every', 'once']), z.strictObject({ every: atLeastOne })])
    .describe('"every", "once" or { every: n }, n an integer of at least 1')
    .default('every'),
  purge: z.boolean().default(true),
  embargoDays: z.int().min(0).default(0),
  minimumTrainCutoffs: atLeastOne.default(1),
  minimumTrainRows: atLeastOne.default(1),
  newCustomersOnly: z.boolean().default(false),
  testShare: z.number().gt(0).lt(1).optional(),
  onFold: call<(fold: BacktestFold) => void>(),
})

/** Checked options of a backtest. */
export type CheckedBacktest = z.output<typeof backtestOptions>

/** How rows without time are validated. */
export interface CrossValidateOptions extends MeasureOptions {
  /** Number of folds. Integer ≥ 2. Default 5. */
  readonly folds?: number
  /** How often folds are drawn anew. Integer ≥ 1. Default 1. */
  readonly repeats?: number
  /** Draw as many churners into each fold, as far as whole customers allow. Default true. */
  readonly stratified?: boolean
  /** Shape (rows): rows of one group go to the same fold, and are `ids` to `train`. Default: the customer of each row. */
  readonly groups?: ArrayLike<string | number>
  /**
   * Shape (rows), integers ≥ 0: the fold that tests each row, for a protocol of your own, such as row number % 5. With it
   * `folds`, `repeats` and `stratified` are left out.
   */
  readonly foldOf?: ArrayLike<number>
  /** Called after each fold, `done` of `total`. */
  readonly onProgress?: (progress: Progress) => void
  /** Handed to `train`, and looked at before each fold: an abort rejects with `aborted`. */
  readonly signal?: AbortSignal
}

const isList = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { length?: unknown }).length === 'number'

/** Rules and defaults of {@link CrossValidateOptions}. */
export const crossValidateOptions = measureOptions.extend({
  folds: z.int().min(2).default(5),
  repeats: z.int().min(1).default(1),
  stratified: z.boolean().default(true),
  groups: z.custom<ArrayLike<string | number>>(isList, 'to be a list of texts or numbers').optional(),
  foldOf: z.custom<ArrayLike<number>>(isList, 'to be a list of integers').optional(),
})

/** Checked options of a cross-validation. */
export type CheckedCrossValidation = z.output<typeof crossValidateOptions>
