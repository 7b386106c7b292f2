import type { Days, EpochDay } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import * as z from '../base/schema.js'
import { timeZoneRule } from '../base/timeZone.js'
import { featureRuleSchema } from '../feature/featureRuleSchema.js'
import type { FeatureRule } from '../feature/rule.js'
import { type TrainedRows, trainedRowsSchema } from '../learn/trainedRows.js'
import { type CutoffRule, cutoffRuleSchema } from '../population/ownCutoffs.js'
import { type PopulationRule, populationRuleSchema } from '../population/rule.js'
import type { ColumnNotation } from '../table/columnReading.js'
import { type HistoryKinds, historyKindsRule } from '../table/inputs.js'
import { columnNotationSchema } from '../table/readingOptions.js'
import { type RepeatedRows, repeatedRowsRule } from '../table/repeatedRows.js'
import { type RiskBand, riskBandsSchema } from './bands.js'
import { type SeenFeature, seenFeatureSchema } from './seenInTraining.js'

/** What a model file contains besides the model: feature rules, risk bands, label and training data. */
export interface AboutModel {
  /** Null for a flat table. */
  readonly rules: readonly FeatureRule[] | null
  /** Who was counted in training; null for a flat table. */
  readonly population: PopulationRule | null
  /**
   * The rule that gave customers their own cutoffs in training, without the pairs of a list; left out if all had the
   * same.
   */
  readonly ownCutoffs?: CutoffRule
  /** From the highest down; the last is from 0. */
  readonly bands: readonly RiskBand[]
  /** Null for a flat table. */
  readonly label: {
    readonly name: string
    /** The label's rule as data; scoring does not read it. */
    readonly rule: unknown
    readonly gapDays: Days
    readonly horizonDays: Days
  } | null
  /** How the columns of a flat table became features, for reading rows in scoring. Null = not known. */
  readonly flat: {
    /** Columns of days that became the days until the day of the forecast. */
    readonly days: readonly string[]
    /** Notations of columns that were not written as programs write them. */
    readonly notations: Readonly<Record<string, ColumnNotation>>
  } | null
  /** Time zone that gave the instants of the history or flat table their day. */
  readonly timeZone: string
  /** Treatment of event rows that equal an earlier row in every column. */
  readonly repeatedRows: RepeatedRows
  /**
   * The columns that told rows apart, for each table that the rules read; null if repeated rows were kept, or if not
   * known.
   */
  readonly tables: HistoryKinds | null
  /** Null = not known. */
  readonly trainedOn: {
    readonly rows: number
    /** From the base rate of the model if the scorer was given a dataset with rows other than the training rows. */
    readonly churned: number
    readonly fingerprint: string
    /** First day after the outcomes that it was trained on; left out if not known: flat tables, files of earlier versions. */
    readonly until?: EpochDay | undefined
    /** Fingerprints by which `evaluate` and reports recognise training rows; absent in files of earlier versions. */
    readonly trainedRows?: TrainedRows | undefined
    /**
     * Further rows that it has seen: those of a model it continued from, that calibrated it, or that chose its number
     * of trees.
     */
    readonly furtherRows?: readonly TrainedRows[] | undefined
    /** True if a model within it, or one it continued from, has seen unknown rows. */
    readonly hasUnknownRows?: boolean | undefined
  } | null
  /** What training has seen of each feature; null if not known: imported models, files of earlier versions. */
  readonly seen: readonly SeenFeature[] | null
}

/** Each fingerprint takes up to 17 kB. */
export const mostFurtherRows = 16

/** Schema of {@link AboutModel}: reads it back from a model file. */
export const aboutModelSchema: z.ZodType<AboutModel, unknown> = z.strictObject({
  rules: z.array(featureRuleSchema).nullable(),
  population: populationRuleSchema.nullable(),
  ownCutoffs: z.exactOptional(cutoffRuleSchema),
  bands: riskBandsSchema,
  label: z
    .strictObject({
      name: z.string().min(1),
      rule: z.json(),
      gapDays: z.number().int().min(0),
      horizonDays: z.number().int().min(1),
    })
    .nullable(),
  // Files of earlier versions do not say
  flat: z
    .strictObject({ days: z.array(z.string()), notations: z.record(z.string(), columnNotationSchema) })
    .nullable()
    .default(null),
  timeZone: timeZoneRule,
  repeatedRows: repeatedRowsRule,
  tables: historyKindsRule.nullable().default(null) as z.ZodType<HistoryKinds | null, unknown>,
  trainedOn: z
    .strictObject({
      rows: z.number().int().min(1),
      churned: z.number().int().min(0),
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
      until: (z.int() as unknown as z.ZodType<EpochDay, unknown>).optional(),
      trainedRows: trainedRowsSchema.optional(),
      furtherRows: z.array(trainedRowsSchema).max(mostFurtherRows).optional(),
      hasUnknownRows: z.boolean().optional(),
    })
    .nullable(),
  seen: z.array(seenFeatureSchema).nullable().default(null),
})

const waysToRead = {
  history: { opened: 'opened', wayOut: (option: string) => `Open it with ${option}.` },
  customer: { opened: 'followed', wayOut: (option: string) => `Give compileRules ${option}.` },
} as const

/**
 * Returns problems if rows were read by rules other than those of training: with another time zone, or another
 * treatment of repeated rows, features have other values.
 *
 * @param parameter what was read: a history, or a followed customer
 */
export function otherReading(
  about: Pick<AboutModel, 'timeZone' | 'repeatedRows'>,
  read: Pick<AboutModel, 'timeZone' | 'repeatedRows'>,
  parameter: keyof typeof waysToRead,
): Problem[] {
  const { opened, wayOut } = waysToRead[parameter]
  const asked = [
    { name: 'timeZone', rule: `to be ${opened} in the time zone of the model, ${about.timeZone}` },
    {
      name: 'repeatedRows',
      rule: `to be ${opened} with the rule of the model for rows that are there more than once, ${about.repeatedRows}`,
    },
  ] as const
  return asked
    .filter(({ name }) => read[name] !== about[name])
    .map(({ name, rule }) => ({
      code: 'option-invalid',
      parameter,
      rule,
      received: read[name],
      wayOut: wayOut(`${name}: '${about[name]}'`),
    }))
}
