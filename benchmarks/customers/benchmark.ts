import { fileURLToPath } from 'node:url'
import { mean, sampleStandardDeviation } from 'simple-statistics'
import { monthly } from '../../src/base/days.js'
import { studentQuantile } from '../../src/base/distributions.js'
import { takeValues } from '../../src/base/matrix.js'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { type Dataset, takeDatasetRows } from '../../src/dataset/dataset.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { splitByTime } from '../../src/dataset/splitByTime.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { calibrationLine } from '../../src/evaluate/calibration/calibrationLine.js'
import { logLoss } from '../../src/evaluate/calibration/probabilityScores.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { cancelled } from '../../src/label/cancelled.js'
import type { BoostingModel } from '../../src/learn/boosting/model.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import type { TrainingData } from '../../src/learn/contract.js'
import { simulateTables } from '../../src/simulate/operator.js'
import { readTable } from '../../src/table/readTable.node.js'
import { cdnowSet } from '../quality/cdnow.js'
import type { Benchmark, Measurement } from '../result.js'

const operators = [1, 2, 3, 4, 5, 6, 7, 8]
const operator = { customers: 1000, months: 18, firstMonth: '2024-01' }
const cutoffs = monthly('2024-04', '2025-04')
/** From here on rows are tested: three cutoffs. Eight earlier ones have outcomes that are known by then. */
const testFrom = '2025-02-01'
const copiedFolds = 2

type Arm = 'rows' | 'customers' | 'time'
type Figures = Record<'logLoss' | 'rocAuc' | 'slope' | 'trees', number>

/** The default boosting, told whose the rows are and not told. */
export const benchmark: Benchmark = {
  about: 'what is it worth to boosting to know whose the rows are?',
  run: async () => {
    const simulated: Record<Arm, Figures>[] = []
    for (const seed of operators) simulated.push(await simulatedFigures(seed))
    const cdnow = await cdnowSet()
    const notices =
      cdnow === null ? ['cdnow was left out: its file is not there, see benchmarks/README.md.'] : []
    const results = [
      ...(['rows', 'customers', 'time'] as const).flatMap((arm) => means(`simulated.${arm}`, simulated, arm)),
      ...pairs('simulated.customers.minus.rows', simulated, 'customers', 'rows'),
      ...pairs('simulated.time.minus.customers', simulated, 'time', 'customers'),
      ...(cdnow === null ? [] : cdnowFigures(cdnow.dataset, cdnow.folds[0]!)),
      ...(await flatFigures('telco')),
      ...(await flatFigures('mlc-churn')),
      ...(await copiedFigures()),
    ]
    return { peers: {}, results, notices }
  },
}

async function simulatedFigures(seed: number): Promise<Record<Arm, Figures>> {
  const { truth: _, ...tables } = simulateTables({ ...operator, seed })
  const history = await openHistory(tables)
  const plan = churnPlan({
    label: cancelled({ horizonMonths: 3 }),
    features: telecomFeatures(history.tables, {
      attributes: ['paymentType', 'region', 'channel', 'ageBand'],
    }),
    cutoffs,
  })
  const dataset = await buildDataset(history, plan)
  await history.close()
  const { train, test } = splitByTime(dataset, { testFrom })
  return armsOf(train, test)
}

/** `time`: the last cutoff with known outcomes says when to stop, and the model is not trained on it. */
function armsOf(train: Dataset, test: Dataset): Record<Arm, Figures> {
  const last = Math.max(...train.cutoffs!)
  const rows = [...train.ids.keys()]
  const earlier = takeDatasetRows(
    train,
    rows.filter((row) => train.cutoffs![row] !== last),
  )
  const validation = takeDatasetRows(
    train,
    rows.filter((row) => train.cutoffs![row] === last),
  )
  return {
    rows: figuresOf(trainBoosting(withoutIds(train)), test),
    customers: figuresOf(trainBoosting(train), test),
    time: figuresOf(trainBoosting(earlier, {}, { validation }), test),
  }
}

function withoutIds({ features, outcome }: TrainingData): TrainingData {
  return { features, outcome }
}

function figuresOf(model: BoostingModel, { features, outcome }: TrainingData): Figures {
  const probability = model.probability(features)
  return {
    logLoss: logLoss(probability, outcome),
    rocAuc: rocAuc(probability, outcome),
    slope: calibrationLine(probability, outcome).slope,
    trees: model.ensemble.roots.length,
  }
}

const figureNames = ['logLoss', 'rocAuc', 'slope', 'trees'] as const

function means(id: string, all: readonly Record<Arm, Figures>[], arm: Arm): Measurement[] {
  return figureNames.map((name) => ({
    id: `${id}.${name}`,
    value: mean(all.map((own) => own[arm][name])),
    unit: '1',
  }))
}

/** Paired differences and their interval of 95 %, by Student's t: operators share nothing. */
function pairs(id: string, all: readonly Record<Arm, Figures>[], a: Arm, b: Arm): Measurement[] {
  return figureNames.flatMap((name) => {
    const differences = all.map((own) => own[a][name] - own[b][name])
    const value = mean(differences)
    const reach =
      (studentQuantile(differences.length - 1, 0.975) * sampleStandardDeviation(differences)) /
      Math.sqrt(differences.length)
    return [
      { id: `${id}.${name}`, value, unit: '1' },
      { id: `${id}.${name}.lower`, value: value - reach, unit: '1' },
      { id: `${id}.${name}.upper`, value: value + reach, unit: '1' },
    ]
  })
}

function single(id: string, figures: Figures): Measurement[] {
  return figureNames.map((name) => ({ id: `${id}.${name}`, value: figures[name], unit: '1' }))
}

function cdnowFigures(
  dataset: Dataset,
  { train, test }: { readonly train: readonly number[]; readonly test: readonly number[] },
): Measurement[] {
  const arms = armsOf(takeDatasetRows(dataset, train), takeDatasetRows(dataset, test))
  return Object.entries(arms).flatMap(([arm, figures]) => single(`cdnow.${arm}`, figures))
}

async function flatTable(name: 'telco' | 'mlc-churn'): Promise<Dataset> {
  const file = fileURLToPath(new URL(`../../examples/data/${name.replace('-', '_')}.csv`, import.meta.url))
  return fromFlatTable(await readTable(file), { label: 'churn' })
}

/** One row a customer: nothing may change. */
async function flatFigures(name: 'telco' | 'mlc-churn'): Promise<Measurement[]> {
  const [train, test] = foldOf(await flatTable(name), 0)
  return [
    ...single(`${name}.rows`, figuresOf(trainBoosting(withoutIds(train)), test)),
    ...single(`${name}.customers`, figuresOf(trainBoosting(train), test)),
  ]
}

function foldOf(dataset: Dataset, fold: number): [train: Dataset, test: Dataset] {
  const rows = [...dataset.ids.keys()]
  const part = (isIn: boolean): Dataset =>
    takeDatasetRows(
      dataset,
      rows.filter((row) => (row % 5 === fold) === isIn),
    )
  return [part(false), part(true)]
}

/** Telco with each customer of the training two to four times, shuffled: copies as they are, and slightly changed. */
async function copiedFigures(): Promise<Measurement[]> {
  const dataset = await flatTable('telco')
  const arms = Array.from({ length: copiedFolds }, (_, fold) => {
    const [train, test] = foldOf(dataset, fold)
    const exact = copied(train, 0)
    const changed = copied(train, 0.01)
    return {
      once: figuresOf(trainBoosting(train), test),
      exactWithoutIds: figuresOf(trainBoosting(withoutIds(exact)), test),
      changedWithoutIds: figuresOf(trainBoosting(withoutIds(changed)), test),
      changedWithIds: figuresOf(trainBoosting(changed), test),
    }
  })
  return Object.keys(arms[0]!).flatMap((arm) =>
    figureNames.map((name) => ({
      id: `copied-telco.${arm}.${name}`,
      value: mean(arms.map((own) => own[arm as keyof typeof own][name])),
      unit: '1',
    })),
  )
}

/** @param change standard deviation of the factor on each number of a copy */
function copied(dataset: Dataset, change: number): Dataset {
  const random = seededRandom(1)
  const rows = [...dataset.ids.keys()].flatMap((row) => Array<number>(2 + (row % 3)).fill(row))
  const all = takeDatasetRows(
    dataset,
    takeValues(Int32Array.from(rows), shuffledIndices(rows.length, random)),
  )
  if (change === 0) return all
  const columns = all.features.columns.map((column) =>
    column.kind === 'text' || new Set(column.values).size < 10
      ? column
      : { ...column, values: column.values.map((value) => value * (1 + change * random.normal())) },
  )
  return { ...all, features: { ...all.features, columns } }
}
