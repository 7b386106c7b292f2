import * as z from '../../base/schema.js'
import { type LanguageName, languageNames } from './language.js'

/** Words of your own for a feature or a column, instead of its name. */
export interface FeatureLabel {
  readonly label: string
  /** Unit of its values, said after them: `€`, `MB`. */
  readonly unit?: string
}

/** Labels by name of a feature (`usage_minutes_sum_3m`), or of a column (`usage.minutes`) in all features that read it. */
export type FeatureLabels = Readonly<Record<string, string | FeatureLabel>>

/** How features are put in words. */
export interface WordOptions {
  /** Language: `en` English, `zh` Chinese. Default `en`. */
  readonly language?: LanguageName
  /** Default: columns are called as they are, `dataMb` "data mb"; in Chinese, columns of holdfast's own are translated. */
  readonly labels?: FeatureLabels
}

/** Rule of a language. */
export const languageRule = z.enum(languageNames)

const text = z.string().min(1)

/** Rule of {@link FeatureLabels}. */
export const featureLabelsRule = z.record(
  z.string(),
  z.union(
    [text, z.strictObject({ label: text, unit: z.exactOptional(text) })],
    'to be a text, or { label, unit }',
  ),
)

/** Rules and defaults of {@link WordOptions}. */
export const wordOptions = z.strictObject({
  language: languageRule.default('en'),
  labels: featureLabelsRule.default({}),
})
