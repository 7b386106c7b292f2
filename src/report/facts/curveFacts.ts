import type { RankedOutcomes } from '../../evaluate/rankedOutcomes.js'
import type { CurveFacts } from './reportFacts.js'

const points = 200

/** Returns the ROC curve, thinned to the points that a picture of 300 pixels can show. */
export function rocFacts({ churned, stayed, churners, customers }: RankedOutcomes): CurveFacts {
  const stayers = customers - churners
  const x = [0]
  const y = [0]
  let [caught, alarms] = [0, 0]
  for (let group = 0; group < churned.length; group++) {
    caught += churned[group]!
    alarms += stayed[group]!
    x.push(Math.min(1, alarms / stayers))
    y.push(Math.min(1, caught / churners))
  }
  return thinned(x, y)
}

/** Returns the precision–recall curve: one point for each churner caught, or group of equal probabilities. */
export function precisionRecallFacts({ churned, stayed, churners }: RankedOutcomes): CurveFacts {
  const x: number[] = []
  const y: number[] = []
  let [caught, contacted] = [0, 0]
  for (let group = 0; group < churned.length; group++) {
    caught += churned[group]!
    contacted += churned[group]! + stayed[group]!
    if (churned[group] === 0) continue
    x.push(Math.min(1, caught / churners))
    y.push(caught / contacted)
  }
  return thinned(x, y)
}

/** Keeps the first and the last point, and between them those that lie at least a pixel and a half from the last one kept. */
function thinned(x: readonly number[], y: readonly number[]): CurveFacts {
  const kept = x.length <= points ? x.map((_, index) => index) : spaced(x, y)
  return { x: kept.map((index) => rounded(x[index]!)), y: kept.map((index) => rounded(y[index]!)) }
}

function spaced(x: readonly number[], y: readonly number[]): number[] {
  const kept = [0]
  for (let index = 1; index < x.length - 1; index++) {
    const last = kept.at(-1)!
    if (Math.hypot(x[index]! - x[last]!, y[index]! - y[last]!) >= 1 / points) kept.push(index)
  }
  return [...kept, x.length - 1]
}

function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
