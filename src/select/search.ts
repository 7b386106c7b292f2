import { mean } from 'simple-statistics'
import { HoldfastError } from '../base/errors.js'
import type { MetricName } from '../evaluate/metrics.js'
import type { Progress } from '../learn/contract.js'
import { Pauses } from '../learn/pauses.js'
import { blendMembers } from './blendTrial.js'
import { type Candidate, complexityOf, type FamilyName } from './candidate.js'
import {
  type FoldTraining,
  type FoldTrainings,
  placesOf,
  type TrainedCandidate,
  type TrainingPlace,
} from './foldTrainings.js'
import { type Rung, survivors } from './rungs.js'
import type { Stopwatch } from './stopwatch.js'
import { lossOf, type Trial, type TriedCandidate, trialOf } from './trial.js'

/** Input of a search. */
export interface SearchPlan {
  readonly cells: FoldTrainings
  readonly candidates: readonly Candidate[]
  readonly rungs: readonly Rung[]
  readonly metricNames: readonly MetricName[]
  readonly wantsBlend: boolean
  readonly maxTrials: number
  readonly watch: Stopwatch
  readonly onProgress: ((progress: Progress) => void) | undefined
  readonly onTrial: () => void
}

/** Result of a search. */
export interface SearchResult {
  /** By rung, the best first; only finished ones. */
  readonly byRung: readonly (readonly TriedCandidate[])[]
  /** Trials that failed, with the reason in their note. */
  readonly failed: readonly Trial[]
  /** Candidates of the last rung for which no time or trial was left; null if none. */
  readonly untried: {
    readonly rung: number
    readonly candidates: readonly Candidate[]
    readonly ended: 'time' | 'trials'
  } | null
  /** The best of each family, as its last trial trained it on part of the rows. */
  readonly kept: ReadonlyMap<FamilyName, TrainedCandidate>
}

/**
 * Trainings take longer than in proportion to rows, and machines are sometimes busy: time is planned with this factor.
 */
const caution = 1.3

/** A candidate that needs more than this share of the time left has to wait on a rung. */
const dearShare = 0.25

/** Successive halving: all candidates at little cost, the best third of them at more. */
export class Search {
  readonly #byRung: TriedCandidate[][] = []
  readonly #failed: Trial[] = []
  readonly #kept = new Map<FamilyName, TrainedCandidate & { readonly rung: number; readonly loss: number }>()
  readonly #pauses = new Pauses()
  #finished = 0

  constructor(readonly plan: SearchPlan) {}

  /**
   * Runs until the last rung is done, or the time or the number of trials is used up. @throws {HoldfastError} `aborted`
   */
  async run(): Promise<SearchResult> {
    let entrants = this.plan.candidates
    let untried: SearchResult['untried'] = null
    for (const [index, rung] of this.plan.rungs.entries()) {
      const candidates = await this.#rung(index, rung, this.#inOrder(entrants, rung))
      if (candidates.length > 0) {
        const ended = this.#finished >= this.plan.maxTrials ? 'trials' : 'time'
        untried = { rung: index + 1, candidates, ended }
        break
      }
      entrants = survivors(this.#ranked(index).map(({ candidate }) => candidate))
      if (entrants.length === 0) break
    }
    const byRung = this.#byRung.map((_, index) => this.#ranked(index))
    return { byRung, failed: this.#failed, untried, kept: this.#kept }
  }

  /** Expected seconds of a candidate on this many rows; 0 if nothing like it was trained. */
  expectedSeconds(candidate: Candidate, rows: number): number {
    const cells = this.plan.cells
    const own = cells.costsOf((cell) => cell.candidate === candidate.name)
    if (own.length > 0) return caution * Math.max(...own) * rows
    const like = cells.costsOf((cell) => cell.candidate.split(' ')[0] === candidate.learner)
    return like.length === 0 ? 0 : caution * mean(like) * rows
  }

  /** Expected seconds of these on all rows. */
  finalSeconds(candidates: readonly Candidate[]): number {
    const rows = this.plan.cells.data.outcome.length
    return candidates.reduce((sum, own) => sum + this.expectedSeconds(own, rows), 0)
  }

  /** After the best, puts those last that would take more than a quarter of the time left. */
  #inOrder([best, ...others]: readonly Candidate[], rung: Rung): readonly Candidate[] {
    const most = this.plan.watch.leftSeconds * dearShare
    const isDear = (candidate: Candidate): boolean => this.#trialSeconds(candidate, rung) > most
    if (best === undefined) return []
    return [best, ...others.filter((own) => !isDear(own)), ...others.filter(isDear)]
  }

  #trialSeconds(candidate: Candidate, rung: Rung): number {
    const { cells } = this.plan
    const untrained = placesOf(rung).filter((place) => cells.known(candidate, place) === undefined)
    const rows = untrained.reduce((sum, place) => sum + cells.rowsOf(place), 0)
    return this.expectedSeconds(candidate, rows)
  }

  /** Tries the entrants, the best of the rung below first; returns those for which no time or trial was left. */
  async #rung(index: number, rung: Rung, entrants: readonly Candidate[]): Promise<readonly Candidate[]> {
    this.#byRung.push([])
    const left: Candidate[] = []
    for (const [place, candidate] of entrants.entries()) {
      if (this.#finished >= this.plan.maxTrials) return [...left, ...entrants.slice(place)]
      const cells = await this.#cells(candidate, rung, () => {
        this.plan.onProgress?.({ step: `rung ${index + 1}`, done: place, total: entrants.length })
      })
      if (cells === null) {
        // Without the best of the rung below, the others decide nothing; others may be cheaper.
        if (place === 0 && index > 0) return entrants
        left.push(candidate)
        continue
      }
      this.#finished++
      this.#record(candidate, index, rung, cells)
      this.plan.onProgress?.({ step: `rung ${index + 1}`, done: place + 1, total: entrants.length })
      this.plan.onTrial()
    }
    return left
  }

  /**
   * The trainings of a candidate on a rung; null if there is no time for all of them and then for the final training on
   * all rows: a candidate that could not be chosen is not tried.
   */
  async #cells(candidate: Candidate, rung: Rung, onStep: () => void): Promise<FoldTraining[] | null> {
    const after = Math.max(this.#reserve(), this.finalSeconds([candidate]))
    if (this.plan.watch.leftSeconds <= this.#trialSeconds(candidate, rung) + after) return null
    const done: FoldTraining[] = []
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

  async #cell(candidate: Candidate, place: TrainingPlace, onStep: () => void): Promise<FoldTraining | null> {
    const { cells, watch } = this.plan
    const known = cells.known(candidate, place)
    if (known !== undefined) return known
    const reserve = this.#reserve()
    const growth = (caution * cells.data.outcome.length) / cells.rowsOf(place)
    const control = watch.controlFor((taken) => Math.max(reserve, growth * taken), onStep)
    try {
      return await cells.cellOf(candidate, place, control, watch.now)
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'aborted') throw error
      watch.refuseAborted()
      if (control.isLate()) return null
      throw error
    }
  }

  /** Seconds to reserve for training the current best on all rows; or a blend, if it fits. */
  #reserve(): number {
    const byRung = this.#byRung.map((_, index) => this.#ranked(index))
    const index = decisiveRung(byRung, byRung.length - 1)
    if (index === null) return 0
    const ranked = byRung[index]!
    const { wantsBlend, rungs, watch } = this.plan
    const members = wantsBlend ? blendMembers(ranked, rungs[index]!) : []
    const [alone, blended] = [this.finalSeconds([ranked[0]!.candidate]), this.finalSeconds(members)]
    return blended < watch.leftSeconds ? Math.max(alone, blended) : alone
  }

  #record(candidate: Candidate, index: number, rung: Rung, cells: readonly FoldTraining[]): void {
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
      this.#keep(candidate, index, lossOf(trial, this.plan.metricNames[0]!))
    } else {
      const empty = { foldValues: {}, mean: {}, standardError: {} }
      this.#failed.push({ ...about, ...empty, rung: index + 1, rowShare: rung.rowShare, note })
    }
  }

  /** Keeps the model if it is the best of its family on its rung, which is at least as high as the last one's. */
  #keep(candidate: Candidate, rung: number, loss: number): void {
    const model = this.plan.cells.lastModelOf(candidate)
    const last = this.#kept.get(candidate.learner)
    if (model === null) return
    if (last === undefined || rung > last.rung || loss < last.loss) {
      this.#kept.set(candidate.learner, { ...model, rung, loss })
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

/**
 * Returns the deciding rung: the highest that was finished, or on which at least the best of the rung below and another
 * were tried (they come first). A rung stopped earlier is not used. Null if nothing was tried.
 */
export function decisiveRung(
  byRung: readonly (readonly TriedCandidate[])[],
  broken: number | null,
): number | null {
  for (let index = byRung.length - 1; index >= 0; index--) {
    const tried = byRung[index]!
    if (tried.length === 0) continue
    const best = byRung[index - 1]?.[0]?.candidate
    const hasBest = tried.some(({ candidate }) => candidate === best)
    const useful = tried.filter(({ candidate }) => candidate.learner !== 'prior')
    if (index !== broken || index === 0 || (hasBest && useful.length > 1)) return index
  }
  return null
}
