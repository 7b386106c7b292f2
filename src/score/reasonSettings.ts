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

/**
 * What you do about reasons.
 *
 *     { families: { price: 'offer a smaller plan' } }               for reasons of the family that are changeable
 *     { families: { service: { past: 'apologise' } } }              for those that are past; changeable, fixed and unknown alike
 *     { features: { days_until_plan_contractEnd: 'renew early' } }  for that feature, whatever it is; comes first
 */
export interface Playbook {
  readonly families?: Readonly<
    Partial<Record<FeatureFamily, string | Readonly<Partial<Record<Actionability, string>>>>>
  >
  readonly features?: Readonly<Record<string, string>>
}

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
  /** What you do about reasons: a score carries the action of its strongest one that raises the risk and has one. */
  readonly playbook?: Playbook
}

const action = z.string().min(1)
const byActionability = z.strictObject({
  changeable: z.exactOptional(action),
  past: z.exactOptional(action),
  fixed: z.exactOptional(action),
  unknown: z.exactOptional(action),
} satisfies Record<Actionability, unknown>)
const ofFamily = z.exactOptional(z.union([action, byActionability]))

const playbookSchema = z.strictObject({
  families: z
    .strictObject({
      usage: ofFamily,
      price: ofFamily,
      contract: ofFamily,
      payment: ofFamily,
      service: ofFamily,
      customer: ofFamily,
      other: ofFamily,
    } satisfies Record<FeatureFamily, unknown>)
    .default({}),
  features: z.record(z.string(), action).default({}),
})

const settingsSchema = z.strictObject({
  families: z.record(z.string(), z.enum(featureFamilies)).default({}),
  actionability: z.record(z.string(), z.enum(actionabilities)).default({}),
  language: languageRule.default('en'),
  featureLabels: featureLabelsRule.default({}),
  playbook: playbookSchema.default({ families: {}, features: {} }),
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
    ...unknownFeatures('playbook.features', Object.keys(checked.playbook.features), names),
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
  { families, actionability, featureLabels, playbook }: CheckedReasonSettings,
  language: LanguageName,
): FeatureInWords[] {
  const speaker = { language: languages[language], labels: featureLabels as FeatureLabels }
  const byName = new Map((rules ?? []).map((rule) => [featureName(rule), rule]))
  const days = new Set(flat?.days)
  return features.map(({ name }) => {
    const rule = byName.get(name)
    const nature = rule === undefined ? unknownNature : featureNature(rule)
    const family = ownValue(families, name) ?? nature.family
    const can = ownValue(actionability, name) ?? nature.actionability
    return {
      name,
      family,
      actionability: can,
      action: actionFor(playbook, name, family, can),
      // A column of days became the days since each
      sentence: (rule === undefined
        ? columnInWords(name, speaker, days.has(name))
        : ruleInWords(rule, speaker)
      ).sentence,
    }
  })
}

function actionFor(
  { families, features }: CheckedReasonSettings['playbook'],
  name: string,
  family: FeatureFamily,
  actionability: Actionability,
): string | null {
  const ofFamily = families[family]
  const own =
    typeof ofFamily === 'string'
      ? actionability === 'changeable'
        ? ofFamily
        : undefined
      : ofFamily?.[actionability]
  return ownValue(features, name) ?? own ?? null
}
