import { ranksOf } from '../rows/ranksOf.js'

/** Treated and control customers by score: rows of equal score are one group, so that no metric can break ties. */
export interface TreatmentGroups {
  /** Shape (groups), the highest score first: weight of the treated. */
  readonly treated: Float64Array
  /** Shape (groups): weight of the others. */
  readonly control: Float64Array
  /** Shape (groups): weight of the treated with the good outcome. */
  readonly treatedGood: Float64Array
  /** Shape (groups): weight of the others with the good outcome. */
  readonly controlGood: Float64Array
  /** Weight of all customers. */
  readonly customers: number
  /** True where every weight is a whole number, so that a weight counts rows. */
  readonly wholeWeights: boolean
}

/** Returns the groups of rows that are already checked. O(n log n). */
export function treatmentGroups(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
  goodOutcome: 0 | 1,
): TreatmentGroups {
  const { rank, values } = ranksOf(score)
  const groups = emptyGroups(values.length)
  let wholeWeights = true
  rank.forEach((place, row) => {
    const own = weight?.[row] ?? 1
    if (!Number.isInteger(own)) wholeWeights = false
    const group = values.length - 1 - place
    const isGood = outcome[row] === goodOutcome
    if (treated[row] === 1) {
      groups.treated[group]! += own
      if (isGood) groups.treatedGood[group]! += own
    } else {
      groups.control[group]! += own
      if (isGood) groups.controlGood[group]! += own
    }
  })
  return { ...groups, customers: sum(groups.treated) + sum(groups.control), wholeWeights }
}

/** Returns the groups that the same customers would make if their score were a level by treatment and outcome. */
export function groupsByLevel(
  groups: TreatmentGroups,
  levelOf: (isTreated: boolean, isGood: boolean) => number,
): TreatmentGroups {
  const cells = [true, false].flatMap((isTreated) =>
    [true, false].map((isGood) => ({ isTreated, isGood, level: levelOf(isTreated, isGood) })),
  )
  const levels = [...new Set(cells.map(({ level }) => level))].sort((a, b) => b - a)
  const byLevel = emptyGroups(levels.length)
  const totals = {
    treated: sum(groups.treated),
    control: sum(groups.control),
    treatedGood: sum(groups.treatedGood),
    controlGood: sum(groups.controlGood),
  }
  for (const { isTreated, isGood, level } of cells) {
    const [all, good] = isTreated
      ? (['treated', 'treatedGood'] as const)
      : (['control', 'controlGood'] as const)
    const group = levels.indexOf(level)
    const own = isGood ? totals[good] : totals[all] - totals[good]
    byLevel[all][group]! += own
    if (isGood) byLevel[good][group]! += own
  }
  return { ...groups, ...byLevel }
}

/** Returns the sum of weights. */
export function sum(weights: Float64Array): number {
  return weights.reduce((total, each) => total + each, 0)
}

function emptyGroups(
  count: number,
): Record<'treated' | 'control' | 'treatedGood' | 'controlGood', Float64Array> {
  return {
    treated: new Float64Array(count),
    control: new Float64Array(count),
    treatedGood: new Float64Array(count),
    controlGood: new Float64Array(count),
  }
}
