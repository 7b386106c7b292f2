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
