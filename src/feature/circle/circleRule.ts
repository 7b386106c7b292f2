import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import type { Days, Months } from '../../base/days.js'
import { checkOptions } from '../../base/options.js'

/** A question about the calls of a customer: a plain object, made with {@link callingCircle}. */
export interface CallingCircleRule {
  readonly kind: 'callingCircle'
  /** Calls of `[c − length, c)` make the circle. */
  readonly window: { readonly days: Days } | { readonly months: Months }
  /** Contacts who left are counted over the last 1, 2, … up to this many months before the cutoff. Integer in [1, 12]. */
  readonly leftMonths: Months
  /** Calls in the window, both directions together, that make a number a contact. Integer ≥ 1. */
  readonly leastCalls: number
  /** Whether to add columns weighted by minutes; they need `calls.minutes`. */
  readonly minutes: boolean
  /** Rounds of label propagation that make the communities; 0 = no communities. Integer in [0, 20]. */
  readonly communityRounds: number
  /**
   * Whether to add a column with the community itself. A community is named after one of its members and keeps the name
   * at one cutoff only: for grouping rows, not for learning.
   */
  readonly communityId: boolean
}

/** Options of {@link callingCircle}. */
export type CallingCircleOptions = Partial<Omit<CallingCircleRule, 'kind'>>

const length = z.int().min(1).max(3660)

/** Schema of calling-circle rules: reads them back from JSON. */
export const callingCircleSchema: z.ZodType<CallingCircleRule, unknown> = z.strictObject({
  kind: z.literal('callingCircle'),
  window: z
    .union(
      [z.strictObject({ days: length }), z.strictObject({ months: length })],
      'to be { days } or { months }, an integer in [1, 3660]',
    )
    .default({ months: 3 }),
  leftMonths: z.int().min(1).max(12).default(3),
  leastCalls: z.int().min(1).default(1),
  minutes: z.boolean().default(true),
  communityRounds: z.int().min(0).max(20).default(4),
  communityId: z.boolean().default(false),
})

/**
 * Returns the rule "the calling circle": with whom a customer talks, and who of them has left.
 *
 * People leave together: customers who lose their circle to another operator pay more for the same calls. Needs the
 * table `calls`. With c = cutoff, using only calls in the window before c that were known before c:
 *
 *     contact           another number with calls to or from the customer, `leastCalls` or more
 *     in network        the number is the id of a customer with activatedAt < c, even one who has left since
 *     reciprocal        there are calls in both directions
 *     left in k months  cancelledAt in [c − k months, c), known before c (`cancelledKnownAt`)
 *
 * Columns, each prefixed with `circle_` and the window (`circle_3m_in_network`); a share is missing if it would divide
 * by 0:
 *
 *     in_network, out_of_network     number of contacts
 *     in_network_calls_share         calls with contacts in the network / calls with contacts
 *     in_network_minutes_share       the same of minutes
 *     reciprocity                    reciprocal contacts / contacts
 *     left_km_share                  contacts who left in k months / contacts in the network, k = 1 … leftMonths
 *     left_km_minutes_share          the same of minutes
 *     community_size                 members of the community; missing without contacts in the network
 *     community_left_share           members who left in leftMonths / members other than the customer
 *     community                      id of the member it is named after (only with `communityId`)
 *
 * A number's calls to itself are ignored. A call without minutes counts as a call of 0 minutes.
 *
 * Communities come from label propagation among the customers, including those who have left. All begin with their own
 * label; in each round, all at once take the label with the most votes: a contact votes with its number of calls, the
 * own label with that of the strongest contact; ties go to the least id. The number of rounds is fixed and nothing is
 * random: the same calls give the same communities in any order of rows.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, all at once
 *
 * @example
 * callingCircle({ window: { months: 1 }, communityRounds: 0 })
 * // => { kind: 'callingCircle', window: { months: 1 }, leftMonths: 3, leastCalls: 1, minutes: true, communityRounds: 0, communityId: false }
 *
 * @see {@link circleFeatures}
 * @see Raghavan, Albert and Kumara, Near linear time algorithm to detect community structures (2007)
 */
export function callingCircle(options: CallingCircleOptions = {}): CallingCircleRule {
  checkArguments('callingCircle', ['options', options, 'options'])
  return checkOptions('callingCircle', callingCircleSchema, { ...options, kind: 'callingCircle' })
}
