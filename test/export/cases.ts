import { isMissing } from '../../src/base/bitmap.js'
import { type FeatureMatrix, type FeatureSpec, numberColumn, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import { blendModels } from '../../src/learn/blend/blendModels.js'
import { restoreBoosting } from '../../src/learn/boosting/model.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import type { Calibrator } from '../../src/learn/calibrate/calibrator.js'
import { matchBaseRate } from '../../src/learn/calibrate/matchBaseRate.js'
import { CalibratedModel } from '../../src/learn/calibrate/model.js'
import { shiftPrior } from '../../src/learn/calibrate/shiftPrior.js'
import { trainCalibrated } from '../../src/learn/calibrate/trainCalibrated.js'
import type { ChurnModel, TrainingData } from '../../src/learn/contract.js'
import { trainForest } from '../../src/learn/forest/train.js'
import { type FeatureEffects, LogisticModel } from '../../src/learn/logistic/model.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { EnsembleNodes, type TreeEnsemble } from '../../src/learn/tree/ensemble.js'
import { stateOfEnsemble } from '../../src/learn/tree/state.js'
import { createScorer, type Scorer } from '../../src/score/scorer.js'
import { goldenCases, goldenRows, importedGolden } from '../learn/imported/goldenCases.js'

/** Values of one customer, by feature. */
export type ExportRow = Readonly<Record<string, number | string | null>>

/** A scorer, and rows that it scores. */
export interface ExportCase {
  readonly name: string
  readonly scorer: Scorer
  readonly rows: readonly ExportRow[]
}

/** Texts that break a text that is not quoted, or are spelled in several ways. */
export const oddTexts = [
  "o'brien",
  'a "quoted" \\ name\n2',
  'Café',
  '计划-3',
  '<script>',
  '$1 :x %s {y}',
  '-- end',
]
/** The same categories, as other systems write them. */
const otherSpellings = [" o'brien\t", 'Cafe\u0301', '\u00a0计划-3\u3000']
const unseenTexts = ['never seen', 'CAFÉ', "o''brien", ' ', '\u2003', '']

/** Names of columns that break a statement that does not quote them. */
export const oddNames = {
  tenure: 'tenure, in "months"',
  plan: "plan's; DROP TABLE customers --",
  amount: 'amount\n\\ñ',
} as const

const extremes = [
  0,
  -0,
  5e-324,
  -5e-324,
  2.2e-308,
  1e-35,
  -1e-35,
  1e-300,
  1e308,
  -1e308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  1e16,
  0.1,
]

/** Customers whose leaving depends on tenure, on a very skewed amount, and on an oddly written plan. */
export function oddData(rowCount: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  const outcome = new Uint8Array(rowCount)
  const [tenure, amount, days] = [0, 1, 2].map(() => new Array<number | null>(rowCount))
  const [plan, contract] = [0, 1].map(() => new Array<string | null>(rowCount))
  for (let row = 0; row < rowCount; row++) {
    const months = Math.round(random.uniform() * 700) / 10
    const spent = Math.exp(3 * random.normal())
    const planIndex = random.integer(oddTexts.length)
    const isMonthly = random.uniform() < 0.5
    const margin = 0.4 - months / 25 + (planIndex % 3) * 0.8 + (isMonthly ? 0.6 : 0) - Math.log(spent) / 3
    outcome[row] = random.uniform() < sigmoid(margin) ? 1 : 0
    tenure![row] = random.uniform() < 0.1 ? null : months
    amount![row] = spent
    days![row] = random.uniform() < 0.2 ? null : Math.round(10 * random.normal())
    plan![row] = random.uniform() < 0.05 ? null : row % 50 === 7 ? 'rare' : oddTexts[planIndex]!
    contract![row] = isMonthly ? 'monthly' : 'yearly'
  }
  return {
    features: {
      rowCount,
      columns: [
        numberColumn(oddNames.tenure, tenure!),
        textColumn(oddNames.plan, plan!),
        numberColumn(oddNames.amount, amount!),
        numberColumn('days', days!),
        textColumn('contract', contract!),
      ],
    },
    outcome,
  }
}

/** Rows around everything that a model decides by: thresholds and their neighbours, extremes, missing, unseen. */
export function rowsAround(
  model: ChurnModel,
  base: readonly ExportRow[],
  extra: readonly ExportRow[] = [],
): ExportRow[] {
  const first = base[0]!
  const rows: ExportRow[] = [...base, ...extra]
  for (const spec of model.features) {
    const values =
      spec.kind === 'number'
        ? [...extremes, ...thresholdsOf(model, spec.name).flatMap(neighbours), null]
        : [...spec.categories.slice(0, 150), null]
    rows.push(...values.map((value) => ({ ...first, [spec.name]: value })))
  }
  const seed = seededRandom(5)
  // Several extremes at once
  for (let count = 0; count < 12; count++) {
    rows.push(
      Object.fromEntries(
        Object.entries(first).map(([name, value]) => [
          name,
          typeof value === 'number' ? extremes[seed.integer(extremes.length)]! : value,
        ]),
      ),
    )
  }
  return rows
}

function thresholdsOf(model: ChurnModel, feature: string): number[] {
  const inner = (model as Partial<{ innerModels: readonly ChurnModel[] }>).innerModels
  if (inner !== undefined) return inner.flatMap((each) => thresholdsOf(each, feature)).slice(0, 24)
  const ensemble = (model as Partial<{ ensemble: TreeEnsemble }>).ensemble
  if (ensemble === undefined) return []
  const place = model.features.findIndex(({ name }) => name === feature)
  const asked = [...ensemble.right.keys()].filter(
    (node) => ensemble.right[node] !== 0 && ensemble.feature[node] === place,
  )
  return [...new Set(asked.map((node) => ensemble.threshold[node]!))].slice(0, 24)
}

const bits = new DataView(new ArrayBuffer(8))

/** A number, the doubles beside it, and its single-precision form. */
function neighbours(value: number): number[] {
  if (value === 0 || Math.abs(value) === Number.MAX_VALUE) return [value]
  const beside = [-1n, 1n].map((step) => {
    bits.setFloat64(0, value)
    bits.setBigInt64(0, bits.getBigInt64(0) + step)
    return bits.getFloat64(0)
  })
  const single = Math.fround(value)
  return [value, ...beside, ...(Number.isFinite(single) ? [single] : [])]
}

/** The rows of a matrix as objects. */
export function rowsOf({ columns, rowCount }: FeatureMatrix): ExportRow[] {
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(
      columns.map((column) => [
        column.name,
        isMissing(column.missing, row)
          ? null
          : column.kind === 'number'
            ? column.values[row]!
            : column.dictionary[column.codes[row]!]!,
      ]),
    ),
  )
}

/** The rows as columns, in the order of the features. */
export function matrixOf(model: ChurnModel, rows: readonly ExportRow[]): FeatureMatrix {
  const columns = model.features.map(({ name, kind }) =>
    kind === 'number'
      ? numberColumn(
          name,
          rows.map((row) => row[name] as number | null),
        )
      : // A blank text in a row is missing
        textColumn(
          name,
          rows.map((row) => (row[name] === '' ? null : (row[name] as string | null))),
        ),
  )
  return { rowCount: rows.length, columns }
}

function oddRows(model: ChurnModel, count: number): ExportRow[] {
  const drawn = rowsOf(oddData(count, 9).features).map((row) => pick(row, model))
  const first = drawn.find((row) => Object.values(row).every((value) => value !== null)) ?? drawn[0] ?? {}
  const spelled = [...oddTexts, ...otherSpellings, ...unseenTexts, 'rare'].map((plan) => ({
    ...first,
    ...(oddNames.plan in first ? { [oddNames.plan]: plan } : {}),
    ...('town' in first ? { town: plan } : {}),
  }))
  return rowsAround(model, [first, ...drawn], spelled)
}

function pick(row: ExportRow, { features }: ChurnModel): ExportRow {
  return Object.fromEntries(features.map(({ name }) => [name, row[name] ?? null]))
}

/** Made when first asked for, as a file of tests needs only some. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const data = once(() => oddData(500, 1))
const boosting = once(() => trainBoosting(data(), { rounds: 12, earlyStopping: false, minRowsPerLeaf: 5 }))
const forest = once(() => trainForest(data(), { trees: 10, maxDepth: 6, threads: 1 }))
const logistic = once(() => trainLogistic(data(), { minCategoryRows: 20 }))

function readThrough(model: ChurnModel, calibrator: Calibrator): ChurnModel {
  return new CalibratedModel(model, calibrator, 0.3, null)
}

/** Numbers at the ends of what a model file holds. */
const steepEffects: readonly FeatureEffects[] = [
  { kind: 'number', name: 'a', logUnit: null, mean: 1e308, deviation: 1e300, coefficient: 2, missing: null },
  { kind: 'number', name: 'b', logUnit: null, mean: 0, deviation: 1e-300, coefficient: 1e-9, missing: null },
  { kind: 'number', name: 'c', logUnit: 1e-290, mean: 3, deviation: 0.5, coefficient: -0.01, missing: null },
  { kind: 'number', name: 'd', logUnit: 1e250, mean: 0, deviation: 1e-5, coefficient: 1e-200, missing: null },
  {
    kind: 'number',
    name: 'e',
    logUnit: 30,
    mean: 1.5,
    deviation: 2,
    coefficient: 0.7,
    missing: { coefficient: 0.2, share: 0.1 },
  },
]

/** 150 towns, more than a word of bits holds. */
function towns(): TrainingData {
  const names = Array.from({ length: 500 }, (_, row) => (row % 31 === 0 ? null : `town ${(row * 7) % 150}`))
  const columns = [textColumn('town', names), data().features.columns[0]!]
  return { ...data(), features: { rowCount: 500, columns } }
}

/** A leaf, or a question: a number up to `most`, or one of the categories `left`, goes to `yes`. */
type Tree =
  | number
  | {
      readonly asks: number
      readonly most?: number
      readonly left?: readonly number[]
      readonly missingLeft: 0 | 1
      readonly yes: Tree
      readonly no: Tree
    }

/** A model of trees written by hand. */
export function treesOf(
  features: readonly FeatureSpec[],
  baseMargin: number,
  trees: readonly Tree[],
): ChurnModel {
  const nodes = new EnsembleNodes()
  const roots = nodes.roots
  const leaves = (tree: Tree): number => (typeof tree === 'number' ? 1 : leaves(tree.yes) + leaves(tree.no))
  const add = (tree: Tree): void => {
    const isLeaf = typeof tree === 'number'
    const place = nodes.push({
      feature: isLeaf ? 0 : tree.asks,
      threshold: isLeaf ? 0 : (tree.most ?? 0),
      missingLeft: isLeaf ? 0 : tree.missingLeft,
      categoryStart:
        isLeaf || tree.left === undefined ? 0 : nodes.addCategories(3, (each) => tree.left!.includes(each)),
      value: isLeaf ? tree : 0,
      cover: leaves(tree),
      gain: 0,
    })
    if (isLeaf) return
    add(tree.yes)
    nodes.right[place] = nodes.right.length
    add(tree.no)
  }
  for (const tree of trees) {
    roots.push(nodes.right.length)
    add(tree)
  }
  return restoreBoosting(features, 0.5, { baseMargin, trees: stateOfEnsemble(nodes.build()) })
}

/** Thresholds at the ends of the numbers, sets of none and of all, trees of one leaf. */
function oddTrees(): ChurnModel {
  const ends = [0, -0, 5e-324, -5e-324, 1e-310, Number.MAX_VALUE, -Number.MAX_VALUE, 0.1, Math.fround(0.1)]
  const sets = [[], [0, 1, 2], [1], [0, 2]]
  return treesOf(
    [
      { kind: 'number', name: 'x' },
      { kind: 'text', name: 'kind', categories: ['a', "b'", 'c\\'] },
    ],
    -0.3,
    [
      0.25,
      ...([0, 1] as const).flatMap((missingLeft) => [
        ...ends.map(
          (most, place): Tree => ({ asks: 0, most, missingLeft, yes: 0.1 * (place + 1), no: -0.1 }),
        ),
        ...sets.map(
          (left, place): Tree => ({ asks: 1, left, missingLeft, yes: 0.01 * (place + 1), no: -0.02 }),
        ),
      ]),
      {
        asks: 0,
        most: 1,
        missingLeft: 1,
        yes: { asks: 1, left: [1], missingLeft: 0, yes: 2, no: 5e-324 },
        no: -2,
      },
    ],
  )
}

const models: Readonly<Record<string, () => ChurnModel>> = {
  prior: () => trainPrior(data()),
  boosting,
  forest,
  'boosting of 150 towns': () =>
    trainBoosting(towns(), { rounds: 8, earlyStopping: false, minRowsPerLeaf: 2, categorySmoothing: 0 }),
  logistic,
  'logistic with raw numbers': () => trainLogistic(data(), { minCategoryRows: 5, skewed: 'raw' }),
  'Platt over a forest': () => readThrough(forest(), { method: 'platt', intercept: 0.2, slope: 1.3 }),
  'a flat Platt line': () => readThrough(boosting(), { method: 'platt', intercept: 0.2, slope: 0 }),
  'beta over boosting': () => readThrough(boosting(), { method: 'beta', a: 0.7, b: 1.4, c: -0.1 }),
  'isotonic over a logistic model': () =>
    readThrough(logistic(), {
      method: 'isotonic',
      probability: [0, 0.05, 0.2, 0.2001, 0.6, 0.9, 1],
      calibrated: [0, 0.02, 0.02, 0.35, 0.5, 0.98, 1],
    }),
  'isotonic of one corner': () =>
    readThrough(forest(), { method: 'isotonic', probability: [0.5], calibrated: [0.3] }),
  'trained with calibration': () => trainCalibrated(data(), (rows) => trainLogistic(rows), {}),
  'a shifted prior': () => shiftPrior(forest(), { baseRate: 0.03 }),
  'matched to a base rate': () => matchBaseRate(boosting(), data().features, { baseRate: 0.5 }),
  'a calibrated blend of all': () =>
    readThrough(
      blendModels(
        [
          { model: readThrough(boosting(), { method: 'beta', a: 1.1, b: 0.9, c: 0.1 }), weight: 0.5 },
          { model: forest(), weight: 0.3 },
          { model: logistic(), weight: 0.2 },
        ],
        { intercept: 0.1, slope: 1.2 },
      ),
      { method: 'platt', intercept: -0.1, slope: 0.9 },
    ),
}

const makers: Readonly<Record<string, () => Omit<ExportCase, 'name'>>> = {
  ...Object.fromEntries(
    Object.entries(models).map(([name, make]) => [
      name,
      () => {
        const model = make()
        return { scorer: createScorer(model), rows: oddRows(model, 60) }
      },
    ]),
  ),
  'a logistic model at the ends of the numbers': () => {
    const model = new LogisticModel(0.2, -1, steepEffects)
    return { scorer: createScorer(model), rows: rowsAround(model, [{ a: 1, b: 1, c: 1, d: 1, e: 1 }]) }
  },
  'trees at the ends of the numbers': () => {
    const model = oddTrees()
    const unseen = ['a', " b'", 'd', '', ' '].map((kind) => ({ x: 1, kind }))
    return { scorer: createScorer(model), rows: rowsAround(model, [{ x: 0.5, kind: 'a' }], unseen) }
  },
  // Where a library writes two forms, both become the same model
  ...Object.fromEntries(
    goldenCases.map((golden) => [
      golden.name,
      () => {
        const model = importedGolden(golden, golden.files[0]!)
        const rows = rowsOf(goldenRows(golden)).map((row) => pick(row, model))
        return { scorer: createScorer(model), rows: rowsAround(model, rows.slice(0, 60)) }
      },
    ]),
  ),
}

/** Every kind of model, by name. */
export const exportCaseNames = Object.keys(makers)

const made = new Map<string, ExportCase>()

/** Returns a model of every kind, with rows around what it decides by. */
export function exportCase(name: string): ExportCase {
  const known = made.get(name) ?? { name, ...makers[name]!() }
  made.set(name, known)
  return known
}
