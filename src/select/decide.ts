import type { MetricName } from '../evaluate/metrics.js'
import { blendMembers, type TriedBlend, tryBlend } from './blendTrial.js'
import type { Candidate } from './candidate.js'
import { type Choice, chooseTrial, pairedLoss, type SelectionRule } from './chooseTrial.js'
import type { FoldTrainings } from './foldTrainings.js'
import type { Rung } from './rungs.js'
import { decisiveRung, type SearchResult } from './search.js'
import type { ScoredTrial, TriedCandidate } from './trial.js'

/** Rules of a decision. */
export interface DecisionRules {
  readonly metricNames: readonly MetricName[]
  readonly rule: SelectionRule
  readonly rungs: readonly Rung[]
  readonly wantsBlend: boolean
  /** Folds of one repeat. */
  readonly folds: number
  /** Expected seconds to train these on all rows. */
  readonly secondsOf: (candidates: readonly Candidate[]) => number
  readonly leftSeconds: () => number
}

/** What to train on all rows. */
export interface Decision {
  readonly parts: readonly Candidate[]
  /** How to blend the parts; null for a single one. */
  readonly blend: TriedBlend | null
  readonly trial: ScoredTrial
  readonly why: string
  /** Trials of the deciding rung, including the blend's. */
  readonly decisive: readonly ScoredTrial[]
  readonly notes: readonly string[]
}

/**
 * Returns what to train, or null if nothing was tried.
 *
 * The search has left time for the best one. What takes longer (a simpler but slower one, a blend) is chosen only if it
 * fits.
 */
export function decide(cells: FoldTrainings, result: SearchResult, rules: DecisionRules): Decision | null {
  const index = decisiveRung(result.byRung, result.untried === null ? null : result.untried.rung - 1)
  if (index === null) return null
  const { metricNames, rule, rungs, folds } = rules
  const tried = result.byRung[index]!
  const fits = (candidates: readonly Candidate[]): boolean =>
    rules.secondsOf(candidates) <= rules.leftSeconds()
  const members = rules.wantsBlend ? blendMembers(tried, rungs[index]!) : []
  const wantsBlend = members.length > 1 && fits(members)
  const second = rule === 'best' ? null : (metricNames.find((name) => name !== 'logLoss') ?? null)
  const blend = wantsBlend ? tryBlend(cells, tried, [index + 1, rungs[index]!], second) : null
  const trials = tried.map(({ trial }) => trial)
  const decisive = blend !== null && blend.members.length > 1 ? [...trials, blend.trial] : trials
  const late = tried.slice(1).filter(({ candidate }) => !fits([candidate]))
  const isOpen = (trial: ScoredTrial): boolean => !late.some((own) => own.trial === trial)
  const choice = chooseTrial(decisive, metricNames, rule, folds, isOpen)
  const single = tried.find(({ trial }) => trial === choice.chosen)
  return {
    parts: single === undefined ? blend!.members : [single.candidate],
    blend: single === undefined ? blend : null,
    trial: choice.chosen,
    why: reasonOf(choice, isOpen, result.untried, rules),
    decisive,
    notes: lateNotes(
      members.length > 1 && !wantsBlend ? members : [],
      late.filter(({ trial }) => choice.equals.includes(trial)),
    ),
  }
}

function lateNotes(members: readonly Candidate[], late: readonly TriedCandidate[]): string[] {
  const named = (candidates: readonly Candidate[]): string => candidates.map(({ name }) => name).join('; ')
  return [
    ...(late.length === 0
      ? []
      : [`As good, but no time was left to train on all rows: ${named(late.map((own) => own.candidate))}.`]),
    ...(members.length === 0
      ? []
      : [`No blend was tried: no time was left to train all of it on all rows (${named(members)}).`]),
  ]
}

function reasonOf(
  choice: Choice,
  isOpen: (trial: ScoredTrial) => boolean,
  untried: SearchResult['untried'],
  { metricNames, rule, folds }: DecisionRules,
): string {
  const { chosen, best, equals } = choice
  const [first] = metricNames
  const figures = metricNames.map((name) => `${name} ${chosen.mean[name]!.toFixed(4)}`).join(', ')
  const why = whyOf(choice, isOpen, metricNames, rule)
  const taken = `${chosen.name} is taken because it is ${why}${scopeOf(untried)}: ${figures}.`
  if (chosen === best || equals.length === 0) return taken
  const { mean, standardError } = pairedLoss(chosen, best, first!, folds)
  return `${taken} The best in ${first} is ${best.name} with ${best.mean[first!]!.toFixed(4)}; fold by fold the taken one is worse by ${mean.toFixed(4)}, with a standard error of ${standardError.toFixed(4)}.`
}

function whyOf(
  { chosen, equalsInFirst, equals }: Choice,
  isOpen: (trial: ScoredTrial) => boolean,
  [first, ...others]: readonly MetricName[],
  rule: SelectionRule,
): string {
  const open = equals.filter(isOpen)
  const inTime = open.length < equals.length ? ' that there was time to train on all rows' : ''
  if (rule === 'best' || !equals.includes(chosen)) return `the best in ${first}${inTime}`
  const near = `within one standard error of the best in ${first}`
  if (equalsInFirst.length === 1) return `the only one ${near}`
  const alsoIn = others.join(' and in ')
  if (equals.length === 1)
    return `of the ${equalsInFirst.length} ${near} the only one that is also in ${alsoIn}`
  const those = `of the ${equals.length} ${near}${others.length === 0 ? '' : ` and in ${alsoIn}`}`
  return `the ${open.length === 1 ? 'only one' : 'simplest'} ${those}${inTime}`
}

/** Scope of the statement: if the search was stopped, others might have been better. */
function scopeOf(untried: SearchResult['untried']): string {
  if (untried === null) return ''
  return untried.ended === 'time'
    ? ', of those that there was time to try'
    : ', of those that were tried before the number of trials was over'
}
