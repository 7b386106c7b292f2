import { inNameOf, nearName, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { ownValue } from '../base/ownValue.js'
import * as z from '../base/schema.js'
import {
  type Actionability,
  actionabilities,
  type FeatureFamily,
  featureFamilies,
  featureNature,
  unknownNature,
} from '../feature/family.js'
import { columnInWords, labelledNames, languages, ruleInWords } from '../feature/name/describeFeature.js'
import { featureName } from '../feature/name/featureName.js'
import type { LanguageName } from '../feature/name/language.js'
import { type FeatureLabels, featureLabelsRule, languageRule } from '../feature/name/wordOptions.js'
import type { ChurnModel } from '../learn/contract.js'
import type { AboutModel } from './aboutModel.js'
import type { FeatureInWords } from './reasons.js'

/** What a scorer says of the features of its model, where the rules do not say it or you know better. */
export interface ReasonSettings {
  /**
   * Family by name of the feature. Default: from its rule; of a feature without a rule (a column of a flat table) it is not
   * known, `other`.
   */
  readonly families?: Readonly<Record<string, FeatureFamily>>
  /** Actionability by name of the feature. Default: from its rule; without a rule `unknown`. */
  readonly actionability?: Readonly<Record<string, Actionability>>
  /** Language of the reasons: `en` English, `zh` Chinese. Default `en`. */
  readonly language?: LanguageName
  /**
   * Words and units of your own, by name of a feature (`usage_minutes_sum_3m`), or of a column (`usage.minutes`) in all
   * features that read it. In the language of the reasons.
   */
  readonly featureLabels?: FeatureLabels
}

const settingsSchema = z.strictObject({
  families: z.record(z.string(), z.enum(featureFamilies)).default({}),
  actionability: z.record(z.string(), z.enum(actionabilities)).default({}),
  language: languageRule.default('en'),
  featureLabels: featureLabelsRule.default({}),
})

/** Checked {@link ReasonSettings}. */
export type CheckedReasonSettings = z.output<typeof settingsSchema>

/**
 * Returns settings with their defaults.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, also for a name that is no feature of the model
 */
export function checkReasonSettings(
  operation: string,
  settings: unknown,
  model: ChurnModel,
  { rules }: AboutModel,
): CheckedReasonSettings {
  const checked = inNameOf(operation, () => checkOptions(operation, settingsSchema, settings))
  const names = model.features.map(({ name }) => name)
  const labels = Object.keys(checked.featureLabels)
  refuse(operation, [
    ...(['families', 'actionability'] as const).flatMap((option) =>
      unknownFeatures(option, Object.keys(checked[option]), names),
    ),
    ...(labels.length === 0
      ? []
      : unknownFeatures('featureLabels', labels, [...names, ...labelledNames(rules ?? [])])),
  ])
  return checked
}

function unknownFeatures(option: string, given: readonly string[], names: readonly string[]): Problem[] {
  const known = new Set(names)
  return given
    .filter((name) => !known.has(name))
    .map((name) => ({
      code: 'option-unknown',
      parameter: `${option}.${name}`,
      rule:
        'to be named after a feature of the model' +
        (option === 'featureLabels' ? ', or a column that it reads, such as usage.minutes' : ''),
      received: name,
      ...nearName(name, names, 'The names are in scorer.model.features.'),
    }))
}

/** Returns what is said of each feature, in the order of the model's features. */
export function featuresInWords(
  { features }: ChurnModel,
  { rules, flat }: AboutModel,
  { families, actionability, featureLabels }: CheckedReasonSettings,
  language: LanguageName,
): FeatureInWords[] {
  const speaker = { language: languages[language], labels: featureLabels as FeatureLabels }
  const byName = new Map((rules ?? []).map((rule) => [featureName(rule), rule]))
  const days = new Set(flat?.days)
  return features.map(({ name }) => {
    const rule = byName.get(name)
    const nature = rule === undefined ? unknownNature : featureNature(rule)
    return {
      name,
      family: ownValue(families, name) ?? nature.family,
      actionability: ownValue(actionability, name) ?? nature.actionability,
      // A column of days became the days since each
      sentence: (rule === undefined
        ? columnInWords(name, speaker, days.has(name))
        : ruleInWords(rule, speaker)
      ).sentence,
    }
  })
}
