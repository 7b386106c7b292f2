import * as z from 'zod'
import { normalQuantile } from '../../base/distributions.js'
import { refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { levelRule } from '../../base/sharedRules.js'
import { figureText, percentText } from '../figureTexts.js'
import { checkParameter } from '../rows/checkedOutcomes.js'

/** What is wished of an evaluation. */
export interface EvidenceOptions {
  /** The AUC that is expected or was measured, in [0.5, 1). Default 0.8. */
  readonly auc?: number
  /** Half of the width that the interval of the AUC should have, in (0, 0.5). Default 0.1: tells 0.8 from 0.7, which
   *  takes about 30 churners. */
  readonly halfWidth?: number
  /** Level of the interval, in (0, 1). Default 0.95. */
  readonly level?: number
}

/** What customers can say about an AUC. */
export interface Evidence {
  /** True where the expected half width is at most the wished one. */
  readonly enough: boolean
  /** Half of the width that the interval of the AUC will about have. */
  readonly expectedHalfWidth: number
  /** Churners needed for the wished half width, stayers in proportion; rounded up. */
  readonly churnersNeeded: number
  /** Whether and what these customers can say, one or two whole sentences. */
  readonly sentence: string
}

const evidenceOptions = z.strictObject({
  auc: z.number().gte(0.5).lt(1).default(0.8),
  halfWidth: z.number().gt(0).lt(0.5).default(0.1),
  level: levelRule,
})

const countRule = z.number().gte(1)

/**
 * Returns how narrow an interval of the AUC these many customers allow, and how many churners a wished width needs.
 *
 * Use it before an evaluation to decide how long to wait for outcomes or how many customers to hold out, and after one
 * to see how much weight the figures bear. It uses counts only: `delongInterval` and `bootstrapInterval` measure the
 * interval of the predictions at hand. More stayers do not help where churners are few.
 *
 *     Q₁ = A/(2 − A),  Q₂ = 2A²/(1 + A)
 *     variance = [ A(1 − A) + (churners − 1)(Q₁ − A²) + (stayers − 1)(Q₂ − A²) ] / (churners · stayers)
 *     expected half width = z·√variance
 *
 * @param churners customers who churned, at least 1
 * @param stayers customers who stayed, at least 1
 * @throws {HoldfastError} `out-of-range`, `option-invalid`, `option-unknown`
 *
 * @example
 * enoughChurners(20, 980).sentence
 * // => 'Too few churners: with 20 the 95 % interval of an AUC of .80 reaches .117 to either side. About 28 churners would bring it to .100.'
 *
 * @see Hanley and McNeil (1982), Radiology 143
 * @see `compareModels`, which says how many churners the difference of two models would need
 */
export function enoughChurners(churners: number, stayers: number, options?: EvidenceOptions): Evidence {
  const { auc, halfWidth, level } = checkOptions('enoughChurners', evidenceOptions, options)
  refuse('enoughChurners', [
    ...checkParameter('churners', countRule, churners),
    ...checkParameter('stayers', countRule, stayers),
  ])
  const z = normalQuantile((1 + level) / 2)
  const expectedHalfWidth = z * Math.sqrt(hanleyMcNeil(auc, churners, stayers))
  const churnersNeeded = Math.ceil(churnersFor(auc, stayers / churners, (halfWidth / z) ** 2))
  const enough = expectedHalfWidth <= halfWidth
  const reach = `the ${percentText(level)} interval of an AUC of ${figureText(auc, 2)} reaches ${figureText(expectedHalfWidth, 3)} to either side`
  return {
    enough,
    expectedHalfWidth,
    churnersNeeded,
    sentence: enough
      ? `Enough churners: with ${churners} ${reach}.`
      : `Too few churners: with ${churners} ${reach}. About ${churnersNeeded} churners would bring it to ${figureText(halfWidth, 3)}.`,
  }
}

function hanleyMcNeil(auc: number, churners: number, stayers: number): number {
  const { one, byChurner, byStayer } = variances(auc)
  return (one + (churners - 1) * byChurner + (stayers - 1) * byStayer) / (churners * stayers)
}

/** Solves the variance for the churners, with `ratio` stayers for each: a quadratic equation. */
function churnersFor(auc: number, ratio: number, variance: number): number {
  const { one, byChurner, byStayer } = variances(auc)
  const a = ratio * variance
  const b = byChurner + ratio * byStayer
  const c = one - byChurner - byStayer
  return (b + Math.sqrt(b * b + 4 * a * c)) / (2 * a)
}

/** A(1 − A); Q₁ − A², Q₁ = both of two churners above a stayer; Q₂ − A², Q₂ = a churner above both of two stayers. */
function variances(auc: number) {
  const square = auc ** 2
  return {
    one: auc * (1 - auc),
    byChurner: auc / (2 - auc) - square,
    byStayer: (2 * square) / (1 + auc) - square,
  }
}
