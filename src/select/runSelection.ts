import { customersOf } from '../base/customersOf.js'
import { cutoffPeriods } from '../base/cutoffPeriods.js'
import { HoldfastError, refuse } from '../base/errors.js'
import { takeValues } from '../base/matrix.js'
import type { Candidate } from './candidate.js'
import { type CheckedSelection, checkSelection, fewCustomersProblems } from './checkSelection.js'
import { type Decision, decide } from './decide.js'
import { FoldTrainings, rowsOfData } from './foldTrainings.js'
import { rungsFor } from './rungs.js'
import { Search, type SearchResult } from './search.js'
import { Selection } from './selection.js'
import type { SelectionData } from './selectionData.js'
import type { SelectionValidation } from './selectionFacts.js'
import { checkedState, digestOf, fingerprintOf, type SelectionState } from './selectionState.js'
import type { SelectOptions } from './selectOptions.js'
import { Stopwatch } from './stopwatch.js'
import { trainFinal, untriedFinal } from './trainFinal.js'
import type { Trial } from './trial.js'
import { countedRows, dealtFolds, foldsInTime, type ValidationFold } from './validationPlan.js'

const defaultSeconds = 60
/** From this many cutoffs on, validation in time is the default: one to validate on, with outcomes known before it. */
const leastCutoffs = 3
/**
 * From this many rows on, one set of folds is stable enough; fewer rows are dealt repeatedly, inversely to their
 * number.
 */
const steadyRows = 8000
const mostRepeats = 4

/** Implements `selectModel`, with a given clock in milliseconds. */
export async function runSelection(
  operation: string,
  given: SelectionData,
  givenOptions: SelectOptions | undefined,
  now: () => number,
): Promise<Selection> {
  const checked = checkSelection(given, givenOptions)
  const { budgetSeconds, maxTrials, signal } = checked.options
  const seconds = budgetSeconds ?? (maxTrials === undefined ? defaultSeconds : Number.POSITIVE_INFINITY)
  const watch = new Stopwatch(now, 1000 * seconds, signal)
  watch.refuseAborted()
  const { data, plan, validation, note } = prepare(operation, given, checked)
  const digests = digestsOf(given, checked, validation)
  const { seed, onProgress, onState, resume } = checked.options
  const cells = new FoldTrainings(data, plan, checked.metrics, seed, checkedState(resume, ...digests))
  const stateNow = (): SelectionState => ({
    format: 'holdfast-selection',
    version: 1,
    data: digests[0],
    options: digests[1],
    cells: cells.stored,
  })
  const rungs = rungsFor(trainRowsOf(plan), validation.folds, validation.repeats)
  const search = new Search({
    cells,
    candidates: checked.candidates,
    rungs,
    metricNames: checked.metrics,
    wantsBlend: checked.wantsBlend,
    maxTrials: maxTrials ?? Number.POSITIVE_INFINITY,
    watch,
    onProgress: onProgress as SelectOptions['onProgress'],
    onTrial: () => (onState as SelectOptions['onState'])?.(stateNow()),
  })
  const result = await search.run()
  const decision = decide(cells, result, {
    metricNames: checked.metrics,
    rule: checked.options.rule,
    rungs,
    wantsBlend: checked.wantsBlend,
    folds: validation.folds,
    secondsOf: (candidates) => search.finalSeconds(candidates),
    leftSeconds: () => watch.leftSeconds,
  })
  const final = decision ?? untriedFinal()
  const trained = await trainFinal(final, result, data, watch, onProgress as SelectOptions['onProgress'])
  const notes = [...baseRateNotes(result), ...(trained.note === null ? [] : [trained.note])]
  return new Selection({
    model: trained.model,
    complete: notes.length === 0,
    trainedRows: trained.rows,
    chosen: trained.chosen,
    metrics: checked.metrics,
    validation,
    selectionScore: decision?.decisive.find(({ name }) => name === trained.chosen.name)?.mean ?? null,
    trials: trialsOf(result, decision),
    // Why a selection is incomplete comes first: the command line prints it.
    notes: [...notes, ...(note === null ? [] : [note]), ...(decision?.notes ?? []), ...untriedNotes(result)],
    seconds: watch.spentSeconds,
    state: stateNow(),
  })
}

/** Most candidates to name in a note. */
const namesShown = 4

interface Prepared {
  readonly data: SelectionData
  readonly plan: readonly (readonly ValidationFold[])[]
  readonly validation: SelectionValidation
  /** A note about the customers of the rows; null = none. */
  readonly note: string | null
}

function prepare(operation: string, given: SelectionData, { options }: CheckedSelection): Prepared {
  const rows = countedRows(given)
  const whole = rows.length === given.outcome.length
  const owned = options.groups === undefined ? given : { ...given, ids: options.groups }
  const data: SelectionData = whole ? owned : rowsOfData(owned, rows)
  const cutoffs = given.cutoffs == null ? null : takeValues(given.cutoffs, rows)
  const kind = options.validation ?? (canBeInTime(given, cutoffs) ? 'time' : 'folds')
  if (kind === 'time') {
    const plan = inTime(operation, given, data.outcome, cutoffs, options.folds)
    return { data, plan: [plan], validation: { kind, folds: plan.length, repeats: 1 }, note: null }
  }
  const { customerOf, note } = customersOf(data.features, data.ids)
  refuse(operation, fewCustomersProblems({ customerOf, outcome: data.outcome }, options.folds))
  const repeats = options.repeats ?? Math.min(Math.max(Math.round(steadyRows / rows.length), 1), mostRepeats)
  const plan = Array.from({ length: repeats }, (_, repeat) =>
    dealtFolds(data.outcome, customerOf, options.folds, options.seed + repeat),
  )
  return { data, plan, validation: { kind, folds: options.folds, repeats }, note }
}

function canBeInTime({ label, ownCutoffs }: SelectionData, cutoffs: Int32Array | null): boolean {
  return (
    cutoffs !== null && label != null && new Set(cutoffPeriods({ cutoffs, ownCutoffs })).size >= leastCutoffs
  )
}

function inTime(
  operation: string,
  { label, ownCutoffs }: SelectionData,
  outcome: Uint8Array,
  cutoffs: Int32Array | null,
  most: number,
): ValidationFold[] {
  const folds =
    cutoffs === null || label == null ? [] : foldsInTime(outcome, { cutoffs, ownCutoffs }, label, most)
  if (folds.length > 0) return folds
  throw new HoldfastError(operation, [
    {
      code: 'option-invalid',
      parameter: 'validation',
      rule: 'to be folds: the data have no cutoff with churners and others, and outcomes of both kinds known before it',
      received: 'time',
      wayOut: 'Use validation: "folds", or a dataset with more cutoffs.',
    },
  ])
}

function trainRowsOf(plan: readonly (readonly ValidationFold[])[]): number {
  return Math.min(...plan.flat().map(({ train }) => train.length))
}

/** What the trials depend on: if it differs, a state is useless. Budgets and rule may change. */
function digestsOf(
  data: SelectionData,
  { options, metrics, candidates }: CheckedSelection,
  validation: SelectionValidation,
): [data: string, options: string] {
  const groups = options.groups === undefined ? (data.ids ?? null) : Array.from(options.groups)
  const dependsOn = { candidates, metrics, validation, seed: options.seed, groups, label: data.label ?? null }
  return [fingerprintOf(data), digestOf(dependsOn)]
}

/** The deciding rung first, with the blend; then the others. */
function trialsOf({ byRung, failed }: SearchResult, decision: Decision | null): Trial[] {
  const decisive = decision?.decisive ?? []
  const others = byRung
    .toReversed()
    .flat()
    .map(({ trial }) => trial)
    .filter((trial) => !decisive.includes(trial))
  return [...decisive, ...others, ...failed].map((trial) => {
    const {
      figures: _,
      complexity: __,
      ...shown
    } = trial as Trial & { figures?: unknown; complexity?: unknown }
    return shown
  })
}

/** Notes that nothing but the base rate was tried, although more was asked for. */
function baseRateNotes({ byRung, untried }: SearchResult): string[] {
  const tried = byRung.flat().some(({ candidate }) => candidate.learner !== 'prior')
  if (tried || untried === null) return []
  const left = untried.ended === 'time' ? 'The budget was over' : 'The number of trials was over'
  return [
    `${left} before anything but the base rate was tried: the model cannot rank customers. Give a longer one.`,
  ]
}

function untriedNotes({ untried, failed }: SearchResult): string[] {
  const over = untried?.ended === 'trials' ? 'The number of trials was over' : 'The budget was over'
  return [
    ...(untried === null ? [] : [`${over} on rung ${untried.rung}, before ${inShort(untried.candidates)}.`]),
    ...failed.map(({ name, note }) => `${name} could not be trained: ${note}`),
  ]
}

function inShort(candidates: readonly Candidate[]): string {
  const shown = candidates.slice(0, namesShown).map(({ name }) => name)
  const hidden = candidates.length - shown.length
  return hidden > 0 ? `${shown.join('; ')} and ${hidden} more` : shown.join('; ')
}
