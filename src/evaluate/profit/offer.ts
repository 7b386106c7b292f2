import * as z from 'zod'
import { betaCumulative, betaQuantile } from '../../base/distributions.js'
import { type Problem, refuse } from '../../base/errors.js'
import { optionsOrProblems } from '../../base/options.js'
import { isNumberList, valueProblems } from '../../base/valueProblems.js'
import { scoredRowProblems } from '../rows/checkedOutcomes.js'

/** A Beta distribution of the acceptance, with mean `alpha / (alpha + beta)`. */
export interface BetaAcceptance {
  /** Above 0. */
  readonly alpha: number
  /** Above 0. */
  readonly beta: number
}

/**
 * An offer made to customers who may leave, in money of one currency. Each amount is one number for all customers,
 * or one per customer, shape (n).
 *
 * A contacted churner stays with the chance `acceptance`, and takes the offer then. A contacted customer who would
 * have stayed anyway takes the offer too.
 */
export interface RetentionOffer {
  /** What is kept where a churner stays, before the offer is paid. At least 0. */
  readonly customerValue: number | ArrayLike<number>
  /** What the offer costs for each customer who takes it. At least 0. */
  readonly offerCost: number | ArrayLike<number>
  /** What a contact costs, whatever its outcome. At least 0. */
  readonly contactCost: number | ArrayLike<number>
  /** Share of the contacted churners who stay, in [0, 1], or its distribution. Default Beta(6, 14), mean 0.3. */
  readonly acceptance?: number | BetaAcceptance
  /** Name of the currency; for texts only. */
  readonly currency?: string
}

/** An amount of money: the same for all, or by customer. */
export type Amount = number | ArrayLike<number>

/** An offer that keeps the rules, with its default. */
export interface CheckedOffer {
  readonly customerValue: Amount
  readonly offerCost: Amount
  readonly contactCost: Amount
  readonly acceptance: number | BetaAcceptance
  readonly currency?: string | undefined
}

/** An offer whose amounts are the same for all customers. */
export interface UniformOffer extends CheckedOffer {
  readonly customerValue: number
  readonly offerCost: number
  readonly contactCost: number
}

/** Rule of an amount, for the schemas of options. */
export const amountRule = z.custom<Amount>(isAmount, 'to be a number, or a list with one number per customer')

const acceptanceSchema = z.strictObject({ alpha: z.number().gt(0), beta: z.number().gt(0) })

const acceptanceRule = z
  .custom<number | BetaAcceptance>(
    isAcceptance,
    'to be a number in [0, 1], or { alpha, beta } of a Beta distribution, both above 0',
  )
  .default({ alpha: 6, beta: 14 })

/** Rules and default of a {@link RetentionOffer}. */
export const offerSchema = z.strictObject({
  customerValue: amountRule,
  offerCost: amountRule,
  contactCost: amountRule,
  acceptance: acceptanceRule,
  currency: z.string().min(1).optional(),
})

const amountNames = ['customerValue', 'offerCost', 'contactCost'] as const

/** Returns the amount of one customer. */
export function amountOf(amount: Amount, row: number): number {
  return typeof amount === 'number' ? amount : amount[row]!
}

/** Whether every amount is the same for all customers. */
export function isUniform(offer: CheckedOffer): offer is UniformOffer {
  return amountNames.every((name) => typeof offer[name] === 'number')
}

/** Returns the offer for these predictions with its default; refuses what is wrong with it, with them, and `further`. */
export function checkOfferOf(
  operation: string,
  probability: ArrayLike<number>,
  offer: RetentionOffer,
  further: readonly Problem[] = [],
): CheckedOffer {
  const problems = predictionProblems(probability)
  const checked = checkOffer(offer, probability?.length ?? 0, problems)
  refuse(operation, [...problems, ...further])
  return checked!
}

/** Returns the offer with its default, and adds what is wrong with it to `problems`; undefined where it has no use. */
export function checkOffer(
  offer: RetentionOffer,
  rows: number,
  problems: Problem[],
): CheckedOffer | undefined {
  const before = problems.length
  const checked: CheckedOffer | undefined = optionsOrProblems(offerSchema, offer, problems)
  for (const name of amountNames) {
    const amount: unknown = offer?.[name]
    if (!isAmount(amount)) continue
    problems.push(
      ...amountProblems(name, amount, rows, 'of at least 0', (value) => value >= 0, valueHint(name)),
    )
  }
  if (checked !== undefined && problems.length === before) problems.push(...neverPays(checked, rows))
  return checked
}

/** Like {@link checkOffer}, for what is defined for equal customers only. */
export function checkUniformOffer(offer: RetentionOffer, problems: Problem[]): UniformOffer | undefined {
  const perCustomer = amountNames.filter((name) => isNumberList(offer?.[name]))
  const rule = 'to be one number for all customers'
  const wayOut =
    'Amounts by customer are not averaged away: use profitCurve or expectedProfit, which count them.'
  for (const parameter of perCustomer)
    problems.push({ code: 'option-invalid', parameter, rule, received: offer[parameter], wayOut })
  if (perCustomer.length > 0) return undefined
  return checkOffer(offer, 0, problems) as UniformOffer | undefined
}

/** Returns what is wrong with an amount: its length, and values that are missing or break the rule. */
export function amountProblems(
  parameter: string,
  amount: Amount,
  rows: number,
  rule: '' | 'of at least 0',
  keeps: (value: number) => boolean,
  hint?: string,
): Problem[] {
  const isRight = (value: number): boolean => Number.isFinite(value) && keeps(value)
  const words = `to be a finite number ${rule}`.trimEnd()
  if (typeof amount === 'number') {
    if (isRight(amount)) return []
    const code = Number.isNaN(amount) ? 'value-missing' : 'out-of-range'
    const problem = { code, parameter, rule: words, received: amount } as const
    return [hint === undefined || Number.isNaN(amount) ? problem : { ...problem, wayOut: hint }]
  }
  const length: Problem = {
    code: 'length-differs',
    parameter,
    rule: `to have one amount per customer (${rows})`,
    received: amount.length,
  }
  return [
    ...(amount.length === rows ? [] : [length]),
    ...valueProblems(parameter, amount, words, isRight, () => hint),
  ]
}

function isAmount(value: unknown): value is Amount {
  return typeof value === 'number' || isNumberList(value)
}

function isAcceptance(value: unknown): boolean {
  if (typeof value === 'number') return value >= 0 && value <= 1
  return acceptanceSchema.safeParse(value).success
}

function valueHint(name: (typeof amountNames)[number]): string {
  return name === 'customerValue'
    ? 'Set the value of customers who cost more than they bring to 0: they are not worth a contact.'
    : 'State costs as amounts that are paid: 5, not -5.'
}

function neverPays({ customerValue, offerCost }: CheckedOffer, rows: number): Problem[] {
  const isOne = typeof customerValue === 'number' && typeof offerCost === 'number'
  for (let row = 0; row < (isOne ? 1 : rows); row++) {
    if (amountOf(customerValue, row) > amountOf(offerCost, row)) return []
  }
  if (!isOne && rows === 0) return []
  return [
    {
      code: 'out-of-range',
      parameter: 'customerValue',
      rule: isOne ? `to be above offerCost (${offerCost})` : 'to be above offerCost for somebody',
      ...(typeof customerValue === 'number' ? { received: customerValue } : {}),
      wayOut:
        'As it is no contact can ever pay. Give the value over the time a kept customer stays, or a cheaper offer.',
    },
  ]
}

/** How the acceptance of an offer is distributed: what is asked of it where money is counted. */
export interface AcceptanceLaw {
  readonly mean: number
  /** P(γ > limit). */
  readonly chanceAbove: (limit: number) => number
  /** E[γ where γ > limit, else 0]. */
  readonly meanAbove: (limit: number) => number
  /** The acceptance that a share of the distribution lies below. */
  readonly quantile: (share: number) => number
}

/** Returns the law of an acceptance: one number, or a Beta distribution. */
export function acceptanceLaw(acceptance: number | BetaAcceptance): AcceptanceLaw {
  if (typeof acceptance === 'number') return fixedLaw(acceptance)
  const { alpha, beta } = acceptance
  const mean = acceptanceMean({ acceptance })
  return {
    mean,
    // The upper tail is read from the other end, where nothing cancels.
    chanceAbove: (limit) => betaCumulative(beta, alpha, 1 - limit),
    meanAbove: (limit) => mean * betaCumulative(beta, alpha + 1, 1 - limit),
    quantile: (share) => betaQuantile(alpha, beta, share),
  }
}

/** Returns the mean acceptance of an offer. */
export function acceptanceMean({ acceptance }: Pick<CheckedOffer, 'acceptance'>): number {
  return typeof acceptance === 'number' ? acceptance : acceptance.alpha / (acceptance.alpha + acceptance.beta)
}

/** Returns the law of an acceptance that is known. */
export function fixedLaw(acceptance: number): AcceptanceLaw {
  return {
    mean: acceptance,
    chanceAbove: (limit) => (acceptance > limit ? 1 : 0),
    meanAbove: (limit) => (acceptance > limit ? acceptance : 0),
    quantile: () => acceptance,
  }
}

/** Returns what is wrong with probabilities whose outcomes are not known. */
export function predictionProblems(probability: ArrayLike<number>): Problem[] {
  return listProblems(probability, new Uint8Array(probability?.length ?? 0), undefined)
}

/** Returns what is wrong with the rows of a list. One class alone is an answer too: a list without a churner. */
export function listProblems(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  return scoredRowProblems(probability, outcome, weight).filter(({ code }) => code !== 'one-class')
}
