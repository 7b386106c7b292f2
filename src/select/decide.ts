import type { MetricName } from '../evaluate/metrics.js'
import { type TriedBlend, tryBlend } from './blendTrial.js'
import type { Candidate } from './candidate.js'
import type { Cells } from './cells.js'
import { type Choice, chooseTrial, pairedLoss, type SelectionRule } from './chooseTrial.js'
import type { Rung } from './rungs.js'
import type { SearchResult, TriedCandidate } from './search.js'
import type { ScoredTrial } from './trial.js'

/** How a choice is made. */
export interface DecisionRules {
  readonly metricNames: readonly MetricName[]
  readonly rule: SelectionRule
  readonly rungs: readonly Rung[]
  readonly wantsBlend: boolean
  /** Folds of one repeat. */
  readonly folds: number
  /** Seconds that training these on all rows is expected to take. */
  readonly secondsOf: (candidates: readonly Candidate[]) => number
  readonly leftSeconds: () => number
  /** Seconds by which the final training may be late where otherwise nothing but the base rate could be trained. */
  readonly graceSeconds: number
}

/** What is to be trained on all rows. */
export interface Decision {
  readonly parts: readonly Candidate[]
  /** How the parts are blended; null where there is one. */
  readonly blend: TriedBlend | null
  readonly trial: ScoredTrial
  readonly why: string
  /** Trials of the rung that decided, with the blend's. */
  readonly decisive: readonly ScoredTrial[]
  readonly notes: readonly string[]
}

/** Returns what to train, or null where nothing was tried that there is time to train on all rows. */
export function decide(cells: Cells, result: SearchResult, rules: DecisionRules): Decision | null {
  const index = decisiveRung(result)
  if (index === null) return null
  const { metricNames, rule, secondsOf, leftSeconds } = rules
  const tried = result.byRung[index]!
  const affordable = affordableOf(tried, rules)
  const notes = notAffordable(tried, affordable)
  if (affordable.length === 0) return null
  const second = rule === 'best' ? null : (metricNames.find((name) => name !== 'logLoss') ?? null)
  const blend = rules.wantsBlend
    ? tryBlend(cells, affordable, [index + 1, rules.rungs[index]!], second)
    : null
  const inTime = blend !== null && blend.members.length > 1 && secondsOf(blend.members) < leftSeconds()
  const trials = affordable.map(({ trial }) => trial)
  const decisive = inTime ? [...trials, blend.trial] : trials
  const choice = chooseTrial(decisive, metricNames, rule, rules.folds)
  const single = affordable.find(({ trial }) => trial === choice.chosen)
  return {
    parts: single === undefined ? blend!.members : [single.candidate],
    blend: single === undefined ? blend : null,
    trial: choice.chosen,
    why: reasonOf(choice, rules),
    decisive,
    notes,
  }
}

/** Those that can be trained on all rows in time; where only the base rate can, those that can with some delay. */
function affordableOf(
  tried: readonly TriedCandidate[],
  { secondsOf, leftSeconds, graceSeconds }: DecisionRules,
): readonly TriedCandidate[] {
  const left = leftSeconds()
  const within = (seconds: number): TriedCandidate[] =>
    tried.filter(({ candidate }) => secondsOf([candidate]) < seconds)
  const inTime = within(left)
  return usefulOf(inTime).length > 0 ? inTime : within(left + graceSeconds)
}

function usefulOf(tried: readonly TriedCandidate[]): TriedCandidate[] {
  return tried.filter(({ candidate }) => candidate.learner !== 'prior')
}

/**
 * The highest rung that was finished, or on which the best of the rung below and another were tried: they come first. Of
 * a rung that was broken off earlier nothing is used.
 */
function decisiveRung({ byRung, untried }: SearchResult): number | null {
  const broken = untried[0] === undefined ? null : untried[0].rung - 1
  for (let index = byRung.length - 1; index >= 0; index--) {
    const tried = byRung[index]!
    if (tried.length === 0) continue
    const best = byRung[index - 1]?.[0]?.candidate
    const hasBest = tried.some(({ candidate }) => candidate === best)
    const enough = index === 0 || (hasBest && usefulOf(tried).length > 1)
    if (index !== broken || enough) return index
  }
  return null
}

function notAffordable(tried: readonly TriedCandidate[], affordable: readonly TriedCandidate[]): string[] {
  const left = tried.filter((own) => !affordable.includes(own)).map(({ candidate }) => candidate.name)
  if (left.length === 0) return []
  return [`No time was left to train on all rows: ${left.join('; ')}. Give a longer budget.`]
}

function reasonOf(choice: Choice, { metricNames, rule, folds }: DecisionRules): string {
  const { chosen, best, equals } = choice
  const [first] = metricNames
  const figures = metricNames.map((name) => `${name} ${chosen.mean[name]!.toFixed(4)}`).join(', ')
  const taken = `${chosen.name} is taken because it is ${whyOf(choice, metricNames, rule)}: ${figures}.`
  if (chosen === best || equals.length === 0) return taken
  const { mean, standardError } = pairedLoss(chosen, best, first!, folds)
  return `${taken} The best in ${first} is ${best.name} with ${best.mean[first!]!.toFixed(4)}; fold by fold the taken one is worse by ${mean.toFixed(4)}, with a standard error of ${standardError.toFixed(4)}.`
}

function whyOf({ equals }: Choice, [first, second]: readonly MetricName[], rule: SelectionRule): string {
  if (rule === 'best') return `the best in ${first}`
  if (equals.length === 1) return `the only one within one standard error of the best in ${first}`
  const those = `of the ${equals.length} within one standard error of the best in ${first}`
  if (second === undefined) return `the simplest ${those}`
  return `the simplest ${those} and in ${second}`
}
