import type { Problem } from '../../base/errors.js'
import { isNumberList, valueProblems } from '../../base/valueProblems.js'
import { isWeight } from './outcomeRows.js'

/** Returns every rule that probabilities, outcomes and weights break, each with its first row and its count. */
export function rowProblems(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  const lists = { probability, outcome, ...(weight === undefined ? {} : { weight }) }
  const noLists = Object.entries(lists).filter(([, list]) => !isNumberList(list))
  if (noLists.length > 0) {
    return noLists.map(([parameter, received]) => ({
      code: 'value-type',
      parameter,
      rule: 'to be a list of numbers',
      received,
    }))
  }
  const problems = [
    ...lengthProblems(probability.length, lists),
    ...valueProblems('probability', probability, 'to be a number in [0, 1]', isProbability, probabilityHint),
    ...valueProblems('outcome', outcome, 'to be 1 (churned) or 0 (stayed)', isOutcome),
    ...(weight === undefined
      ? []
      : valueProblems('weight', weight, 'to be 0, or a number from 1e-100 to 1e100', isWeight)),
  ]
  return problems.length > 0 ? problems : classProblems(outcome, weight)
}

function lengthProblems(rows: number, lists: Readonly<Record<string, ArrayLike<number>>>): Problem[] {
  if (rows === 0) return [{ code: 'table-empty', parameter: 'probability', rule: 'to have at least one row' }]
  return Object.entries(lists)
    .filter(([, list]) => list.length !== rows)
    .map(([parameter, list]) => ({
      code: 'length-differs',
      parameter,
      rule: `to have one value per probability (${rows})`,
      received: list.length,
    }))
}

function classProblems(outcome: ArrayLike<number>, weight: ArrayLike<number> | undefined): Problem[] {
  let churners = 0
  let rows = 0
  for (let row = 0; row < outcome.length; row++) {
    if (weight !== undefined && weight[row] === 0) continue
    rows++
    churners += outcome[row]!
  }
  if (rows === 0) return [{ code: 'out-of-range', parameter: 'weight', rule: 'to be above 0 somewhere' }]
  if (churners > 0 && churners < rows) return []
  return [
    {
      code: 'one-class',
      parameter: 'outcome',
      rule: 'to hold both churned (1) and stayed (0) customers',
      received: `${rows} times ${churners === 0 ? 0 : 1}`,
      wayOut: 'Take more customers or a longer outcome window: with one class the metric is not defined.',
    },
  ]
}

function isProbability(value: number): boolean {
  return value >= 0 && value <= 1
}

function probabilityHint(value: number): string {
  return value > 1 && value <= 100
    ? 'Divide percentages by 100; log odds become probabilities by 1 / (1 + exp(-x)).'
    : 'Log odds become probabilities by 1 / (1 + exp(-x)).'
}

function isOutcome(value: number): boolean {
  return value === 0 || value === 1
}
