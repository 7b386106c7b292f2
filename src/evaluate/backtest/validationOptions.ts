import * as z from 'zod'
import { dayRule } from '../../base/dayRule.js'
import type { DayInput, Days } from '../../base/days.js'
import { callbackRule, groupsRule, signalRule } from '../../base/sharedRules.js'
import { isNumberList } from '../../base/valueProblems.js'
import type { Progress, TrainControl } from '../../learn/contract.js'
import { type ResampleOptions, resampleOptions } from '../interval/bootstrapOptions.js'
import { type MetricName, metricNames } from '../metrics.js'
import type { BacktestFold } from './foldPredictions.js'

/** What every validation measures, and with what intervals. */
export interface MeasureOptions extends ResampleOptions {
  /**
   * Metrics that are one number and have an interval (`calibrationError` has none). Default: AUC, average precision, log
   * loss, Brier score and lift.
   */
  readonly metrics?: readonly MetricName[]
}

/**
 * How a model is tested cutoff after cutoff. `onProgress` is called after each fold; `signal` is handed to `train` and looked at
 * before each fold: an abort rejects with `aborted`.
 */
export interface BacktestOptions extends MeasureOptions, TrainControl {
  /**
   * Cutoffs to test at: a list of days (`YYYY-MM-DD`, `YYYY-MM` for the first of the month, `EpochDay`, or an instant in the
   * time zone of the data), or how many of the last. Default: every cutoff with enough training rows before it.
   */
  readonly testCutoffs?: number | readonly DayInput[]
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
  readonly minTrainCutoffs?: number
  /** Least number of rows to train on. Integer ≥ 1. Default 1. */
  readonly minTrainRows?: number
  /** Test only customers of whom no row was trained on: those who are new. Default false: as in use. */
  readonly newCustomersOnly?: boolean
  /**
   * Hold this share of all customers out of every training, and test only them. For the question "how good is it for
   * customers that it has never seen?". In (0, 1). Default: all customers are in both parts, as in use.
   */
  readonly testShare?: number
  /** Called after each fold. */
  readonly onFold?: (fold: BacktestFold) => void
}

/** Rules and defaults of {@link MeasureOptions}, and of the calls that every validation makes. */
export const measureOptions = resampleOptions.extend({
  metrics: z
    .array(z.enum(metricNames as [MetricName, ...MetricName[]]))
    .min(1)
    .default(['rocAuc', 'averagePrecision', 'logLoss', 'brierScore', 'liftAt']),
  onProgress: callbackRule<(progress: Progress) => void>(),
  signal: signalRule,
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
  minTrainCutoffs: atLeastOne.default(1),
  minTrainRows: atLeastOne.default(1),
  newCustomersOnly: z.boolean().default(false),
  testShare: z.number().gt(0).lt(1).optional(),
  onFold: callbackRule<(fold: BacktestFold) => void>(),
})

/** Checked options of a backtest. */
export type CheckedBacktest = z.output<typeof backtestOptions>

/** How rows without time are validated. `onProgress` and `signal` as in {@link BacktestOptions}. */
export interface CrossValidateOptions extends MeasureOptions, TrainControl {
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
}

/** Rules and defaults of {@link CrossValidateOptions}. */
export const crossValidateOptions = measureOptions.extend({
  folds: z.int().min(2).default(5),
  repeats: z.int().min(1).default(1),
  stratified: z.boolean().default(true),
  groups: groupsRule,
  foldOf: z.custom<ArrayLike<number>>(isNumberList, 'to be a list of integers').optional(),
})

/** Checked options of a cross-validation. */
export type CheckedCrossValidation = z.output<typeof crossValidateOptions>
