import { z } from 'zod'
import { featureRuleSchema } from '../feature/featureRuleSchema.js'
import { populationRuleSchema } from '../population/rule.js'
import { riskBandsSchema } from './bands.js'

/** What a model file carries beside the model: the rules of its features, its risk bands, what it predicts, on what. */
export const aboutModelSchema = z.strictObject({
  /** Null for a flat table. */
  rules: z.array(featureRuleSchema).nullable(),
  /** Who was counted in training; null for a flat table. */
  population: populationRuleSchema.nullable(),
  bands: riskBandsSchema,
  /** Null for a flat table. */
  label: z
    .strictObject({
      name: z.string().min(1),
      /** The label's rule as data; scoring does not read it. */
      rule: z.json(),
      gapDays: z.number().int().min(0),
      horizonDays: z.number().int().min(1),
    })
    .nullable(),
  /** Null where it is not known. */
  trainedOn: z
    .strictObject({
      rows: z.number().int().min(1),
      churned: z.number().int().min(0),
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .nullable(),
})

/** What a model file carries beside the model. */
export type AboutModel = z.output<typeof aboutModelSchema>
