import { type OutcomeMetric, outcomeMetric, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/**
 * Returns how likely a random churner has a higher predicted probability than a random customer who stayed.
 *
 * Use it to compare rankings over the whole list. It does not say whether the probabilities are right (see
 * `calibrationError`), and it flatters where churners are few: the top of the list, which is all that a campaign sees,
 * hardly moves it (see `liftAt`, `averagePrecision`).
 *
 *     AUC = P(p_churner > p_stayer) + P(p_churner = p_stayer) / 2
 *
 * the area under the ROC curve by trapezoids, and the Mann-Whitney statistic. Ties count one half, hence equal
 * probabilities for all give 0.5.
 *
 * @returns in [0, 1]; 0.5 = no better than chance
 *
 * @example
 * rocAuc([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // three of four pairs are in order
 * // => 0.75
 *
 * @see Hanley and McNeil (1982), Radiology 143
 * @see {@link averagePrecision} where churners are rare
 */
export const rocAuc: OutcomeMetric<number> = outcomeMetric('rocAuc', weightOptions, rocAucOf)

/** Like {@link rocAuc}, from the sorted form. O(groups). */
export function rocAucOf(ranked: RankedOutcomes): number {
  const { churned, stayed, churners, customers } = ranked
  let churnersAbove = 0
  let pairsInOrder = 0
  for (let group = 0; group < churned.length; group++) {
    pairsInOrder += stayed[group]! * (churnersAbove + churned[group]! / 2)
    churnersAbove += churned[group]!
  }
  return pairsInOrder / (churners * (customers - churners))
}

/**
 * Returns the Gini coefficient of a ranking: the AUC on a scale from −1 to 1.
 *
 * Use it where a report asks for Gini; it says nothing that `rocAuc` does not say.
 *
 *     Gini = 2 · AUC − 1
 *
 * also called accuracy ratio (of the CAP curve) and Somers' D of the probability by the outcome: pairs of a churner
 * and a stayer in order, minus pairs in reverse order, over all such pairs. Not the Gini impurity of decision trees,
 * nor the Gini of a Lorenz curve of incomes. Ties count nothing.
 *
 * @returns in [−1, 1]; 0 = no better than chance
 *
 * @example
 * giniCoefficient([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // three of four pairs in order, one not
 * // => 0.5
 *
 * @see Engelmann, Hayden and Tasche (2003), Testing rating accuracy
 * @see {@link rocAuc}
 */
export const giniCoefficient: OutcomeMetric<number> = outcomeMetric(
  'giniCoefficient',
  weightOptions,
  giniCoefficientOf,
)

/** Like {@link giniCoefficient}, from the sorted form. O(groups). */
export function giniCoefficientOf(ranked: RankedOutcomes): number {
  return 2 * rocAucOf(ranked) - 1
}

/**
 * Returns the mean precision over the churners, going down the list from the highest probability.
 *
 * Use it where churners are rare and the top of the list matters. Its floor is the base rate and not 0, so values
 * from populations with different churn are not comparable.
 *
 *     AP = Σ over distinct thresholds t, from the highest, of (recall(t) − recall(before t)) · precision(t)
 *
 * the step-wise sum, as scikit-learn's `average_precision_score`; not the trapezoid area under the precision-recall
 * curve, which is too optimistic. Rows of equal probability enter together, hence equal probabilities for all give the
 * base rate.
 *
 * @returns in (0, 1]; the base rate = no better than chance
 *
 * @example
 * averagePrecision([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // 1/2 · 1/1 + 1/2 · 2/3
 * // => 0.8333333333333333
 *
 * @see Davis and Goadrich (2006), why precision-recall points must not be joined by straight lines
 * @see {@link rocAuc}, {@link liftAt}
 */
export const averagePrecision: OutcomeMetric<number> = outcomeMetric(
  'averagePrecision',
  weightOptions,
  averagePrecisionOf,
)

/** Like {@link averagePrecision}, from the sorted form. O(groups). */
export function averagePrecisionOf(ranked: RankedOutcomes): number {
  const { churned, stayed, churners } = ranked
  let caught = 0
  let contacted = 0
  let sum = 0
  for (let group = 0; group < churned.length; group++) {
    caught += churned[group]!
    contacted += churned[group]! + stayed[group]!
    if (churned[group]! > 0) sum += (churned[group]! / churners) * (caught / contacted)
  }
  return sum
}

/**
 * Returns the largest distance between the shares of churners and of stayers that a threshold separates (KS).
 *
 * Use it where credit-scoring practice asks for it: one number for the best single threshold. It looks at that point
 * only and is noisier than `rocAuc`; for the threshold you really use see `confusionAt`.
 *
 *     KS = max over thresholds t of | F_churners(t) − F_stayers(t) |
 *
 * with F the share of a class whose probability is at least t: the two-sample Kolmogorov-Smirnov statistic, two-sided,
 * and the largest distance of the ROC curve from its diagonal (Youden's J). Two-sided: a model that ranks the wrong
 * way round has a large KS too. Ties are one threshold.
 *
 * @returns in [0, 1]; 0 = equal distributions. By chance alone it is about sqrt(1 / churners + 1 / stayers)
 *
 * @example
 * kolmogorovSmirnov([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])   // from 0.3: both churners, one of two stayers
 * // => 0.5
 *
 * @see Smirnov (1939); Hand (2009), Measuring classifier performance, on what it leaves out
 * @see {@link rocAuc}, {@link rocCurve}
 */
export const kolmogorovSmirnov: OutcomeMetric<number> = outcomeMetric(
  'kolmogorovSmirnov',
  weightOptions,
  kolmogorovSmirnovOf,
)

/** Like {@link kolmogorovSmirnov}, from the sorted form. O(groups). */
export function kolmogorovSmirnovOf({ churned, stayed, churners, customers }: RankedOutcomes): number {
  const stayers = customers - churners
  let caught = 0
  let spent = 0
  let largest = 0
  for (let group = 0; group < churned.length; group++) {
    caught += churned[group]!
    spent += stayed[group]!
    largest = Math.max(largest, Math.abs(caught / churners - spent / stayers))
  }
  return largest
}
