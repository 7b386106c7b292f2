import * as z from 'zod'
import { argumentOption } from '../base/options.js'
import { weightRule } from '../base/sharedRules.js'
import type { BacktestFigures } from '../evaluate/backtest/backtestResult.js'
import { type EvaluateOptions, evaluateOptions } from '../evaluate/evaluate.js'
import { offerSchema, type RetentionOffer } from '../evaluate/profit/offer.js'
import type { SegmentFigures } from '../evaluate/segment/segmentTableResult.js'
import type { ReportedData } from './facts/dataFacts.js'

/** Options of reports. */
export interface ReportOptions {
  /** Heading of the report. Default: `Churn model report`. */
  readonly title?: string
  readonly author?: string
  /** Date of the report, in any form; the clock is never read. */
  readonly date?: string
  /** What the model predicts, in words, after "predicts": `whether a customer cancels within 30 days`. */
  readonly predicts?: string
  /** The purpose of the model, as a whole sentence. */
  readonly intendedUse?: string
  /** Options with which the model was trained, for the model card. */
  readonly modelOptions?: Readonly<Record<string, unknown>>
  /** Limits that only you know, in whole sentences. */
  readonly remarks?: readonly string[]
  /**
   * The training data, for counts and for how far the test data differ from it. If the model knows that it was trained
   * on other rows, the report says so.
   */
  readonly train?: ReportedData
  /** An offer: the report then shows what the list earns, and where to cut it. */
  readonly offer?: RetentionOffer
  /** Tables by segment. */
  readonly segments?: readonly SegmentFigures[]
  /** A backtest, for the section on time. */
  readonly backtest?: BacktestFigures
  /** Options of the evaluation: top share, threshold, bins, level, resamples, seed. */
  readonly evaluate?: EvaluateOptions
}

/** Options of `modelReport`. */
export interface ModelReportOptions extends ReportOptions {
  /** Columns of the test data for figures by segment; a pair is crossed: `['contract', ['contract', 'region']]`. */
  readonly segmentsBy?: readonly (string | readonly [string, string])[]
  /** Most features shown by importance. Integer from 0 to 50; 0 leaves the section out. Default 12. */
  readonly importances?: number
  /** Number of the most important features whose effects are shown. Integer from 0 to 24. Default 6. */
  readonly effects?: number
}

/** Options of {@link predictionReport}. */
export interface PredictionReportOptions extends ReportOptions {
  /** Shape (n), each ≥ 0 and finite; left out = all 1. Weight 2 = the row twice, weight 0 = the row absent. */
  readonly weight?: ArrayLike<number>
}

/** Rules and defaults of {@link ReportOptions}. */
export const reportOptions = z.strictObject({
  title: z.string().min(1).default('Churn model report'),
  author: z.string().optional(),
  date: z.string().optional(),
  predicts: z.string().optional(),
  intendedUse: z.string().optional(),
  modelOptions: z.record(z.string(), z.unknown()).default({}),
  remarks: z.array(z.string()).default([]),
  train: argumentOption<ReportedData>('dataset').optional(),
  offer: offerSchema.optional(),
  segments: z.array(argumentOption<SegmentFigures>('segmentFigures')).default([]),
  backtest: argumentOption<BacktestFigures>('backtestInTime').optional(),
  evaluate: evaluateOptions.optional(),
})

/** Rules and defaults of {@link ModelReportOptions}. */
export const modelReportOptions = reportOptions.extend({
  segmentsBy: z
    .array(z.union([z.string(), z.tuple([z.string(), z.string()])]))
    .describe('a list of names of columns, or of pairs of names')
    .default([]),
  importances: z.int().min(0).max(50).default(12),
  effects: z.int().min(0).max(24).default(6),
})

/** Rules and defaults of {@link PredictionReportOptions}. */
export const predictionReportOptions = reportOptions.extend({
  weight: weightRule,
})
