import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { inNameOf } from '../base/errors.js'
import type { FeatureColumn, FeatureMatrix } from '../base/matrix.js'
import { argumentOption, checkOptions } from '../base/options.js'
import * as z from '../base/schema.js'
import { logit } from '../base/statistics.js'
import { type Actionability, type FeatureFamily, featureFamilies } from '../feature/family.js'
import type { FollowedCustomer } from '../feature/memory/followCustomer.js'
import { languages } from '../feature/name/describeFeature.js'
import type { LanguageName } from '../feature/name/language.js'
import { languageRule } from '../feature/name/wordOptions.js'
import type { ChurnModel } from '../learn/contract.js'
import { contributionsInScale } from '../learn/rescaledContributions.js'
import type { CustomerHistory } from '../table/customerHistory.js'
import { rowInput } from './modelInput.js'
import { type FeatureInWords, factorWords, valuesByName, withEffect } from './reasons.js'
import type { Scorer } from './scorer.js'

type Row = Parameters<Scorer['scoreRow']>[0]

/** A customer when scored: by a row of features, as `scoreRow` takes it, or by the history, as `scoreOne` does. */
export type ScoredMoment =
  | { readonly scorer: Scorer; readonly row: Parameters<Scorer['scoreRow']>[0]; readonly asOf?: DayInput }
  | {
      readonly scorer: Scorer
      readonly customer: CustomerHistory | FollowedCustomer
      readonly asOf: DayInput
    }

/** Options of {@link explainChange}. */
export interface ExplainChangeOptions {
  /** Language of the words: `en` English, `zh` Chinese. Default: that of the later scorer. */
  readonly language?: LanguageName
}

/** What a changed feature did to a score. */
export interface FeatureChange {
  readonly feature: string
  readonly family: FeatureFamily
  readonly actionability: Actionability
  /** What to do about it, from the playbook of the later scorer. */
  readonly action: string | null
  /** Null = not known. */
  readonly before: number | string | null
  readonly after: number | string | null
  /** Part of the change, in log odds. */
  readonly effect: number
  readonly text: string
}

/** Why a score moved; all effects are in log odds of leaving, and add up to `change`. */
export interface ScoreChange {
  readonly before: { readonly probability: number; readonly margin: number }
  readonly after: { readonly probability: number; readonly margin: number }
  /** Margin after − margin before = customer + model + base rate. */
  readonly change: number
  /** What the customer did: features that changed. */
  readonly customer: {
    readonly effect: number
    readonly families: readonly { readonly family: FeatureFamily; readonly effect: number }[]
    /** The strongest first. */
    readonly features: readonly FeatureChange[]
  }
  /** What another model made of the same features. */
  readonly model: {
    readonly effect: number
    /** By feature, the strongest first; those of 0 are left out. */
    readonly features: readonly { readonly feature: string; readonly effect: number }[]
    /** What is of no feature: how far the mean prediction moved beyond the base rate. */
    readonly level: number
  }
  /** What another base rate did: log odds of the later − log odds of the earlier model's. */
  readonly baseRate: { readonly effect: number; readonly before: number; readonly after: number }
  /**
   * Features that only one of the two rows has. They are taken as unchanged, so that what they do is the model's part and not
   * the customer's.
   */
  readonly takenAsUnchanged: readonly string[]
  /** The whole in words. */
  readonly text: string
}

/**
 * Returns why a customer's score moved between two moments: what the customer did, what the model's change did, and what
 * the base rate did. They add up to the change of the log odds exactly, to rounding.
 *
 * With f and g the log odds of the earlier and the later model, x and y the customer's features then and now, r and s the
 * models' base rates:
 *
 *     customer    ½ [f(y) − f(x)] + ½ [g(y) − g(x)]
 *     model       ½ [g(x) − f(x)] + ½ [g(y) − f(y)] − base rate
 *     base rate   logit(s) − logit(r)
 *
 * The two orders (customer first, model first) count alike, so neither matters: the Shapley value of the two. A model that
 * was only moved to another base rate has the model's part 0; with the same model both are 0.
 *
 * By feature, the customer's part is the change of its contribution, likewise averaged over the two models. In trees, and
 * after a calibration, the contribution of a feature that did not change may move because others did; that is given to the
 * features that did, in proportion to the size of their own part. What did not change has no part.
 *
 * Where the models read other features, each reads what it needs of both moments: of histories by its own rules, of rows
 * from the other row if its own lacks it (see `takenAsUnchanged`). Forests are in log odds here too.
 *
 * @param before the customer with the earlier score, and the scorer that gave it
 * @param after the same with the later one; in the same form: both rows, or both histories
 * @throws {HoldfastError} `option-invalid`, and what `scoreRow` and `scoreOne` refuse
 *
 * O(trees × depth²) time: four contributions of one row.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const fee = numberColumn('fee', [10, 20, 30, 40, 25, 15])
 * const data = { features: { rowCount: 6, columns: [fee] }, outcome: Uint8Array.of(0, 0, 1, 1, 0, 1) }
 * const scorer = createScorer(trainLogistic(data))
 * explainChange({ scorer, row: { fee: 30 } }, { scorer, row: { fee: 20 } }, { language: 'zh' }).customer.features[0].text
 * // => 'fee 为 20；此前：fee 为 30（流失发生比 ×0.53）'
 *
 * @see `scoreRow` for the reasons of one score
 */
export function explainChange(
  before: ScoredMoment,
  after: ScoredMoment,
  options?: ExplainChangeOptions,
): ScoreChange {
  const checked = checkOptions('explainChange', changeOptions, options)
  const moments = [checkMoment('before', before), checkMoment('after', after)] as const
  return inNameOf('explainChange', () => changeBetween(...moments, checked.language))
}

const changeOptions = z.strictObject({ language: z.exactOptional(languageRule) })

const momentShape = {
  scorer: argumentOption<Scorer>('scorer'),
  row: z.exactOptional(argumentOption<Row>('object')),
  customer: z.exactOptional(argumentOption<CustomerHistory | FollowedCustomer>('object')),
  asOf: dayRule.exactOptional(),
}

const momentSchemas = {
  before: z.strictObject({ before: oneMoment() }),
  after: z.strictObject({ after: oneMoment() }),
}

function oneMoment() {
  return z
    .strictObject(momentShape)
    .refine(({ row, customer }) => (row === undefined) !== (customer === undefined), {
      path: ['row'],
      message: 'to be given, or customer, and not both',
    })
    .refine(({ customer, asOf }) => customer === undefined || asOf !== undefined, {
      path: ['asOf'],
      message: 'to be the day as of which the customer was scored',
    })
}

type CheckedMoment = z.output<ReturnType<typeof oneMoment>>

function checkMoment(name: 'before' | 'after', moment: ScoredMoment): CheckedMoment {
  const zone = (moment as Partial<ScoredMoment> | undefined)?.scorer?.about?.timeZone
  const inZone = zone === undefined ? moment : withDaysIn(moment, ['asOf'], zone)
  const checked = checkOptions('explainChange', momentSchemas[name], { [name]: inZone })
  return (checked as Record<string, CheckedMoment>)[name]!
}

/** One model and one moment: contributions in log odds by feature. */
interface Explained {
  readonly base: number
  readonly margin: number
  readonly probability: number
  readonly effects: ReadonlyMap<string, number>
  readonly value: (feature: string) => number | string | null
}

function changeBetween(before: CheckedMoment, after: CheckedMoment, language?: LanguageName): ScoreChange {
  const [earlier, later] = [before.scorer, after.scorer]
  const taken = new Set<string>()
  const read = (scorer: Scorer, own: CheckedMoment, other: CheckedMoment): Explained =>
    explained(scorer.model, featuresAt(scorer, own, other, taken))
  const f = [read(earlier, before, after), read(earlier, after, before)] as const
  const g = [read(later, before, after), read(later, after, before)] as const
  const rates = [earlier.model.baseRate, later.model.baseRate] as const
  const baseRate = logit(rates[1]) - logit(rates[0])
  const words = wordsOf(earlier, later, language)
  const customer = customerPart(f, g, words)
  const model = modelPart(f, g, baseRate)
  const change = g[1].margin - f[0].margin
  const { movers, moved } = words.language
  const parts = [
    `${movers.customer} ${factorWords(customer.effect, words.language)}`,
    ...(earlier.model === later.model
      ? []
      : [
          `${movers.model} ${factorWords(model.effect, words.language)}`,
          `${movers.baseRate} ${factorWords(baseRate, words.language)}`,
        ]),
  ]
  return {
    before: { probability: f[0].probability, margin: f[0].margin },
    after: { probability: g[1].probability, margin: g[1].margin },
    change,
    customer,
    model,
    baseRate: { effect: baseRate, before: rates[0], after: rates[1] },
    takenAsUnchanged: [...taken],
    text: moved(factorWords(change, words.language), parts),
  }
}

/** Returns what a model reads of a moment; of a row, what it lacks is taken from the other row. */
function featuresAt(
  { model, about, featuresOf }: Scorer,
  own: CheckedMoment,
  other: CheckedMoment,
  taken: Set<string>,
): FeatureMatrix {
  if (own.customer !== undefined) return featuresOf(own.customer, { asOf: own.asOf! })
  const row = own.row!
  const lacking = model.features
    .map(({ name }) => name)
    .filter((name) => !Object.hasOwn(row, name) && other.row !== undefined && Object.hasOwn(other.row, name))
  if (lacking.length === 0) return rowInput(row, model.features, about, own.asOf)
  for (const name of lacking) taken.add(name)
  const filled: Record<string, unknown> = { ...other.row, ...row }
  const columnsOf = ({ columns }: FeatureMatrix): ReadonlyMap<string, FeatureColumn> =>
    new Map(columns.map((column) => [column.name, column]))
  const ours = columnsOf(rowInput(filled, model.features, about, own.asOf))
  // Days are read as of the moment that they are taken from
  const theirs = columnsOf(rowInput({ ...row, ...other.row }, model.features, about, other.asOf))
  return {
    rowCount: 1,
    columns: model.features.map(({ name }) => (lacking.includes(name) ? theirs : ours).get(name)!),
  }
}

function explained(model: ChurnModel, features: FeatureMatrix): Explained {
  const { base, values } = contributionsInScale(model.contributions(features), 'log-odds')
  const lookUp = valuesByName(features)
  return {
    base,
    margin: model.margin(features)[0]!,
    probability: model.probability(features)[0]!,
    effects: new Map(model.features.map(({ name }, index) => [name, values[index]![0]!])),
    value: (feature) => lookUp(feature, 0),
  }
}

interface Words {
  readonly language: (typeof languages)[LanguageName]
  readonly features: ReadonlyMap<string, FeatureInWords>
}

function wordsOf(earlier: Scorer, later: Scorer, name?: LanguageName): Words {
  const language = name ?? later.language
  const features = [...earlier.featuresInWords(language), ...later.featuresInWords(language)]
  return { language: languages[language], features: new Map(features.map((each) => [each.name, each])) }
}

type Both = readonly [before: Explained, after: Explained]

function customerPart(f: Both, g: Both, { language, features }: Words): ScoreChange['customer'] {
  const at = (cell: Explained, name: string): number => cell.effects.get(name) ?? 0
  const moves = [...features.keys()].map((name) => {
    const isIn = [f, g].filter(([own]) => own.effects.has(name))
    return {
      name,
      isChanged: isIn.some(([then, now]) => then.value(name) !== now.value(name)),
      own: (at(f[1], name) - at(f[0], name) + at(g[1], name) - at(g[0], name)) / 2,
      values: (isIn.at(-1) ?? g).map((cell) => cell.value(name)) as [Value, Value],
    }
  })
  const changed = moves.filter(({ isChanged }) => isChanged)
  const toShare = moves.reduce((sum, { isChanged, own }) => (isChanged ? sum : sum + own), 0)
  const size = changed.reduce((sum, { own }) => sum + Math.abs(own), 0)
  const parts = changed
    .map(({ name, own, values: [before, after] }): FeatureChange => {
      const effect = own + toShare * (size === 0 ? 1 / changed.length : Math.abs(own) / size)
      const { family, actionability, action, sentence } = features.get(name)!
      const text = withEffect(
        language.nowAndBefore(sentence(after), sentence(before)),
        effect,
        'log-odds',
        language,
      )
      return { feature: name, family, actionability, action, before, after, effect, text }
    })
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
  const sumOf = (own: readonly FeatureChange[]): number => own.reduce((sum, { effect }) => sum + effect, 0)
  return {
    effect: sumOf(parts),
    families: featureFamilies
      .map((family) => ({ family, own: parts.filter((each) => each.family === family) }))
      .filter(({ own }) => own.length > 0)
      .map(({ family, own }) => ({ family, effect: sumOf(own) })),
    features: parts,
  }
}

type Value = number | string | null

function modelPart(f: Both, g: Both, baseRate: number): ScoreChange['model'] {
  const names = new Set([...f[0].effects.keys(), ...g[0].effects.keys()])
  const features = [...names]
    .map((feature) => {
      const [then, now] = [0, 1].map(
        (moment) => (g[moment]!.effects.get(feature) ?? 0) - (f[moment]!.effects.get(feature) ?? 0),
      )
      return { feature, effect: (then! + now!) / 2 }
    })
    .filter(({ effect }) => effect !== 0)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
  const level = g[0].base - f[0].base - baseRate
  return { effect: features.reduce((sum, { effect }) => sum + effect, level), features, level }
}
