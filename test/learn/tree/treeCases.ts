import {
  type FeatureMatrix,
  numberColumn,
  takeRows,
  takeValues,
  textColumn,
} from '../../../src/base/matrix.js'
import { type Random, seededRandom } from '../../../src/base/random.js'
import { logit, sigmoid } from '../../../src/base/statistics.js'
import { EnsembleBuilder, type TreeEnsemble } from '../../../src/learn/tree/ensemble.js'
import { BoostedTrees, type BoostLimits, type Roles } from '../../../src/learn/tree/grow/boostTrees.js'
import { type Loss, logLoss } from '../../../src/learn/tree/grow/gradients.js'
import type { FeatureChoice } from '../../../src/learn/tree/grow/growLimits.js'
import type { GrownTree } from '../../../src/learn/tree/grow/grownTree.js'
import { KernelTeam, type Operation, type TeamSettings } from '../../../src/learn/tree/grow/kernelTeam.js'
import { storeColumns } from '../../../src/learn/tree/grow/storedColumns.js'

/** Rows to grow trees on. */
export interface TreeCase {
  readonly features: FeatureMatrix
  readonly outcome: Uint8Array
  readonly weight: Float64Array | null
  readonly roles: Roles | null
  /** Where boosting starts; left out: at the log odds. */
  readonly margin?: number
}

export const plainLimits: BoostLimits = {
  growth: 'leaf',
  maxLeaves: 12,
  maxDepth: 6,
  minRowsPerLeaf: 1,
  minHessianPerLeaf: 0.5,
  l1: 0,
  l2: 1,
  minGain: 0,
  categorySmoothing: 10,
  learningRate: 0.3,
  rowShare: 1,
  directions: null,
}

/** Numbers and texts with missing values, columns of few values that share a bundle, and a column of many categories. */
export function treeCase(rowCount: number, seed: number): TreeCase {
  const random = seededRandom(seed)
  const rows = Array.from({ length: rowCount }, (_, row) => row)
  const amount = rows.map(() => random.normal())
  const flag = rows.map(() => random.integer(2))
  const visits = rows.map((row) => Math.min(random.integer(4) + flag[row]!, 4))
  const columns = [
    numberColumn('amount', withMissing(amount, 0.1, random)),
    textColumn(
      'plan',
      withMissing(
        rows.map((row) => `plan ${(random.integer(4) + flag[row]!) % 5}`),
        0.05,
        random,
      ),
    ),
    numberColumn('flag', flag),
    // Two columns of two values that few rows are enough to bundle with the flag.
    textColumn(
      'tied',
      flag.map((value) => (value === 1 ? 'yes' : 'no')),
    ),
    numberColumn(
      'switch',
      withMissing(
        rows.map(() => random.integer(2)),
        0.01,
        random,
      ),
    ),
    numberColumn('visits', withMissing(visits, 0.02, random)),
    textColumn(
      'city',
      rows.map(() => `city ${random.integer(60)}`),
    ),
    numberColumn(
      'age',
      rows.map(() => 18 + random.integer(70)),
    ),
    numberColumn(
      'sparse',
      withMissing(
        rows.map(() => random.uniform()),
        0.8,
        random,
      ),
    ),
  ]
  const outcome = Uint8Array.from(rows, (row) =>
    random.uniform() < sigmoid(amount[row]! * 1.5 - 1 + visits[row]! * 0.4 - flag[row]!) ? 1 : 0,
  )
  return { features: { rowCount, columns }, outcome, weight: null, roles: null }
}

function withMissing<Value>(values: readonly Value[], share: number, random: Random): (Value | null)[] {
  return values.map((value) => (random.uniform() < share ? null : value))
}

/** Whole weights from 1 to 3, or weights with fractions. */
export function randomWeights(rowCount: number, whole: boolean, seed: number): Float64Array {
  const random = seededRandom(seed)
  return Float64Array.from({ length: rowCount }, () =>
    whole ? 1 + random.integer(3) : 0.1 + random.uniform() * 5,
  )
}

/** A fifth of the rows held out, a tenth not there. */
export function randomRoles(rowCount: number, seed: number): Roles {
  const random = seededRandom(seed)
  return Uint8Array.from({ length: rowCount }, () => {
    const draw = random.uniform()
    return draw < 0.2 ? 1 : draw < 0.3 ? 2 : 0
  })
}

/** How trees are grown in a test. */
export interface GrowSettings extends TeamSettings {
  readonly threads?: number
  readonly rounds?: number
  readonly maxBins?: number
  readonly loss?: Loss
  /** Share of the features that each node may ask; which ones is left to chance. Default 1. */
  readonly featureShare?: number
  /** Every job is shared, however small. */
  readonly together?: boolean
  /** Sees the team before it works. */
  readonly prepare?: (team: KernelTeam) => void
}

/** What a training in a test has made. */
export interface Grown {
  readonly trees: readonly GrownTree[]
  readonly ensemble: TreeEnsemble
  readonly margin: Float64Array
}

/** Grows trees. */
export function growTrees(data: TreeCase, limits: BoostLimits, settings: GrowSettings = {}): Grown {
  const { threads = 1, rounds = 3, maxBins = 255, loss = logLoss, together = false } = settings
  const { prepare, featureShare = 1, ...team } = settings
  const choose = randomChoice(featureShare)
  return withTeam(threads, team, (kernels) => {
    prepare?.(kernels)
    if (together) shareEverything(kernels)
    const stored = storeColumns(kernels, data.features, data.weight, maxBins)
    const training = { ...data, totalWeight: totalOf(data), margin: data.margin ?? startOf(data) }
    const boosted = new BoostedTrees(kernels, stored, training, data.roles, limits, loss, seededRandom(7))
    const builder = new EnsembleBuilder(stored.features)
    const trees = Array.from({ length: rounds }, () => {
      const tree = boosted.grow(choose)
      builder.add(tree)
      return tree
    })
    return { trees, ensemble: builder.build(), margin: boosted.margin.slice() }
  })
}

/** Returns a choice that leaves each node about this share of the features, the same ones each time it is made. */
function randomChoice(share: number): FeatureChoice {
  const random = seededRandom(11)
  return (_asked, inUse) => {
    for (let place = 0; place < inUse.length; place++) inUse[place] = random.uniform() < share ? 1 : 0
  }
}

/** Calls with a team that has started, and stops it whatever happens. */
export function withTeam<Result>(
  threads: number,
  settings: TeamSettings,
  use: (team: KernelTeam) => Result,
): Result {
  const team = KernelTeam.start('test', threads, settings)
  try {
    team.ready()
    return use(team)
  } finally {
    team.stop()
  }
}

function shareEverything(team: KernelTeam): void {
  const share = team.do.bind(team)
  team.do = (operation, parameters) => share(operation, parameters, true)
}

/** Calls `visit` instead of each job, which it does by `work`. */
export function onJobs(
  team: KernelTeam,
  visit: (operation: Operation, parameters: readonly number[], work: () => void) => void,
): void {
  const work = team.do.bind(team)
  team.do = (operation, parameters, together) => {
    visit(operation, parameters, () => work(operation, parameters, together))
  }
}

/** The trees' answer to a row of numbers, NaN where missing: a walk of its own, beside those of the library. */
export function answerOf(ensemble: TreeEnsemble, row: readonly number[]): number {
  let answer = 0
  for (const root of ensemble.roots) answer += ensemble.value[leafOf(ensemble, root, row)]!
  return answer
}

/** The leaf that a row of numbers, NaN where missing, comes to. */
export function leafOf(ensemble: TreeEnsemble, root: number, row: readonly number[]): number {
  let node = root
  while (ensemble.right[node] !== 0) {
    const value = row[ensemble.feature[node]!]!
    const isLeft = Number.isNaN(value) ? ensemble.missingLeft[node] === 1 : value <= ensemble.threshold[node]!
    node = isLeft ? node + 1 : ensemble.right[node]!
  }
  return node
}

/** Columns of numbers, three values in a hundred missing, and an outcome that depends on the first two. */
export function numberCase(rowCount: number, columnCount: number, seed: number): TreeCase {
  const random = seededRandom(seed)
  const columns = Array.from({ length: columnCount }, (_, column) => {
    const values = Array.from({ length: rowCount }, () => Math.round(random.normal() * 50) / 20)
    return numberColumn(`x${column}`, withMissing(values, 0.03, random))
  })
  const outcome = Uint8Array.from({ length: rowCount }, (_, row) => {
    const [first, second] = [columns[0]!.values[row]!, columns[1 % columnCount]!.values[row]!]
    return random.uniform() < sigmoid(first - second / 2) ? 1 : 0
  })
  return { features: { rowCount, columns }, outcome, weight: null, roles: null }
}

/** The rows of a case of numbers, NaN where missing. */
export function rowsOfNumbers({ features }: TreeCase): number[][] {
  return Array.from({ length: features.rowCount }, (_, row) =>
    features.columns.map((column) =>
      column.kind === 'text' || column.missing?.has(row) === true ? Number.NaN : column.values[row]!,
    ),
  )
}

/** The case with only these rows, in their order. */
export function takeCase(data: TreeCase, rows: ArrayLike<number>): TreeCase {
  return {
    features: takeRows(data.features, rows),
    outcome: takeValues(data.outcome, rows),
    weight: data.weight === null ? null : takeValues(data.weight, rows),
    roles: data.roles === null ? null : takeValues(data.roles, rows),
    ...(data.margin === undefined ? {} : { margin: data.margin }),
  }
}

function totalOf({ weight, outcome }: TreeCase): number {
  return weight === null ? outcome.length : weight.reduce((sum, value) => sum + value, 0)
}

function startOf({ outcome }: TreeCase): number {
  const churned = outcome.reduce((sum, value) => sum + value, 0)
  return logit(Math.min(Math.max(churned / outcome.length, 0.01), 0.99))
}
