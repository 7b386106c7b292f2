import { customersOf, ownRows, type RowCustomers } from '../../base/customersOf.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import { type Random, seededRandom } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import type { CheckedTraining } from '../check.js'
import { stepDone } from '../control.js'
import { shiftToMean } from '../margin.js'
import { overlapOf, overlapWith, type RowOverlap, rememberingRows, trainedRowsOf } from '../trainedRows.js'
import { specsOf } from '../tree/bins.js'
import { EnsembleBuilder } from '../tree/ensemble.js'
import type { GrownTree } from '../tree/grow/grownTree.js'
import { KernelTeam } from '../tree/grow/kernelTeam.js'
import { type StoredColumns, storeColumns } from '../tree/grow/storedColumns.js'
import { processorCount } from '../tree/threads.js'
import { type MarginLine, sameMargin } from './calibration.js'
import { columnRules } from './columnChoice.js'
import type { BoostingControl } from './control.js'
import { chooseRounds, innerFoldCount, manyRows, type Rounds } from './innerFolds.js'
import { BoostingModel } from './model.js'
import type { CheckedBoostingOptions } from './options.js'
import { type PartLadder, partsOf } from './parts.js'
import { growPart, type PartTraining } from './trainedPart.js'
import { growValidated } from './validation.js'

/** Rows × columns from which threads pay for their start. */
const leastSharedValues = 2_000_000
const mostThreads = 8
/** The draws of the inner folds, apart from those of the parts. */
const innerDraws = 1_000_000

/** The parts of a model as they were grown, and how their mean is read. */
interface Grown {
  readonly parts: readonly (readonly GrownTree[])[]
  readonly line: MarginLine
  /** Margin before the first tree, where it is not the log odds of the base rate of all rows. */
  readonly start?: number
}

/** What a training needs of its rows beside their codes. */
export interface BoostingRows extends Omit<CheckedTraining<CheckedBoostingOptions>, 'features' | 'ids'> {
  /** Margins of the rows before the first tree: one number, or shape (rows). */
  readonly margin: number | Float64Array
  /** Whose the rows are. */
  readonly customers: RowCustomers
  /** Whether the model to go on from has not seen the rows that say how many trees are added. */
  readonly startIsNew: boolean
  /** What these rows have in common with those of the model to go on from, or to validate on, in sentences. */
  readonly seenNotes: readonly string[]
}

/** Trains on columns; yields after each tree. */
export function* boostingSteps(
  operation: string,
  training: CheckedTraining<CheckedBoostingOptions>,
  control: BoostingControl,
): Generator<void, BoostingModel, void> {
  const { options, features, weight } = training
  const team = startTeam(operation, options, features)
  try {
    team.ready()
    const stored = storeColumns(team, features, weight, options.maxBins, categoriesOf(control.startFrom))
    stepDone(operation, control, 'bins', 1, 1)
    const margin = control.startFrom?.margin(features) ?? logit(training.baseRate)
    const customers = choosesByFolds(options, control) ? customersOf(features, training.ids) : ownRows
    const seen = seenByControl(features, options, control)
    const run = new BoostingRun({ ...training, margin, customers, ...seen }, control)
    const model = yield* run.train(team, stored)
    return rememberingRows(
      model,
      training,
      options.earlyStopping ? control : { startFrom: control.startFrom },
    )
  } finally {
    team.stop()
  }
}

/**
 * Returns what the model to go on from, and the rows to validate on, have in common with the training rows or each other.
 * Where it is not known which rows the model has seen, these may be among them.
 *
 * @param features the training rows, or a sample of them
 */
export function seenByControl(
  features: FeatureMatrix,
  { earlyStopping }: CheckedBoostingOptions,
  { startFrom, validation }: BoostingControl,
): Pick<BoostingRows, 'startIsNew' | 'seenNotes'> {
  if (!earlyStopping) return { startIsNew: true, seenNotes: [] }
  const judging = validation?.features ?? features
  const overlap = startFrom === undefined ? null : overlapOf(startFrom, judging)
  const startIsNew = startFrom === undefined || (overlap !== null && !overlap.isOverlap && overlap.canBeTold)
  const trained = validation === undefined ? null : trainedRowsOf({ features }, namesOf(features), '')
  const validated = trained === null ? null : overlapWith(trained, judging)
  return {
    startIsNew,
    seenNotes: [
      ...(startIsNew ? [] : [startNote(overlap, validation === undefined)]),
      ...(validated?.isOverlap !== true
        ? []
        : [
            `${validated.equal} of the ${validated.compared} rows to validate on that were compared are equal to rows of the training: ` +
              'trees that know them look ever better on them, so that there are too many. Validate on other customers.',
          ]),
    ],
  }
}

function namesOf({ columns }: FeatureMatrix): string[] {
  return columns.map(({ name }) => name)
}

/** Says how the number of trees was chosen where the model to go on from knows the rows that choose it, or may know them. */
function startNote(overlap: RowOverlap | null, byFolds: boolean): string {
  const known =
    overlap === null
      ? 'It is not known which rows the model to go on from was trained on; they may be among those'
      : `${overlap.equal} of ${overlap.compared} rows are equal to rows that the model to go on from was trained on, among them rows`
  const line = byFolds ? ', and its probabilities are left as they are' : ''
  return (
    `${known} that say how many trees are added: on rows that it knows it looks better than it is, so that hardly a new tree ` +
    `seems to help${line}. Go on with customers that it has not seen, or give their number: rounds, with earlyStopping: false.`
  )
}

/** True where rows are kept from the training to find the number of trees: then it matters whose they are. */
export function choosesByFolds(
  { earlyStopping }: CheckedBoostingOptions,
  { validation }: BoostingControl,
): boolean {
  return earlyStopping && validation === undefined
}

/** Starts the threads that the options ask for, or as many as pay for their start. */
export function startTeam(
  operation: string,
  { threads }: CheckedBoostingOptions,
  { rowCount, columns }: { readonly rowCount: number; readonly columns: readonly unknown[] },
): KernelTeam {
  const paid = rowCount * columns.length < leastSharedValues ? 1 : Math.min(processorCount(), mostThreads)
  return KernelTeam.start(operation, threads === 'auto' ? paid : threads)
}

/** One training of boosted trees. */
export class BoostingRun {
  readonly options: CheckedBoostingOptions
  readonly ladder: PartLadder
  readonly rows: BoostingRows
  /** What the margins of the model to go on from are moved by before the first new tree. */
  readonly #startShift: number

  constructor(
    rows: BoostingRows,
    readonly control: BoostingControl,
  ) {
    this.options = rows.options
    this.ladder = partsOf(rows.options)
    this.#startShift = startShift(rows, control.startFrom)
    const { margin } = rows
    this.rows = typeof margin === 'number' ? rows : { ...rows, margin: this.#started(margin) }
  }

  /** Trains on stored rows; yields after each tree. */
  *train(team: KernelTeam, stored: StoredColumns): Generator<void, BoostingModel, void> {
    const { baseRate } = this.rows
    const { startFrom } = this.control
    const names = stored.features.map(({ name }) => name)
    const grown = yield* this.#grow({
      team,
      stored,
      data: this.rows,
      options: this.options,
      rules: columnRules(this.options, names, stored.places),
      directions: directionsOf(this.options, names),
    })
    const { intercept, slope } = grown.line
    const builder = new EnsembleBuilder(stored.features)
    if (startFrom !== undefined) builder.addEnsemble(startFrom.ensemble, slope)
    for (const part of grown.parts) for (const tree of part) builder.add(tree, slope / grown.parts.length)
    const { prior = baseRate } = this.options
    const first =
      startFrom === undefined ? (grown.start ?? logit(baseRate)) : startFrom.baseMargin + this.#startShift
    const start = intercept + slope * first + (logit(prior) - logit(baseRate))
    const { customers, seenNotes } = this.rows
    const notes = [...(customers.note === null ? [] : [customers.note]), ...seenNotes]
    return new BoostingModel(specsOf(stored.features), prior, start, builder.build(), notes)
  }

  *#grow(training: PartTraining): Generator<void, Grown, void> {
    const { options, ladder, control } = this
    const random = seededRandom(options.seed)
    if (control.validation !== undefined && options.earlyStopping) {
      const { validation, metric, startFrom } = control
      const startOf = (features: FeatureMatrix): number | Float64Array =>
        startFrom === undefined ? logit(this.rows.baseRate) : this.#started(startFrom.margin(features))
      const trainedRate = options.prior === undefined ? null : this.rows.baseRate
      const watched = { validation, metric, startOf, trainedRate }
      const steps = growValidated(training, ladder.usual, watched, random)
      return { parts: yield* this.#counted(training.team, steps, 'tree', 1), line: sameMargin }
    }
    if (!options.earlyStopping) {
      const parts = ladder.usual
      const trees = parts.map((part) => part.rounds)
      return yield* this.#refit(training, { parts, trees, line: sameMargin }, random)
    }
    const { customers, startIsNew } = this.rows
    const steps = chooseRounds(training, customers.customerOf, ladder, startIsNew, random.fork(innerDraws))
    const rounds = yield* this.#counted(
      training.team,
      steps,
      'inner tree',
      innerFoldCount(options, training.data.outcome.length),
    )
    if (rounds.grown === undefined || options.repeats !== undefined || control.onAbort === 'keep')
      return yield* this.#refit(training, rounds, random)
    const { trees, start } = rounds.grown
    const count = trees.reduce((sum, own) => sum + own.length, 0)
    stepDone(training.team.operation, control, 'tree', count, count)
    return { parts: trees, line: rounds.line, ...(typeof start === 'number' ? { start } : {}) }
  }

  /** Grows the parts on all rows, each as often as wanted. */
  *#refit(
    training: PartTraining,
    { parts, trees, line }: Rounds,
    random: Random,
  ): Generator<void, Grown, void> {
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
        if (!this.#goOn(training.team, ++done, total)) return { parts: grown, line }
      }
    }
    return { parts: grown, line }
  }

  #started(margin: Float64Array): Float64Array {
    return margin.map((own) => own + this.#startShift)
  }

  /** Tells the watcher about a tree of the model; false where it is to end with the trees so far. */
  #goOn({ operation }: KernelTeam, done: number, total: number): boolean {
    if (this.control.onAbort !== 'keep') {
      stepDone(operation, this.control, 'tree', done, total)
      return true
    }
    this.control.onProgress?.({ step: 'tree', done, total })
    return this.control.signal?.aborted !== true
  }

  /** Tells the watcher about trees whose number is not known beforehand: at most so many a part and fold. */
  *#counted<Result>(
    { operation }: KernelTeam,
    steps: Generator<void, Result, void>,
    step: string,
    folds: number,
  ): Generator<void, Result, void> {
    const total =
      folds * [...this.ladder.usual, ...this.ladder.larger].reduce((sum, { rounds }) => sum + rounds, 0)
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
    return repeats ?? (this.options.earlyStopping && this.rows.outcome.length < manyRows ? 3 : 1)
  }
}

/**
 * Moves the model to go on from to the churn rate of the rows, so that the trees need not learn it. With `prior` the rows
 * were drawn by outcome and nothing else has moved: the difference of the log odds. Else the customers may have moved
 * too, which its margins know already: the constant that gives these rows their mean.
 */
function startShift({ options, baseRate, margin, weight }: BoostingRows, from: BoostingModel | undefined) {
  if (from === undefined || typeof margin === 'number' || from.baseRate === baseRate) return 0
  if (options.prior !== undefined) return logit(baseRate) - logit(from.baseRate)
  return shiftToMean(margin, baseRate, weight)
}

function directionsOf({ monotone }: CheckedBoostingOptions, names: readonly string[]): number[] | null {
  if (monotone === undefined) return null
  const sign = { increasing: 1, decreasing: -1 }
  return names.map((name) => (Object.hasOwn(monotone, name) ? sign[monotone[name]!] : 0))
}

/** The categories of a model to go on with: its trees know them by their place. */
export function categoriesOf(model: BoostingModel | undefined): Map<string, readonly string[]> {
  return new Map(
    model?.features.flatMap((spec) => (spec.kind === 'text' ? [[spec.name, spec.categories] as const] : [])),
  )
}
