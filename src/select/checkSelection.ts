import { customerProblems } from '../base/customerProblems.js'
import { customersByOutcome, type OwnedRows } from '../base/dealCustomers.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { type MetricName, metricNames } from '../evaluate/metrics.js'
import { classProblems, emptyProblems, rowProblems } from '../learn/check.js'
import { type LearnerName, learnerNames, learners } from '../learn/learners.js'
import {
  type Candidate,
  type CandidateChoice,
  candidateOf,
  type FamilyName,
  familyNames,
  familyProblem,
} from './candidate.js'
import { searchSpace } from './searchSpace.js'
import type { SelectionData } from './selectionData.js'
import { type SelectOptions, selectOptions } from './selectOptions.js'

/** The name in errors. */
export const operation = 'selectModel'

/** Checked options. */
export interface CheckedSelection {
  readonly options: ReturnType<typeof selectOptions.parse>
  readonly metrics: readonly MetricName[]
  readonly candidates: readonly Candidate[]
  readonly wantsBlend: boolean
}

/** Returns checked options, or throws every broken rule of options and data at once. */
export function checkSelection(data: SelectionData, given: SelectOptions | undefined): CheckedSelection {
  const options = partsOrProblems(() => checkOptions(operation, selectOptions, given))
  if ('problems' in options) throw refusal([...options.problems, ...dataProblems(data)])
  const { metric, candidates: choices, seed, folds, groups } = options.value
  const names = [metric].flat()
  const { candidates, wantsBlend, problems } = candidatesOf(choices ?? familyNames, seed)
  refuse(operation, [
    ...names
      .filter((name) => !metricNames.includes(name as MetricName))
      .map((name) => familyProblem(name, 'metric', metricNames)),
    ...problems,
    ...dataProblems(data),
  ])
  refuse(operation, [
    ...lengthProblems(data),
    ...(groups === undefined ? [] : customerProblems('groups', groups, data.features.rowCount)),
    ...fewProblems(data, folds),
  ])
  return { options: options.value, metrics: names as MetricName[], candidates, wantsBlend }
}

function refusal([first, ...rest]: readonly Problem[]): HoldfastError {
  return new HoldfastError(operation, [first!, ...rest])
}

function partsOrProblems<Value>(
  check: () => Value,
): { readonly value: Value } | { readonly problems: readonly Problem[] } {
  try {
    return { value: check() }
  } catch (error) {
    if (error instanceof HoldfastError) return { problems: error.problems }
    throw error
  }
}

function candidatesOf(
  choices: readonly (string | CandidateChoice)[],
  seed: number,
): { candidates: Candidate[]; wantsBlend: boolean; problems: Problem[] } {
  const families = choices.filter((choice) => typeof choice === 'string')
  const own = choices.filter((choice) => typeof choice !== 'string')
  const problems = families
    .filter((name) => !familyNames.includes(name as FamilyName))
    .map((name) => familyProblem(name, 'candidates', familyNames))
  const given = own.flatMap((choice, index): Candidate[] => {
    const own = givenCandidate(choice, `candidates.${index}`, seed)
    if (!('problems' in own)) return [own.value]
    problems.push(...own.problems)
    return []
  })
  const all = [...searchSpace(families as FamilyName[], seed), ...given]
  const candidates = all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index)
  if (candidates.length === 0 && problems.length === 0) {
    const rule = 'to name more than a blend, which is made of others'
    problems.push({ code: 'option-invalid', parameter: 'candidates', rule })
  }
  return { candidates, wantsBlend: families.includes('blend'), problems }
}

function givenCandidate({ learner, options = {} }: CandidateChoice, parameter: string, seed: number) {
  return partsOrProblems(() => {
    if (!learnerNames.includes(learner as LearnerName)) {
      throw refusal([familyProblem(learner, `${parameter}.learner`, learnerNames)])
    }
    const own = learners[learner as LearnerName]
    const seeded = own.capabilities.seeded ? { seed, ...options } : options
    checkOptions(`${operation}: ${parameter}.options`, own.options, seeded)
    if ('prior' in options && options['prior'] !== undefined) throw refusal([movedProblem(parameter)])
    return candidateOf(own.name as LearnerName, seeded)
  })
}

/** A model for another churn rate would be compared on rows with a different rate. */
function movedProblem(parameter: string): Problem {
  return {
    code: 'option-invalid',
    parameter: `${parameter}.options.prior`,
    rule: 'to be left out: candidates are compared at the churn rate of their rows',
    wayOut: 'Shift the chosen model with shiftPrior.',
  }
}

function dataProblems(data: SelectionData): Problem[] {
  const { features, outcome, weight } = data
  const problems = [...emptyProblems(features.rowCount, features.columns.length), ...rowProblems(data)]
  if (problems.length > 0) return problems
  return classProblems(countsOf(outcome, weight))
}

function countsOf(outcome: Uint8Array, weight: Float64Array | undefined): [stayed: number, churned: number] {
  const counts: [number, number] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    if (weight === undefined || weight[row]! > 0) counts[outcome[row]!]!++
  }
  return counts
}

function lengthProblems({ features: { rowCount }, cutoffs }: SelectionData): Problem[] {
  return Object.entries({ cutoffs }).flatMap(([parameter, values]) =>
    values == null || values.length === rowCount
      ? []
      : [
          {
            code: 'length-differs',
            parameter,
            rule: `to have ${rowCount} values`,
            received: values.length,
          } as const,
        ],
  )
}

/** Least number of either class in each fold. */
const leastInFold = 4

function fewProblems({ outcome, weight }: SelectionData, folds: number): Problem[] {
  return fewOfClass('outcome', countsOf(outcome, weight), folds)
}

/** Returns problems if the rows of either class belong to too few customers. */
export function fewCustomersProblems(rows: OwnedRows, folds: number): Problem[] {
  return rows.customerOf === null ? [] : fewOfClass('ids', customersByOutcome(rows), folds)
}

function fewOfClass(
  parameter: 'outcome' | 'ids',
  [stayed, churned]: readonly [stayed: number, churned: number],
  folds: number,
): Problem[] {
  const least = leastInFold * folds
  if (Math.min(stayed, churned) >= least) return []
  return [
    {
      code: 'out-of-range',
      parameter,
      rule: `to hold at least ${least} churners and ${least} others, ${leastInFold} for each of ${folds} folds`,
      received: `${churned} churned, ${stayed} stayed`,
      wayOut:
        'With so few no comparison of models means anything: use trainLogistic, or collect more history.',
    },
  ]
}
