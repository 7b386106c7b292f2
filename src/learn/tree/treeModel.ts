import { checkArguments } from '../../base/arguments.js'
import { refuse } from '../../base/errors.js'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import { logit } from '../../base/statistics.js'
import { type AlignedColumn, FeatureAligner } from '../align.js'
import type { ChurnModel, Contributions } from '../contract.js'
import { probabilityOf, withoutCertainty } from '../margin.js'
import type { PredictOptions } from '../predictOptions.js'
import type { TreeEnsemble } from './ensemble.js'
import { type AlignedRows, TreeExplainer } from './explain/treeExplainer.js'
import { TreePredictor } from './score/treePredictor.js'

/** How much of a prediction two features explain together: `values[i][j][row]`. */
export interface Interactions {
  /** What interactions add up in, as in {@link Contributions}. */
  readonly scale: Contributions['scale']
  /** Mean prediction of the training rows, in that scale. */
  readonly base: number
  /**
   * Shape (features, features, rows), symmetric. `values[i][0] + values[i][1] + …` is the contribution of feature i;
   * `values[i][i]` is what it adds on its own.
   */
  readonly values: readonly (readonly Float64Array[])[]
}

/** A churn-risk model that is a sum of trees: boosting, forest, or imported. */
export interface TreeModel extends ChurnModel {
  readonly ensemble: TreeEnsemble
  /**
   * Returns exact additive contributions of the features against a background (interventional TreeSHAP).
   *
   * Where `contributions` fills in features that are not known by the training rows that pass the same way, this takes
   * them from the rows of `background`, all in turn: "against these customers". A feature that no tree asks gets 0 even
   * where it goes together with one that is asked. `base` is the mean prediction of the background.
   *
   * @param background at least 1 row; some hundred that stand for the customers to compare with
   * @throws {HoldfastError} as `margin`, and `table-empty` for a background without rows
   *
   * O(leaves × background + rows × leaves) time for trees whose leaves ask up to 8 features; beyond, O(rows × background) for each such leaf.
   */
  interventionalContributions(features: FeatureMatrix, background: FeatureMatrix): Contributions
  /**
   * Returns the Shapley interaction values of all pairs of features, of the same game as `contributions`.
   *
   * Between i and j stands half of their interaction, so that all values of a row add up to its prediction with `base`.
   *
   * O(features² × rows) memory: 28 features and 1,000 rows take 3 MB.
   */
  interactions(features: FeatureMatrix): Interactions
}

/** What the trees of a model add up to. */
interface TreeSum {
  /** The class, for refusals. */
  readonly name: string
  readonly scale: Contributions['scale']
  /** Before the first tree, in that scale. */
  readonly base: number
  /** The features as the trees ask them, where that differs from what the model is given. */
  readonly asked?: readonly FeatureSpec[]
  /** Returns the columns as the trees ask them, where that differs from how they are aligned. */
  readonly read?: (aligner: FeatureAligner, operation: string, features: FeatureMatrix) => AlignedColumn[]
}

/** What all models of trees do: they ask their trees, and explain what these say. */
export abstract class SumOfTrees implements TreeModel {
  abstract readonly learner: string
  readonly #sum: TreeSum
  readonly #aligner: FeatureAligner
  readonly #predictor: TreePredictor
  readonly #explainer: TreeExplainer

  constructor(
    readonly features: readonly FeatureSpec[],
    readonly baseRate: number,
    readonly ensemble: TreeEnsemble,
    sum: TreeSum,
  ) {
    this.#sum = sum
    this.#aligner = new FeatureAligner(features)
    this.#predictor = new TreePredictor(ensemble, sum.asked ?? features)
    this.#explainer = new TreeExplainer(ensemble, sum.asked ?? features)
  }

  /** Returns what is special to this model as plain JSON data, for its file. */
  abstract state(): unknown

  probability(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    const scores = this.#scores('probability', features, options)
    return this.#sum.scale === 'log-odds' ? probabilityOf(scores) : withoutCertainty(scores)
  }

  margin(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    const scores = this.#scores('margin', features, options)
    return this.#sum.scale === 'log-odds' ? scores : withoutCertainty(scores).map(logit)
  }

  contributions(features: FeatureMatrix): Contributions {
    const values = this.#explainer.contributions(this.#rows('contributions', features))
    return this.#added(this.#explainer.expectedValue, values)
  }

  interventionalContributions(features: FeatureMatrix, background: FeatureMatrix): Contributions {
    const method = 'interventionalContributions'
    const operation = `${this.#sum.name}.${method}`
    checkArguments(operation, ['background', background, 'matrix'])
    if (background.rowCount === 0) {
      const rule = 'to have at least 1 row'
      refuse(operation, [{ code: 'table-empty', parameter: 'background', rule, received: 0 }])
    }
    const rows = this.#rows(method, features)
    const { mean, values } = this.#explainer.interventional(rows, this.#rows(method, background))
    return this.#added(mean, values)
  }

  interactions(features: FeatureMatrix): Interactions {
    const values = this.#explainer.interactions(this.#rows('interactions', features))
    return this.#added(this.#explainer.expectedValue, values)
  }

  #added<Values>(base: number, values: Values) {
    return { scale: this.#sum.scale, base: this.#sum.base + base, values }
  }

  #rows(method: string, features: FeatureMatrix): AlignedRows {
    const { name, read = (aligner, ...given) => aligner.align(...given) } = this.#sum
    return { columns: read(this.#aligner, `${name}.${method}`, features), rowCount: features.rowCount }
  }

  #scores(method: string, features: FeatureMatrix, options: PredictOptions | undefined): Float64Array {
    const { columns, rowCount } = this.#rows(method, features)
    const scores = new Float64Array(rowCount).fill(this.#sum.base)
    this.#predictor.addMargins(`${this.#sum.name}.${method}`, columns, scores, options)
    return scores
  }
}
