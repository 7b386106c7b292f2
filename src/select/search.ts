import { HoldfastError } from '../base/errors.js'
import type { MetricName } from '../evaluate/metrics.js'
import type { Progress } from '../learn/contract.js'
import { Pauses } from '../learn/pauses.js'
import { type Candidate, complexityOf } from './candidate.js'
import type { Cell, CellPlace, Cells } from './cells.js'
import { type Rung, survivors } from './rungs.js'
import type { Stopwatch } from './stopwatch.js'
import { lossOf, type ScoredTrial, type Trial, trialOf } from './trial.js'

/** What a search is given. */
export interface SearchPlan {
  readonly cells: Cells
  readonly candidates: readonly Candidate[]
  readonly rungs: readonly Rung[]
  readonly metricNames: readonly MetricName[]
  readonly maximumTrials: number
  readonly watch: Stopwatch
  readonly onProgress: ((progress: Progress) => void) | undefined
  readonly onTrial: () => void
}

/** A finished trial and the candidate it is of. */
export interface TriedCandidate {
  readonly candidate: Candidate
  readonly trial: ScoredTrial
}

/** What a search found out. */
export interface SearchResult {
  /** By rung, the best first; only those that were finished. */
  readonly byRung: readonly (readonly TriedCandidate[])[]
  /** Trials that failed, with the reason in their note. */
  readonly failed: readonly Trial[]
  /** Candidates of each rung that there was no time or trial left for. */
  readonly untried: readonly { readonly rung: number; readonly candidates: readonly Candidate[] }[]
}

/** A training takes somewhat longer than its share of rows: measured costs are raised by this before time is planned. */
const caution = 1.2

/** Share of the time left above which a candidate has to wait on a rung. */
const dearShare = 0.25

/** Successive halving: all candidates at little cost, the best third of them at the next. */
export class Search {
  readonly #byRung: TriedCandidate[][] = []
  readonly #failed: Trial[] = []
  readonly #untried: { rung: number; candidates: readonly Candidate[] }[] = []
  readonly #pauses = new Pauses()
  #finished = 0

  constructor(readonly plan: SearchPlan) {}

  /** Runs until the last rung, the time or the number of trials is over. @throws {HoldfastError} `aborted` */
  async run(): Promise<SearchResult> {
    let entrants = this.plan.candidates
    for (const [index, rung] of this.plan.rungs.entries()) {
      const left = await this.#rung(index, rung, this.#inOrder(entrants, rung))
      if (left.length > 0) {
        this.#untried.push({ rung: index + 1, candidates: left })
        break
      }
      entrants = survivors(this.#ranked(index).map(({ candidate }) => candidate))
      if (entrants.length === 0) break
    }
    const byRung = this.#byRung.map((_, index) => this.#ranked(index))
    return { byRung, failed: this.#failed, untried: this.#untried }
  }

  /** Seconds that a candidate is expected to take on so many rows; null where nothing like it was trained. */
  expectedSeconds(candidate: Candidate, rows: number): number | null {
    const cells = this.plan.cells
    const own = cells.costOf((cell) => cell.candidate === candidate.name)
    const like = own ?? cells.costOf((cell) => cell.candidate.split(' ')[0] === candidate.learner)
    return like === null ? null : caution * like * rows
  }

  /** Puts those last, after the best, that would take more than a quarter of the time that is left. */
  #inOrder([best, ...others]: readonly Candidate[], rung: Rung): readonly Candidate[] {
    const { cells, watch } = this.plan
    const places = placesOf(rung)
    const most = watch.leftSeconds * dearShare
    const isDear = (candidate: Candidate): boolean => {
      const untrained = places.filter((place) => cells.known(candidate, place) === undefined)
      const rows = untrained.reduce((sum, place) => sum + cells.rowsOf(place), 0)
      return (this.expectedSeconds(candidate, rows) ?? 0) > most
    }
    if (best === undefined) return []
    return [best, ...others.filter((own) => !isDear(own)), ...others.filter(isDear)]
  }

  /** Tries the entrants; returns those that it did not get to. */
  async #rung(index: number, rung: Rung, entrants: readonly Candidate[]): Promise<readonly Candidate[]> {
    this.#byRung.push([])
    for (const [place, candidate] of entrants.entries()) {
      if (this.#finished >= this.plan.maximumTrials) return entrants.slice(place)
      const cells = await this.#cells(candidate, rung, () => {
        this.plan.onProgress?.({ step: `rung ${index + 1}`, done: place, total: entrants.length })
      })
      if (cells === null) return entrants.slice(place)
      this.#finished++
      this.#record(candidate, index, rung, cells)
      this.plan.onProgress?.({ step: `rung ${index + 1}`, done: place + 1, total: entrants.length })
      this.plan.onTrial()
    }
    return []
  }

  /** The trainings of a candidate on a rung; null where the time does not suffice for all of them. */
  async #cells(candidate: Candidate, rung: Rung, onStep: () => void): Promise<Cell[] | null> {
    const done: Cell[] = []
    for (const place of placesOf(rung)) {
      await this.#pauses.take()
      this.plan.watch.refuseAborted()
      const cell = await this.#cell(candidate, place, onStep)
      if (cell === null) return null
      done.push(cell)
      if (cell.note !== null) break
    }
    return done
  }

  async #cell(candidate: Candidate, place: CellPlace, onStep: () => void): Promise<Cell | null> {
    const { cells, watch } = this.plan
    const known = cells.known(candidate, place)
    if (known !== undefined) return known
    const reserve = this.#reserve()
    const expected = this.expectedSeconds(candidate, cells.rowsOf(place)) ?? 0
    if (watch.leftSeconds <= reserve + expected) return null
    const control = watch.controlFor(reserve, onStep)
    try {
      return await cells.cellOf(candidate, place, control, watch.now)
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'aborted') throw error
      watch.refuseAborted()
      if (control.isLate()) return null
      throw error
    }
  }

  /** Seconds to keep for the training of what would be taken now. */
  #reserve(): number {
    const best = this.#byRung.findLast((tried) => tried.length > 0)
    if (best === undefined) return 0
    const rows = this.plan.cells.data.outcome.length
    const costs = [...best]
      .sort((a, b) => this.#compare(a, b))
      .map(({ candidate }) => this.expectedSeconds(candidate, rows) ?? 0)
    return costs.find((cost) => cost < this.plan.watch.leftSeconds) ?? 0
  }

  #record(candidate: Candidate, index: number, rung: Rung, cells: readonly Cell[]): void {
    const about = {
      name: candidate.name,
      learner: candidate.learner,
      options: candidate.options,
      complexity: complexityOf(candidate),
      seconds: cells.reduce((sum, { seconds }) => sum + seconds, 0),
    }
    const note = cells.at(-1)!.note
    const figures = note === null ? cells.map((cell) => cell.figures) : []
    if (note === null) {
      const trial = trialOf(about, [index + 1, rung], this.plan.metricNames, figures)
      this.#byRung[index]!.push({ candidate, trial })
    } else {
      const empty = { foldValues: {}, mean: {}, standardError: {} }
      this.#failed.push({ ...about, ...empty, rung: index + 1, rowShare: rung.rowShare, note })
    }
  }

  #ranked(index: number): TriedCandidate[] {
    return [...this.#byRung[index]!].sort((a, b) => this.#compare(a, b))
  }

  #compare({ trial: a }: TriedCandidate, { trial: b }: TriedCandidate): number {
    const [name] = this.plan.metricNames
    return lossOf(a, name!) - lossOf(b, name!)
  }
}

/** Repeats after folds, so that what a lower rung has trained comes first. */
export function placesOf({ rowShare, folds, repeats }: Rung): CellPlace[] {
  return Array.from({ length: folds * repeats }, (_, index) => ({
    rowShare,
    repeat: Math.floor(index / folds),
    fold: index % folds,
  }))
}
