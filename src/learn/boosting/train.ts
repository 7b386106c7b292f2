import { refuse } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import { type Random, seededRandom } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import { type CheckedTraining, checkTraining } from '../check.js'
import type { TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { specsOf } from '../tree/bins.js'
import { EnsembleBuilder } from '../tree/ensemble.js'
import type { GrownTree } from '../tree/grownTree.js'
import { KernelTeam } from '../tree/kernelTeam.js'
import { storeColumns } from '../tree/storedColumns.js'
import { processorCount } from '../tree/threads.js'
import { type MarginLine, sameMargin } from './calibration.js'
import { columnRules } from './columnChoice.js'
import { chooseRounds, innerFoldCount, manyRows, type Rounds } from './innerFolds.js'
import { BoostingModel } from './model.js'
import { namesProblems } from './namedColumns.js'
import { type BoostingOptions, boostingOptions, type CheckedBoostingOptions } from './options.js'
import { type Part, partsOf } from './parts.js'
import { growPart, type PartTraining } from './trainedPart.js'
import { growValidated, type ValidationMetric } from './validation.js'

const operation = 'trainBoosting'

/** Watching and stopping a training of boosted trees, and what it may lean on beside its rows. */
export interface BoostingControl extends TrainControl {
  /** Rows that say when to stop, instead of inner folds; the model is trained on the others only. */
  readonly validation?: TrainingData
  /** What is to be best on the validation rows. Default: log loss. */
  readonly metric?: ValidationMetric
  /** A model to go on from: its trees stay, new ones correct it. Trained on the same features. */
  readonly startFrom?: BoostingModel
  /** What an abort does: `throw` an error (default), or `keep` the trees so far as the model. */
  readonly onAbort?: 'throw' | 'keep'
}

/**
 * Returns a churn-risk model of gradient-boosted trees: each small tree corrects what the ones before it got wrong.
 *
 * Use it where the risk depends on combinations of features or on thresholds; it reads missing values and categories
 * as they are. Where data are few or effects are simply additive, `trainLogistic` is as good and easier to explain:
 * compare the two fold by fold. `trainBoostingAsync` is for servers.
 *
 * Newton boosting of log loss on histograms. With p the probability so far, w the row weight, y the outcome:
 *
 *     g = w (p - y)      h = w p (1 - p)      start = log odds of the base rate
 *     leaf value = - learningRate · shrink(Σg, l1) / (Σh + l2)
 *
 * With its defaults the model is the mean of a shallow part (depth 3) and a deep one (depth 6). How many trees each
 * gets is found on inner folds, whose rows the trees that predict them have not seen; the mean is read by the line
 * `intercept + slope · margin` that fits those rows best; then both are trained on all rows.
 *
 * Missing values learn a side per split; a split that saw none sends them to its heavier side. A category that
 * training has not seen, or beyond the `maxBins` heaviest, is read as missing. The order of columns never matters;
 * the order of rows matters only to draws of rows and inner folds. Gradients are whole numbers in the sums: same seed,
 * same data, the same model to the bit, on any number of threads, with or without WebAssembly.
 *
 * @param data at least one row of either class; see {@link TrainingData}
 * @param options see {@link BoostingOptions}
 * @param control progress once a tree, a signal to stop, and more; see {@link BoostingControl}
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-empty`, `column-duplicate`, `column-type`,
 *   `length-differs`, `value-not-finite`, `out-of-range`, `one-class`: all at once; `aborted`, `thread-lost`,
 *   `memory-exceeded`
 *
 * O(trees × rows × columns × depth / 2) time. Memory beside the input: 2 bytes a row and column (columns with few values
 * share theirs), 29 bytes a row, 33 with weights; at most 4 GiB in all.
 *
 * @example
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const model = trainBoosting(data, { minHessianPerLeaf: 0, rowShare: 1 })
 * model.probability(data.features)[7]! > 0.8
 * // => true
 *
 * @see Chen and Guestrin 2016 (XGBoost); Ke et al. 2017 (LightGBM)
 */
export function trainBoosting(
  data: TrainingData,
  options?: BoostingOptions,
  control: BoostingControl = {},
): BoostingModel {
  const training = checkTraining(operation, boostingOptions, options, data)
  refuse(operation, namesProblems(training.options, training.features, control.startFrom?.features))
  refuseAborted(operation, control)
  const steps = new Boosting(training, control).run()
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/**
 * Does what `trainBoosting` does and lets the process do other work between trees: a server answers meanwhile, and an
 * `AbortSignal` of a timer or a request stops it. The same model.
 *
 * @throws {HoldfastError} as `trainBoosting`; the promise is rejected
 *
 * @example
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const model = await trainBoostingAsync(data, { minHessianPerLeaf: 0 }, { signal: AbortSignal.timeout(60_000) })
 * model.learner
 * // => 'boosting'
 */
export async function trainBoostingAsync(
  data: TrainingData,
  options?: BoostingOptions,
  control: BoostingControl = {},
): Promise<BoostingModel> {
  const training = checkTraining(operation, boostingOptions, options, data)
  refuse(operation, namesProblems(training.options, training.features, control.startFrom?.features))
  refuseAborted(operation, control)
  const steps = new Boosting(training, control).run()
  let paused = performance.now()
  try {
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      if (performance.now() - paused < busyMs) continue
      await new Promise((resolve) => setTimeout(resolve))
      paused = performance.now()
    }
  } finally {
    steps.return(undefined as never)
  }
}

/** How long the process waits for a training at most, but for a single tree. */
const busyMs = 20

/** Rows × columns from which threads pay for their start. */
const leastSharedValues = 2_000_000
const mostThreads = 8
/** The draws of the inner folds, apart from those of the parts. */
const innerDraws = 1_000_000

/** The parts of a model as they were grown, and how their mean is read. */
interface Grown {
  readonly parts: readonly (readonly GrownTree[])[]
  readonly line: MarginLine
}

class Boosting {
  readonly options: CheckedBoostingOptions
  readonly parts: readonly Part[]

  constructor(
    readonly training: CheckedTraining<CheckedBoostingOptions>,
    readonly control: BoostingControl,
  ) {
    this.options = training.options
    this.parts = partsOf(training.options)
  }

  /** Trains; yields after each tree. */
  *run(): Generator<void, BoostingModel, void> {
    const team = KernelTeam.start(operation, this.#threadCount())
    try {
      return yield* this.#train(team)
    } finally {
      team.stop()
    }
  }

  *#train(team: KernelTeam): Generator<void, BoostingModel, void> {
    const { outcome, weight, totalWeight, baseRate, features } = this.training
    const { startFrom } = this.control
    team.ready()
    const stored = storeColumns(team, features, weight, this.options.maxBins, categoriesOf(startFrom))
    stepDone(operation, this.control, 'bins', 1, 1)
    const names = features.columns.map(({ name }) => name)
    const baseMargin = startFrom === undefined ? logit(baseRate) : startFrom.baseMargin
    const margin = startFrom === undefined ? baseMargin : startFrom.margin(features)
    const grown = yield* this.#grow({
      team,
      stored,
      data: { outcome, weight, totalWeight, margin },
      options: this.options,
      rules: columnRules(this.options, names, stored.places),
      directions: directionsOf(this.options, names),
    })
    const { intercept, slope } = grown.line
    const builder = new EnsembleBuilder(stored.features)
    if (startFrom !== undefined) builder.addEnsemble(startFrom.ensemble, slope)
    for (const part of grown.parts) for (const tree of part) builder.add(tree, slope / grown.parts.length)
    const { prior } = this.options
    const shift = prior === undefined ? 0 : logit(prior) - logit(baseRate)
    const start = intercept + slope * baseMargin + shift
    return new BoostingModel(specsOf(stored.features), baseRate, start, builder.build())
  }

  *#grow(training: PartTraining): Generator<void, Grown, void> {
    const { options, parts, control } = this
    const random = seededRandom(options.seed)
    if (control.validation !== undefined && options.earlyStopping) {
      const startOf = (features: FeatureMatrix): number | Float64Array =>
        control.startFrom?.margin(features) ?? logit(this.training.baseRate)
      const watched = { validation: control.validation, metric: control.metric, startOf }
      const steps = growValidated(training, parts, watched, random)
      return { parts: yield* this.#counted(steps, 'tree', 1), line: sameMargin }
    }
    if (!options.earlyStopping) {
      const trees = parts.map((part) => part.rounds)
      return yield* this.#refit(training, { trees, line: sameMargin }, random)
    }
    const steps = chooseRounds(training, parts, random.fork(innerDraws))
    const rounds = yield* this.#counted(
      steps,
      'inner tree',
      innerFoldCount(options, training.data.outcome.length),
    )
    return yield* this.#refit(training, rounds, random)
  }

  /** Grows the parts on all rows, each as often as wanted. */
  *#refit(training: PartTraining, { trees, line }: Rounds, random: Random): Generator<void, Grown, void> {
    const { parts } = this
    const repeats = this.#repeats()
    const total = repeats * trees.reduce((sum, count) => sum + count, 0)
    const grown: GrownTree[][] = []
    let done = 0
    for (let index = 0; index < parts.length * repeats; index++) {
      const part = index % parts.length
      const own: GrownTree[] = []
      grown.push(own)
      const sized = { ...parts[part]!, rounds: trees[part]! }
      for (const { tree } of growPart(training, sized, null, random.fork(index))) {
        own.push(tree)
        yield
        if (!this.#goOn(++done, total)) return { parts: grown, line }
      }
    }
    return { parts: grown, line }
  }

  /** Tells the watcher about a tree of the model; false where it is to end with the trees so far. */
  #goOn(done: number, total: number): boolean {
    if (this.control.onAbort !== 'keep') {
      stepDone(operation, this.control, 'tree', done, total)
      return true
    }
    this.control.onProgress?.({ step: 'tree', done, total })
    return this.control.signal?.aborted !== true
  }

  /** Tells the watcher about trees whose number is not known beforehand: at most so many a part and fold. */
  *#counted<Result>(
    steps: Generator<void, Result, void>,
    step: string,
    folds: number,
  ): Generator<void, Result, void> {
    const total = folds * this.parts.reduce((sum, { rounds }) => sum + rounds, 0)
    let done = 0
    for (;;) {
      const next = steps.next()
      if (next.done === true) {
        if (done < total) this.control.onProgress?.({ step, done: total, total })
        return next.value
      }
      stepDone(operation, this.control, step, ++done, total)
      yield
    }
  }

  /** Times that each part is trained; without draws of rows or columns they would all be the same. */
  #repeats(): number {
    const { repeats, rowShare, columnShare, columnSharePerNode } = this.options
    if (rowShare === 1 && columnShare === 1 && columnSharePerNode === 1) return 1
    const { rowCount } = this.training.features
    return repeats ?? (this.options.earlyStopping && rowCount < manyRows ? 3 : 1)
  }

  #threadCount(): number {
    const { threads } = this.options
    if (threads !== 'auto') return threads
    const { rowCount, columns } = this.training.features
    return rowCount * columns.length < leastSharedValues ? 1 : Math.min(processorCount(), mostThreads)
  }
}

function directionsOf({ monotone }: CheckedBoostingOptions, names: readonly string[]): number[] | null {
  if (monotone === undefined) return null
  const sign = { increasing: 1, decreasing: -1 }
  return names.map((name) => (Object.hasOwn(monotone, name) ? sign[monotone[name]!] : 0))
}

/** The categories of a model to go on with: its trees know them by their place. */
function categoriesOf(model: BoostingModel | undefined): Map<string, readonly string[]> {
  return new Map(
    model?.features.flatMap((spec) => (spec.kind === 'text' ? [[spec.name, spec.categories] as const] : [])),
  )
}
