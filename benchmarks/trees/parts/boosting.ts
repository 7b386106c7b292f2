import type { LibraryName } from '../contenders.js'
import { type BenchmarkData, withTrainRows } from '../data/benchmarkData.js'
import { telcoData, telcoShapedData } from '../data/customers.js'
import { categoricalData, missingData, physicsData, wideData } from '../data/variants.js'
import { rowsWord } from '../options.js'
import {
  type Context,
  joinReports,
  type Part,
  type PartReport,
  scaled,
  storeData,
  threadsOf,
} from '../part.js'
import { boostingPeers, compareCold, compareWarm, type TrainingPlan, trainingTargets } from '../training.js'

const testRows = 100_000
const aucTolerance = 0.001
const usualRounds = 5

/** Training on 28 number columns, by size and threads; cold at the first size. */
export const training: Part = async (context) => {
  const { sizes, rounds } = context.options
  const rows = [...new Set(sizes.map((size) => scaled(size, context)))]
  const threads = threadsOf(context, [1, 2])
  const largest = physicsData(Math.max(...rows), scaled(testRows, context))
  const reports: PartReport[] = []
  for (const [index, count] of rows.entries()) {
    // A file of its own: a fresh process does not read 5 M rows to train on 200,000.
    const data = storeData(context, withTrainRows(largest, count))
    const many = count > 2_000_000
    const quantized: LibraryName[] = index === 0 ? ['lightgbm-quantized'] : []
    const plan: TrainingPlan = {
      id: `training.${rowsWord(count)}`,
      about: `${count} rows × 28 numbers`,
      data,
      rows: count,
      peers: [...boostingPeers, ...quantized],
      rounds: rounds ?? (many ? 1 : usualRounds),
      targets: trainingTargets,
      aucTolerance,
    }
    for (const number of threads) reports.push(await compareWarm(plan, number, context))
    if (index > 0) continue
    const cold = { ...plan, peers: boostingPeers, rounds: rounds ?? 3, targets: [] }
    reports.push(await compareCold(cold, threads[0]!, context))
  }
  return joinReports(reports)
}

/** Training on columns as customer tables have them. */
export const telcoShaped = variant({
  id: 'telco-shaped',
  about: '40 columns of 2 to 6 values and 3 continuous ones',
  make: telcoShapedData,
  rows: 200_000,
  targets: [{ than: 'lightgbm', ratio: 0.35 }, ...trainingTargets.slice(1)],
})

/** Training with 40 % category columns. */
export const categorical = variant({
  id: 'categorical',
  about: '17 numbers and 11 categories of 3 to 200 values',
  make: categoricalData,
  rows: 200_000,
})

/** Training with 30 % missing values. */
export const missing = variant({
  id: 'missing',
  about: '28 numbers, 30 % missing',
  make: missingData,
  rows: 200_000,
})

/** Training on 500 columns. */
export const wide = variant({
  id: 'wide',
  about: '500 numbers',
  make: wideData,
  rows: 100_000,
  testRows: 20_000,
  rounds: 3,
})

/** Training on telco.csv: warm, and cold in fresh processes. */
export const small: Part = async (context) => {
  const data = storeData(context, await telcoData())
  const { rounds } = context.options
  const plan: TrainingPlan = {
    id: 'small',
    about: `telco, ${data.trainRows} rows`,
    data,
    rows: scaled(data.trainRows, context),
    peers: boostingPeers,
    rounds: rounds ?? usualRounds,
    targets: [{ than: 'fastest', ratio: 0.5 }],
  }
  const reports: PartReport[] = []
  for (const number of threadsOf(context, [1, 2])) {
    reports.push(await compareWarm(plan, number, context), await compareCold(plan, number, context))
  }
  return joinReports(reports)
}

interface Variant extends Partial<Pick<TrainingPlan, 'rounds' | 'targets'>> {
  readonly id: string
  readonly about: string
  readonly make: (trainRows: number, testRows: number) => BenchmarkData
  readonly rows: number
  readonly testRows?: number
}

/** A part that trains on one kind of data. */
function variant({ id, about, make, targets, ...sizes }: Variant): Part {
  return async (context: Context) => {
    const rows = scaled(sizes.rows, context)
    const data = storeData(context, make(rows, scaled(sizes.testRows ?? testRows, context)))
    const plan: TrainingPlan = {
      id,
      about: `${rows} rows: ${about}`,
      data,
      rows,
      peers: boostingPeers,
      rounds: context.options.rounds ?? sizes.rounds ?? usualRounds,
      targets: targets ?? trainingTargets,
      aucTolerance,
    }
    const reports: PartReport[] = []
    for (const number of threadsOf(context, [1])) {
      reports.push(await compareWarm(plan, number, context))
    }
    return joinReports(reports)
  }
}
