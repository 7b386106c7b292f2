import { churnedCustomers } from '../base/dealCustomers.js'
import { HoldfastError } from '../base/errors.js'
import { groupNumbers } from '../base/groupNumbers.js'
import { takeRows, takeValues } from '../base/matrix.js'
import { type MetricName, metrics } from '../evaluate/metrics.js'
import { rankOutcomes } from '../evaluate/rows/checkedOutcomes.js'
import type { ChurnModel, TrainControl, TrainingData } from '../learn/contract.js'
import { type Candidate, trainCandidate } from './candidate.js'
import type { Rung } from './rungs.js'
import { numbersOfText, type StoredTraining, textOfNumbers } from './selectionState.js'
import type { FoldFigures } from './trial.js'
import { leastOfClass, sampledRows, type ValidationFold } from './validationPlan.js'

/** Most rows of a fold to score: more would tell no more. */
const mostScored = 20_000
const partCount = 5

/** One training of one candidate, and its figures on rows it had not seen. */
export interface FoldTraining extends Omit<StoredTraining, 'margins'> {
  /** Log odds of the scored rows; null in cells from a state that does not keep them. */
  readonly margins: Float32Array | null
}

/** A candidate trained on part of the rows. */
export interface TrainedCandidate {
  readonly candidate: Candidate
  readonly model: ChurnModel
  readonly rows: number
}

/** Position of a cell: its training and test rows. */
export interface TrainingPlace {
  readonly rowShare: number
  readonly repeat: number
  readonly fold: number
}

/** The rows on which a fold is scored. */
export interface ScoredRows {
  readonly data: TrainingData
  /** Row numbers of each part; none if there are too few of either class. */
  readonly parts: readonly Int32Array[]
}

/** All trainings of a search, each done once. */
export class FoldTrainings {
  readonly #cells = new Map<string, FoldTraining>()
  readonly #scored = new Map<ValidationFold, ScoredRows>()
  #lastTraining: { readonly key: string; readonly data: TrainingData } | null = null
  #lastModel: TrainedCandidate | null = null

  constructor(
    readonly data: TrainingData,
    /** By repeat and fold. */
    readonly plan: readonly (readonly ValidationFold[])[],
    readonly metricNames: readonly MetricName[],
    readonly seed: number,
    stored: readonly StoredTraining[],
  ) {
    for (const { margins, ...cell } of stored) {
      this.#cells.set(keyOf(cell.candidate, cell), {
        ...cell,
        margins: margins === null ? null : numbersOfText(margins),
      })
    }
  }

  /** Cells as kept in a state, with margins only for trainings on all rows, which a blend needs. */
  get stored(): StoredTraining[] {
    return [...this.#cells.values()].map(({ margins, ...cell }) => ({
      ...cell,
      margins: margins === null || cell.rowShare < 1 ? null : textOfNumbers(margins),
    }))
  }

  /** The model of the last training, if it was of this candidate. */
  lastModelOf(candidate: Candidate): TrainedCandidate | null {
    return this.#lastModel?.candidate === candidate ? this.#lastModel : null
  }

  /** Seconds per row of the matching trainings with about the most rows; empty if none match. */
  costsOf(fits: (cell: FoldTraining) => boolean): number[] {
    const own = [...this.#cells.values()].filter((cell) => cell.rows > 0 && fits(cell))
    const most = own.reduce((all, { rows }) => Math.max(all, rows), 0)
    return own.filter(({ rows }) => rows * 1.5 >= most).map(({ seconds, rows }) => seconds / rows)
  }

  known(candidate: Candidate, place: TrainingPlace): FoldTraining | undefined {
    return this.#cells.get(keyOf(candidate.name, place))
  }

  /** Training rows of a place. */
  rowsOf({ rowShare, repeat, fold }: TrainingPlace): number {
    return Math.round(this.plan[repeat]![fold]!.train.length * rowShare)
  }

  /** The rows that a fold is scored on. */
  scoredOf({ repeat, fold }: Omit<TrainingPlace, 'rowShare'>): ScoredRows {
    const own = this.plan[repeat]![fold]!
    let scored = this.#scored.get(own)
    if (scored === undefined) {
      const data = rowsOfData(this.data, sampledRows(own.test, this.data.outcome, mostScored, this.seed))
      scored = { data, parts: rowPartsOf(data) }
      this.#scored.set(own, scored)
    }
    return scored
  }

  /**
   * Trains the candidate at the place, or returns the known result. @throws {HoldfastError} `aborted` and what data
   * break
   */
  async cellOf(
    candidate: Candidate,
    place: TrainingPlace,
    control: TrainControl,
    now: () => number,
  ): Promise<FoldTraining> {
    const known = this.known(candidate, place)
    if (known !== undefined) return known
    const start = now()
    const tried = await this.#tried(candidate, place, control)
    const { rowShare, repeat, fold } = place
    const seconds = (now() - start) / 1000
    const rows = this.rowsOf(place)
    const cell: FoldTraining = { candidate: candidate.name, rowShare, repeat, fold, seconds, rows, ...tried }
    this.#cells.set(keyOf(candidate.name, place), cell)
    return cell
  }

  async #tried(
    candidate: Candidate,
    place: TrainingPlace,
    control: TrainControl,
  ): Promise<Pick<FoldTraining, 'figures' | 'margins' | 'note'>> {
    const scored = this.scoredOf(place)
    try {
      const model = await trainCandidate(candidate, this.#trainingOf(place), control)
      this.#lastModel = { candidate, model, rows: this.rowsOf(place) }
      const margins = Float32Array.from(model.margin(scored.data.features))
      const figures = figuresOf(model.probability(scored.data.features), scored, this.metricNames)
      return { figures, margins, note: null }
    } catch (error) {
      // Options that do not fit the data are a result of the search, not the end of it.
      if (!(error instanceof HoldfastError) || !['not-converged', 'memory-exceeded'].includes(error.code)) {
        throw error
      }
      return { figures: {}, margins: null, note: error.message }
    }
  }

  /** Candidates are tried in turn on the same rows: those of the last training are kept. */
  #trainingOf(place: TrainingPlace): TrainingData {
    const key = keyOf('', place)
    if (this.#lastTraining?.key !== key) {
      const { train } = this.plan[place.repeat]![place.fold]!
      const rows = sampledRows(train, this.data.outcome, this.rowsOf(place), this.seed)
      this.#lastTraining = { key, data: rowsOfData(this.data, rows) }
    }
    return this.#lastTraining.data
  }
}

function keyOf(candidate: string, { rowShare, repeat, fold }: TrainingPlace): string {
  return JSON.stringify([candidate, rowShare, repeat, fold])
}

/** Repeats after folds, so that trainings of a lower rung come first. */
export function placesOf({ rowShare, folds, repeats }: Rung): TrainingPlace[] {
  return Array.from({ length: folds * repeats }, (_, index) => ({
    rowShare,
    repeat: Math.floor(index / folds),
    fold: index % folds,
  }))
}

/** Returns the data with only these rows. */
export function rowsOfData({ features, outcome, weight, ids }: TrainingData, rows: Int32Array): TrainingData {
  return {
    features: takeRows(features, rows),
    outcome: takeValues(outcome, rows),
    ...(weight === undefined ? {} : { weight: takeValues(weight, rows) }),
    ...(ids === undefined ? {} : { ids: Array.from(rows, (row) => ids[row]!) }),
  }
}

/** Deals whole customers in turn, those with a churned row and those without, so that parts vary as customers do. */
export function rowPartsOf({ outcome, ids }: Pick<TrainingData, 'outcome' | 'ids'>): Int32Array[] {
  const customerOf = ids === undefined ? Int32Array.from(outcome.keys()) : groupNumbers(ids)
  const churned = churnedCustomers(customerOf, outcome)
  const dealt = [0, 0]
  const partOf = churned.map((value) => dealt[value]!++ % partCount)
  if (Math.min(...dealt) < partCount * leastOfClass) return []
  const part = customerOf.map((customer) => partOf[customer]!)
  return Array.from({ length: partCount }, (_, own) =>
    Int32Array.from(outcome.keys()).filter((row) => part[row] === own),
  )
}

/** Returns the metrics of a fold and of its parts. */
export function figuresOf(
  probability: Float64Array,
  { data: { outcome, weight }, parts }: ScoredRows,
  names: readonly MetricName[],
): FoldFigures {
  const ranked = (rows: Int32Array | null) => {
    const taken = <Values extends Float64Array | Uint8Array>(values: Values): Values =>
      rows === null ? values : takeValues(values, rows)
    return rankOutcomes(
      taken(probability),
      taken(outcome),
      weight === undefined ? {} : { weight: taken(weight) },
    )
  }
  const whole = ranked(null)
  const ofParts = parts.map(ranked)
  return Object.fromEntries(
    names.map((name) => {
      const { ofRanked } = metrics[name]
      return [name, { whole: ofRanked(whole), parts: ofParts.map((part) => ofRanked(part)) }]
    }),
  )
}
