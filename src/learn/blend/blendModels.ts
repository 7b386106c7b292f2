import { argumentProblems, checkArguments } from '../../base/arguments.js'
import { type Problem, refuse } from '../../base/errors.js'
import { logit, sigmoid } from '../../base/statistics.js'
import type { ChurnModel } from '../contract.js'
import { uncertain } from '../margin.js'
import { refuseDeepNesting } from '../nesting.js'
import {
  type BlendLine,
  type BlendMember,
  BlendModel,
  memberProblems,
  mostMembers,
  mostSlope,
} from './model.js'

const operation = 'blendModels'

/** A model to blend, and how much it counts. */
export interface BlendPart {
  readonly model: ChurnModel
  /** At least 0 and not all 0; only how they relate counts. Default 1. */
  readonly weight?: number
}

/** How the mean of a blend is read, and what it stands for: `blendWeights` finds all three. */
export interface BlendReading extends Partial<BlendLine> {
  /** Share of churners that the blend's probabilities stand for. In (0, 1). Default: `intercept + slope · mean` of the models' log odds of theirs, by weight. */
  readonly baseRate?: number | undefined
}

/**
 * Returns one model that is the weighted mean of several in log odds.
 *
 * Use it where models err on different customers, as a logistic model and trees do; `blendWeights` finds the weights.
 * The mean of models of one kind gains little, and takes as long as all of them together.
 *
 *     margin = intercept + slope · Σ weightᵢ · marginᵢ        Σ weightᵢ = 1
 *
 * A mean is less certain than the models it is made of; a slope above 1 gives the certainty back. A model of weight 0
 * is left out. Contributions are exact in log odds; those of a model that is a mean of probabilities (a forest) are
 * rescaled. The blend is saved, scored and explained as any model.
 *
 * @param parts 1 to 64 models of the same customers
 * @param line how the mean is read; default: as it is
 * @throws {HoldfastError} `out-of-range` for weights below 0 or all 0, a slope not above 0, a base rate outside (0, 1), no
 *   model or more than 64;
 *   `column-type` where a feature is a number to one and a text to another: all at once; `option-invalid` for blends of blends, more than 4 deep
 *
 * O(features). Scoring takes the time of all members.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const members = [trainLogistic(data), trainPrior(data)]
 * const blend = blendModels(members.map((model) => ({ model })))
 * // The prior says log odds of 0, so the mean is half of what the logistic model says.
 * const [half, whole] = [blend.margin(data.features)[7]!, members[0]!.margin(data.features)[7]!]
 * Math.abs(half - whole / 2) < 1e-12
 * // => true
 *
 * @see {@link blendWeights}, `selectModel`
 */
export function blendModels(parts: readonly BlendPart[], line: BlendReading = {}): BlendModel {
  checkArguments('blendModels', ['parts', parts, 'array'], ['line', line, 'options'])
  const { intercept = 0, slope = 1, baseRate } = line
  refuse(
    operation,
    parts.flatMap((part, index) => argumentProblems(`parts.${index}.model`, part?.model, 'model')),
  )
  const weights = parts.map(({ weight = 1 }) => weight)
  refuse(operation, [
    ...partProblems(parts, weights),
    ...lineProblems(intercept, slope),
    ...rateProblems(baseRate),
  ])
  refuseDeepNesting(
    operation,
    parts.map(({ model }) => model),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const members = parts.flatMap(({ model }, index): BlendMember[] =>
    weights[index]! > 0 ? [{ model, weight: weights[index]! / total }] : [],
  )
  return new BlendModel(members, { intercept, slope }, baseRate ?? meanRate(members, { intercept, slope }))
}

/**
 * The line read at the mean of the log odds: a model moved to another rate moves the mean by its share of that, an intercept
 * moves the blend. Of models of one rate read as they are it is that one, to the last digit.
 */
function meanRate(members: readonly BlendMember[], { intercept, slope }: BlendLine): number {
  const first = members[0]!.model.baseRate
  if (intercept === 0 && slope === 1 && members.every(({ model }) => model.baseRate === first)) return first
  const mean = members.reduce((sum, { model, weight }) => sum + weight * logit(model.baseRate), 0)
  return uncertain(sigmoid(intercept + slope * mean))
}

function partProblems(parts: readonly BlendPart[], weights: readonly number[]): Problem[] {
  const problems: Problem[] = []
  if (parts.length < 1 || parts.length > mostMembers) {
    const rule = `to be 1 to ${mostMembers} models`
    problems.push({ code: 'out-of-range', parameter: 'parts', rule, received: parts.length })
  }
  for (const [index, weight] of weights.entries()) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      const parameter = `the weight of model ${index + 1}`
      problems.push({
        code: 'out-of-range',
        parameter,
        rule: 'to be a number of at least 0',
        received: weight,
      })
    }
  }
  if (problems.length === 0 && weights.every((weight) => weight === 0)) {
    problems.push({
      code: 'out-of-range',
      parameter: 'the weights',
      rule: 'to be above 0 for one model at least',
    })
  }
  return [...problems, ...memberProblems(parts)]
}

function rateProblems(received: number | undefined): Problem[] {
  if (received === undefined || (received > 0 && received < 1)) return []
  return [{ code: 'out-of-range', parameter: 'baseRate', rule: 'to be above 0 and below 1', received }]
}

function lineProblems(intercept: number, slope: number): Problem[] {
  const code = 'out-of-range'
  const problems: Problem[] = []
  if (!Number.isFinite(intercept)) {
    problems.push({ code, parameter: 'intercept', rule: 'to be a finite number', received: intercept })
  }
  if (!(slope > 0 && slope <= mostSlope)) {
    const rule = `to be above 0 and at most ${mostSlope}`
    problems.push({ code, parameter: 'slope', rule, received: slope })
  }
  return problems
}
