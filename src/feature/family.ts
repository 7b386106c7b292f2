import { checkArguments } from '../base/arguments.js'
import type { WindowRule } from '../base/windows.js'
import type { EventTableName } from '../table/inputs.js'
import type { FeatureRule } from './rule.js'

/** Families of features, in the order in which they are listed. */
export const featureFamilies = [
  'usage',
  'price',
  'contract',
  'payment',
  'service',
  'customer',
  'other',
] as const

/**
 * What a feature is about.
 *
 *     usage      what the customer uses: usage, devices
 *     price      what it costs: bills, the fee of a plan
 *     contract   what was agreed: plans, their ends, their changes
 *     payment    how it is paid, and what is owed: payments, bills minus payments
 *     service    what the customer asked or complained about: contacts
 *     customer   who they are: attributes, tenure
 *     other      not known: the feature has no rule (a column of a flat table)
 */
export type FeatureFamily = (typeof featureFamilies)[number]

/** What can be done about a feature, in the order in which combined rules take it from their parts. */
export const actionabilities = ['changeable', 'past', 'fixed', 'unknown'] as const

/**
 * Whether the operator can, by an act of their own, give the feature another value at a later cutoff.
 *
 *     changeable   yes: they write what it reads. The plan in force, days until its end, what the bills of a window up to the
 *                  cutoff amount to, what is still open or unpaid (it can be answered, or credited)
 *     past         no, it has happened: what customers used, paid or asked; rows of a window that has closed or has no
 *                  beginning. Their own behaviour or time may move it, which an act can only hope for
 *     fixed        no, neither they nor the customer: attributes, tenure, days since activation
 *     unknown      not known: the feature has no rule (a column of a flat table)
 */
export type Actionability = (typeof actionabilities)[number]

/** Family and actionability of a feature. */
export interface FeatureNature {
  readonly family: FeatureFamily
  readonly actionability: Actionability
}

const familyOfTable: Readonly<Record<EventTableName, FeatureFamily>> = {
  usage: 'usage',
  devices: 'usage',
  bills: 'price',
  plans: 'contract',
  payments: 'payment',
  contacts: 'service',
}

/** Nature of a feature without a rule. */
export const unknownNature: FeatureNature = { family: 'other', actionability: 'unknown' }

const fixedCustomer: FeatureNature = { family: 'customer', actionability: 'fixed' }

/**
 * Returns the family and the actionability of a rule's feature: from its kind, its tables and its windows alone, never from
 * how columns are called, except `fee`, a name of holdfast's own.
 *
 * A rule of rules has the family of its parts; of parts that differ, `payment` if it is among them (bills minus payments is
 * what is owed), otherwise that of the first. It is changeable if a part is, else past if a part is.
 *
 * @example
 * featureNature(daysUntil('contractEnd'))
 * // => { family: 'contract', actionability: 'changeable' }
 *
 * @example
 * featureNature(countOf('contacts', { months: 3 }, { column: 'kind', in: ['complaint'] }))
 * // => { family: 'service', actionability: 'past' }
 */
export function featureNature(rule: FeatureRule): FeatureNature {
  checkArguments('featureNature', ['rule', rule, 'rule'])
  return natureOf(rule)
}

function natureOf(rule: FeatureRule): FeatureNature {
  switch (rule.kind) {
    case 'tenure':
    case 'attribute':
    case 'isOther':
      return fixedCustomer
    case 'inForce':
      return {
        family: rule.column === 'fee' ? 'price' : 'contract',
        actionability: rule.lag === undefined ? 'changeable' : 'past',
      }
    case 'daysUntil':
      if (rule.of === 'customer') return fixedCustomer
      return { family: 'contract', actionability: rule.column === 'from' ? 'past' : 'changeable' }
    case 'oldestUnpaid':
      return { family: 'payment', actionability: 'changeable' }
    case 'openRows':
      return { family: familyOfTable[rule.table], actionability: 'changeable' }
    case 'difference':
      return combined([rule.minuend, rule.subtrahend])
    case 'ratio':
      return combined([rule.numerator, rule.denominator])
    case 'countTrue':
      return combined(rule.of)
    case 'transformed':
    case 'percentile':
      return natureOf(rule.of)
    default:
      return natureOfRows(rule)
  }
}

type RowsRule = Extract<
  FeatureRule,
  { kind: 'aggregate' | 'valueAt' | 'recency' | 'slope' | 'drop' | 'variability' | 'streak' }
>

function natureOfRows(rule: RowsRule): FeatureNature {
  const column = rule.kind === 'valueAt' ? rule.column : 'measure' in rule ? rule.measure : undefined
  const family = rule.table === 'plans' && column === 'fee' ? 'price' : familyOfTable[rule.table]
  // Bills and plans are written by the operator; that there was one is past
  const isWritten = (rule.table === 'bills' || rule.table === 'plans') && column !== undefined
  return { family, actionability: isWritten && isOfToday(rule) ? 'changeable' : 'past' }
}

/** Whether the rows of the time up to the cutoff alone decide. */
function isOfToday(rule: RowsRule): boolean {
  if (rule.kind === 'valueAt') return rule.which === 'last' && isUpToCutoff(rule.window)
  return rule.kind !== 'aggregate' || (rule.window !== 'all' && isUpToCutoff(rule.window))
}

function isUpToCutoff(window: WindowRule): boolean {
  return window === 'all' || (window.lag ?? 0) === 0
}

function combined(parts: readonly FeatureRule[]): FeatureNature {
  const natures = parts.map(natureOf)
  const families = natures.map(({ family }) => family)
  return {
    family: families.includes('payment') ? 'payment' : families[0]!,
    actionability: actionabilities.find((each) =>
      natures.some(({ actionability }) => actionability === each),
    )!,
  }
}
