import { numberInWords } from '../../base/printable.js'
import type { WindowRule } from '../../base/windows.js'
import type { RowCondition } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import type { Aggregate, FeatureRule, InForceRule, RatioRule } from '../rule.js'

/** Languages of reasons: English, Chinese. */
export const languageNames = ['en', 'zh'] as const

/** A language of reasons: `en` English, `zh` Chinese. */
export type LanguageName = (typeof languageNames)[number]

/** What a rule asks, as a sentence tells it apart; each has a phrase in every language. */
export type Variant =
  | Aggregate
  | 'first'
  | 'last'
  | 'recency'
  | 'slope'
  | 'drop'
  | 'variability'
  | 'active'
  | 'silent'
  | 'rising'
  | 'falling'
  | 'openCount'
  | 'openOldestDays'
  | 'oldestUnpaid'
  | 'tenure'
  | 'attribute'
  | 'isOther'
  | 'inForce'
  | 'wasInForce'
  | 'contractEnd'
  | 'planStart'
  | 'planDay'
  | 'activation'
  | 'customerDay'
  | 'difference'
  | 'ratio'
  | 'share'
  | 'portion'
  | 'countTrue'
  | 'log1p'
  | 'sqrt'
  | 'band'
  | 'percentile'

/** Variants whose rule says what a missing value means: there is nothing on record. */
type OftenNone = 'gapMean' | 'gapDeviation' | 'recency' | 'openOldestDays' | 'oldestUnpaid' | 'contractEnd'

/** The parts of a phrase, in words of the language. */
export interface Parts {
  /** A column of rows, with table and filter: "bill amount (kind late)". */
  readonly what: string
  /** Rows of a table, with filter: a number of them, many, one, and as a mass noun ("usage"). */
  readonly counted: (n: number) => string
  readonly rows: string
  readonly row: string
  readonly mass: string
  /** When, with its preposition: "in the last 3 months", "so far". */
  readonly window: string
  readonly months: number
  /** A column without table, and its own name. */
  readonly column: string
  /** How long ago: "2 months ago". */
  readonly ago: string
  /** Other features or columns: the operands, the parts of a list. */
  readonly of: readonly string[]
  readonly edges: readonly number[]
  /** What a share counts: "kind complaint", "on Sunday". */
  readonly condition: string
}

/** The feature, as a noun. */
type Name = (parts: Parts) => string
/** The feature with a value, as a sentence: the value with its unit, or as a number (NaN of a text), and the feature's name. */
type Says = (parts: Parts, x: string, n: number, name: string) => string

/** How a language says what there is to say of features and of scores. */
export interface Language {
  readonly phrases: {
    readonly [V in Variant]: V extends 'log1p' | 'sqrt'
      ? readonly [name: Name]
      : V extends OftenNone
        ? readonly [name: Name, says: Says, none: Name]
        : readonly [name: Name, says: Says]
  }
  /** A column without table in words. */
  readonly column: (name: string) => string
  /** A column with its table: two tables have a column "amount", and a reason has to say which. */
  readonly measured: (table: EventTableName, column: string) => string
  readonly counted: (table: EventTableName, n: number) => string
  readonly rows: (table: EventTableName) => Pick<Parts, 'rows' | 'row' | 'mass'>
  /** Conditions on rows, as a list. */
  readonly conditions: (conditions: readonly RowCondition[], column: (name: string) => string) => string
  /** In parentheses: filters, and operands that are differences or ratios of their own. */
  readonly enclosed: (text: string) => string
  readonly window: (window: WindowRule) => string
  readonly ago: (lag: NonNullable<InForceRule['lag']>) => string
  readonly among: (group: string | null) => string
  readonly is: (name: string, value: string) => string
  /** A category, such as the name of a plan. */
  readonly text: (value: string) => string
  readonly unknown: (name: string) => string
  readonly withUnit: (value: string, unit: string) => string
  /** When something is, relative to the day of the forecast. */
  readonly dayFromHere: (what: string, days: number) => string
  /** A factor on the odds; beyond 1 or -1: more, or less, than it. */
  readonly factor: (factor: string, beyond: -1 | 0 | 1) => string
  /** A reason with what it does to the odds of leaving, or to the risk. */
  readonly withOdds: (reason: string, factor: string) => string
  readonly withPoints: (reason: string, points: string) => string
  /** A feature now, and how it was before. */
  readonly nowAndBefore: (now: string, before: string) => string
  /** What the odds have moved by since the score before, and the parts of that. */
  readonly moved: (factor: string, parts: readonly string[]) => string
  /** What moved a score. */
  readonly movers: Readonly<Record<'customer' | 'model' | 'baseRate', string>>
  /** Puts all of a sentence together: what typography asks for. */
  readonly finish: (text: string) => string
}

/** Returns which phrase says what a rule asks. */
export function variantOf(rule: FeatureRule): Variant {
  switch (rule.kind) {
    case 'aggregate':
      return rule.aggregate
    case 'valueAt':
      return rule.which
    case 'streak':
      return rule.of
    case 'openRows':
      return rule.which === 'count' ? 'openCount' : 'openOldestDays'
    case 'inForce':
      return rule.lag === undefined ? 'inForce' : 'wasInForce'
    case 'daysUntil':
      if (rule.of === 'customer') return rule.column === 'activatedAt' ? 'activation' : 'customerDay'
      return rule.column === 'contractEnd' ? 'contractEnd' : rule.column === 'from' ? 'planStart' : 'planDay'
    case 'ratio':
      return variantOfRatio(rule)
    case 'transformed':
      return rule.by
    default:
      return rule.kind
  }
}

/** A share is of the same rows without some condition; a portion is the same in another window: both are percentages. */
function variantOfRatio({ numerator, denominator }: RatioRule): Variant {
  if (numerator.kind !== 'aggregate' || denominator.kind !== 'aggregate') return 'ratio'
  const isSame = (keys: readonly ('table' | 'aggregate' | 'measure' | 'window' | 'where')[]): boolean =>
    keys.every((key) => JSON.stringify(numerator[key]) === JSON.stringify(denominator[key]))
  if (!isSame(['table', 'aggregate', 'measure'])) return 'ratio'
  if (isSame(['window']))
    return numerator.where !== undefined && denominator.where === undefined ? 'share' : 'ratio'
  return isSame(['where']) ? 'portion' : 'ratio'
}

/** Returns the number of a percentage: 42, 41.7, 0.35; never 0 or 100 for what is not. */
export function percentNumber(share: number): string {
  const percent = 100 * share
  const size = Math.abs(percent)
  const rounded = Number(size < 1 ? percent.toPrecision(2) : percent.toFixed(1))
  return Math.abs(rounded) === 100 ? numberInWords(percent) : numberInWords(rounded)
}

/** `dataMb` and `data_mb` read as "data mb". */
export function splitName(column: string): string {
  return column
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}
