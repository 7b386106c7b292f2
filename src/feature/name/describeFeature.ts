import { checkArguments } from '../../base/arguments.js'
import { checkOptions } from '../../base/options.js'
import { ownValue } from '../../base/ownValue.js'
import { numberInWords } from '../../base/printable.js'
import { conditionsOf, type RowFilter } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import type { AggregateRule, FeatureRule, RatioRule } from '../rule.js'
import { chinese } from './chinese.js'
import { english } from './english.js'
import { featureName } from './featureName.js'
import { type Language, type LanguageName, type Parts, variantOf } from './language.js'
import { type FeatureLabel, type FeatureLabels, type WordOptions, wordOptions } from './wordOptions.js'

/** The languages. */
export const languages: Readonly<Record<LanguageName, Language>> = { en: english, zh: chinese }

/**
 * Returns a rule in words, for the reasons given with a score.
 *
 * @example
 * describeFeature(sumOf('usage', 'minutes', { months: 3 }))
 * // => 'sum of minutes in the last 3 months'
 *
 * @example
 * describeFeature(countOf('contacts', { months: 1 }, { column: 'kind', in: ['complaint'] }))
 * // => 'number of contacts (kind complaint) in the last month'
 *
 * @example
 * describeFeature(sumOf('usage', 'minutes', { months: 3 }), { language: 'zh' })
 * // => '最近 3 个月的通话分钟数合计'
 */
export function describeFeature(rule: FeatureRule, options?: WordOptions): string {
  checkArguments('describeFeature', ['rule', rule, 'rule'])
  return ruleInWords(rule, speakerOf('describeFeature', options)).name
}

/**
 * Returns a customer's value of a rule as a sentence, for a reason.
 *
 * Numbers have all digits before the point and four in all, from 100 on two after it; percentages have one decimal. A rule
 * on another scale (logarithm, square root, band) reads as the number it was made from. Null = not known; where the rule
 * says that it is missing if there is nothing, "no … on record".
 *
 * @example
 * describeValue(daysUntil('contractEnd'), 21)
 * // => 'contract ends in 21 days'
 *
 * @example
 * describeValue(drop('usage', 'minutes', 3), 0.62)
 * // => 'minutes fell by 62 % in the last month against the mean of the 3 months before'
 *
 * @example
 * describeValue(drop('usage', 'minutes', 3), 0.62, { language: 'zh', labels: { 'usage.minutes': '通话时长' } })
 * // => '最近 1 个月的通话时长较此前 3 个月均值下降 62%'
 */
export function describeValue(
  rule: FeatureRule,
  value: number | string | null,
  options?: WordOptions,
): string {
  checkArguments('describeValue', ['rule', rule, 'rule'])
  return ruleInWords(rule, speakerOf('describeValue', options)).sentence(value)
}

/** A feature in words. */
export interface InWords {
  readonly name: string
  /** Returns the feature with a value; null = not known. */
  readonly sentence: (value: number | string | null) => string
}

/** A language with a user's labels. */
export interface Speaker {
  readonly language: Language
  readonly labels: FeatureLabels
}

function speakerOf(operation: string, options: WordOptions | undefined): Speaker {
  const { language, labels } = checkOptions(operation, wordOptions, options)
  return { language: languages[language], labels: labels as FeatureLabels }
}

/** Returns a rule in words; the parts that do not depend on the value are put together once. */
export function ruleInWords(rule: FeatureRule, speaker: Speaker): InWords {
  const { finish } = speaker.language
  const { name, sentence } = unfinished(rule, speaker)
  return { name: finish(name), sentence: (value) => finish(sentence(value)) }
}

/** Returns a feature without a rule in words, `isDay` if it counts the days since a day. */
export function columnInWords(feature: string, speaker: Speaker, isDay = false): InWords {
  const { language } = speaker
  const { label = feature, unit } = labelOf(speaker, feature) ?? {}
  const { sentence } = plain(label, language, unit)
  return {
    name: label,
    sentence: (value) =>
      language.finish(
        isDay && typeof value === 'number' ? language.dayFromHere(label, 0 - value) : sentence(value),
      ),
  }
}

/** Returns the names of features and columns that labels may be given for. */
export function labelledNames(rules: readonly FeatureRule[]): Set<string> {
  const names = new Set<string>()
  // Asking for every label is how the sentences are made
  const watching: Speaker = {
    language: english,
    labels: new Proxy(
      {},
      {
        getOwnPropertyDescriptor(_, name) {
          names.add(String(name))
          return undefined
        },
      },
    ),
  }
  for (const rule of rules) unfinished(rule, watching)
  return names
}

function labelOf({ labels }: Speaker, name: string): FeatureLabel | undefined {
  const given = ownValue(labels, name)
  return typeof given === 'string' ? { label: given } : given
}

function plain(name: string, language: Language, unit?: string): InWords {
  return {
    name,
    sentence: (value) =>
      value === null ? language.unknown(name) : language.is(name, written(value, language, unit)),
  }
}

function written(value: number | string, language: Language, unit?: string): string {
  if (typeof value === 'string') return language.text(value)
  const number = numberInWords(value)
  return unit === undefined ? number : language.withUnit(number, unit)
}

function unfinished(rule: FeatureRule, speaker: Speaker): InWords {
  const { language } = speaker
  const own = labelOf(speaker, featureName(rule))
  if (own !== undefined) return plain(own.label, language, own.unit)
  const variant = variantOf(rule)
  const [nameOf, says, none] = language.phrases[variant]
  const { parts, unit } = partsOf(rule, speaker)
  const name = nameOf(parts)
  if (rule.kind === 'transformed' && rule.by !== 'band') {
    const of = unfinished(rule.of, speaker)
    const back = rule.by === 'sqrt' ? (size: number) => size * size : Math.expm1
    // Twelve digits: what rounding left of a whole number is one again
    return {
      name,
      sentence: (value) =>
        of.sentence(
          typeof value === 'number'
            ? Number((Math.sign(value) * back(Math.abs(value))).toPrecision(12))
            : value,
        ),
    }
  }
  return {
    name,
    sentence(value) {
      if (typeof value === 'string' && !('type' in rule)) return language.is(name, language.text(value))
      // A band is missing where the number is, and that may say more
      if (value === null && rule.kind === 'transformed') return unfinished(rule.of, speaker).sentence(null)
      if (value === null) return none === undefined ? language.unknown(name) : none(parts)
      return says!(
        parts,
        written(value, language, unit),
        typeof value === 'string' ? Number.NaN : value,
        name,
      )
    },
  }
}

const noParts: Parts = {
  what: '',
  counted: String,
  rows: '',
  row: '',
  mass: '',
  window: '',
  months: 0,
  column: '',
  ago: '',
  of: [],
  edges: [],
  condition: '',
}

/** Aggregates that are in the unit of their column. */
const keepsUnit: ReadonlySet<string> = new Set(['sum', 'mean', 'min', 'max'])

interface PartsAndUnit {
  readonly parts: Parts
  readonly unit?: string | undefined
}

function partsOf(rule: FeatureRule, speaker: Speaker): PartsAndUnit {
  const { language } = speaker
  const partsWith = (parts: Partial<Parts>, unit?: string): PartsAndUnit => ({
    parts: { ...noParts, ...parts },
    unit,
  })
  switch (rule.kind) {
    case 'tenure':
      return partsWith({})
    case 'attribute':
    case 'isOther': {
      const { words, unit } = columnOf('customers', rule.column, speaker)
      return partsWith({ column: words }, unit)
    }
    case 'inForce': {
      const { words, unit } = columnOf('plans', rule.column, speaker)
      return partsWith({ column: words, ago: rule.lag === undefined ? '' : language.ago(rule.lag) }, unit)
    }
    case 'daysUntil':
      return partsWith({
        column: columnOf(rule.of === 'customer' ? 'customers' : 'plans', rule.column, speaker).words,
      })
    case 'oldestUnpaid':
      return partsWith({
        of: [rule.due, rule.paid].map((rows) => measured(rows, rows.measure, speaker).words),
      })
    case 'difference':
      return partsWith({ of: [rule.minuend, rule.subtrahend].map((each) => operand(each, speaker)) })
    case 'ratio':
      return partsWith(ratioParts(rule, speaker))
    case 'countTrue':
      return partsWith({ of: rule.of.map((each) => unfinished(each, speaker).name) })
    case 'transformed':
      return partsWith({
        of: [unfinished(rule.of, speaker).name],
        edges: rule.by === 'band' ? rule.edges : [],
      })
    case 'percentile': {
      const group = rule.within === 'everybody' ? null : unfinished(rule.within, speaker).name
      return partsWith({ of: [unfinished(rule.of, speaker).name, language.among(group)] })
    }
    default:
      return rowParts(rule, speaker, partsWith)
  }
}

type RowsRule = Extract<FeatureRule, { readonly table: EventTableName }>

function rowParts(
  rule: RowsRule,
  speaker: Speaker,
  partsWith: (parts: Partial<Parts>, unit?: string) => PartsAndUnit,
): PartsAndUnit {
  const { language } = speaker
  const { table, where } = rule
  const filter = filterWords(rule, speaker)
  const { rows, row, mass } = language.rows(table)
  const column = rule.kind === 'valueAt' ? rule.column : 'measure' in rule ? rule.measure : undefined
  const { words: what, unit } =
    column === undefined ? { words: '', unit: undefined } : measured({ table, where }, column, speaker)
  return partsWith(
    {
      what,
      counted: (n) => language.counted(table, n) + filter,
      rows: rows + filter,
      row: row + filter,
      mass: mass + filter,
      window: 'window' in rule ? language.window(rule.window) : '',
      months: 'months' in rule ? rule.months : 0,
      column: rule.kind === 'openRows' ? columnOf(table, rule.until, speaker).words : '',
    },
    rule.kind === 'valueAt' ||
      rule.kind === 'slope' ||
      (rule.kind === 'aggregate' && keepsUnit.has(rule.aggregate))
      ? unit
      : undefined,
  )
}

function ratioParts(rule: RatioRule, speaker: Speaker): Partial<Parts> {
  const of = [rule.numerator, rule.denominator].map((each) => operand(each, speaker))
  if (variantOf(rule) !== 'share') return { of }
  const { table, where } = rule.numerator as AggregateRule
  return { of, condition: conditionWords(table, where, speaker) }
}

// "a minus b divided by c" could be either.
function operand(rule: FeatureRule, speaker: Speaker): string {
  const { name } = unfinished(rule, speaker)
  return rule.kind === 'difference' || rule.kind === 'ratio' ? speaker.language.enclosed(name) : name
}

interface Rows {
  readonly table: EventTableName
  readonly where?: RowFilter | undefined
}

function measured(
  rows: Rows,
  column: string,
  speaker: Speaker,
): { words: string; unit?: string | undefined } {
  const label = labelOf(speaker, `${rows.table}.${column}`)
  const words = label?.label ?? speaker.language.measured(rows.table, column)
  return { words: words + filterWords(rows, speaker), unit: label?.unit }
}

function columnOf(
  table: EventTableName | 'customers',
  column: string,
  speaker: Speaker,
): { words: string; unit?: string | undefined } {
  const label = labelOf(speaker, `${table}.${column}`)
  return { words: label?.label ?? speaker.language.column(column), unit: label?.unit }
}

function filterWords({ table, where }: Rows, speaker: Speaker): string {
  if (where === undefined) return ''
  const text = speaker.language.enclosed(conditionWords(table, where, speaker))
  return text.startsWith('(') ? ` ${text}` : text
}

function conditionWords(table: EventTableName, where: RowFilter | undefined, speaker: Speaker): string {
  return speaker.language.conditions(conditionsOf(where), (name) => columnOf(table, name, speaker).words)
}
