import { betaCumulative, betaQuantile } from '../../base/distributions.js'
import type { BetaAcceptance } from './retentionOffer.js'

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
  const mean = alpha / (alpha + beta)
  return {
    mean,
    // The upper tail is read from the other end, where nothing cancels.
    chanceAbove: (limit) => betaCumulative(beta, alpha, 1 - limit),
    meanAbove: (limit) => mean * betaCumulative(beta, alpha + 1, 1 - limit),
    quantile: (share) => betaQuantile(alpha, beta, share),
  }
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
