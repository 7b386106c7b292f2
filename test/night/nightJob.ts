import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monthly } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { tenure } from '../../src/feature/builders/customerBuilders.js'
import { recency } from '../../src/feature/builders/rowBuilders.js'
import { cancelled } from '../../src/label/cancelled.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import type { NightConfig, NightOutput } from '../../src/night/nightConfig.js'
import { createScorer } from '../../src/score/scorer.js'
import { saveScorer } from '../../src/score/scorer.node.js'
import { simulateTables } from '../../src/simulate/operator.js'
import type { Table } from '../../src/table/table.js'
import { writeTable } from '../../src/table/writeTable.node.js'

/** A folder with a small history in files, a model of it, and a job that scores it. */
export interface TestJob {
  readonly folder: string
  /** The configuration, for `runNight`; outputs are in `out/` of the folder. */
  config(outputs: readonly NightOutput[], other?: Partial<NightConfig>): NightConfig
  /** Writes the configuration to a file, with paths relative to it, for the command line. */
  configFile(outputs: readonly NightOutput[], other?: Partial<NightConfig>): Promise<string>
  /** Replaces the rows of a table. */
  write(table: string, rows: Table): Promise<void>
  readonly tables: Readonly<Record<'customers' | 'usage' | 'bills' | 'payments', Table>>
  remove(): Promise<void>
}

/** The history goes on until 2025-01-01; the model was trained on outcomes until 2024-08-30. */
export const trainedUntil = '2024-08-30'

/** Makes a job on the simulated history of some hundred customers. */
export async function makeJob(customers = 300): Promise<TestJob> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-night-'))
  await Promise.all(['data', 'out'].map((name) => mkdir(join(folder, name))))
  const {
    customers: all,
    usage,
    bills,
    payments,
  } = simulateTables({
    customers,
    months: 12,
    firstMonth: '2024-01',
    seed: 5,
  })
  const tables = { customers: all, usage, bills, payments }
  for (const [name, table] of Object.entries(tables))
    await writeTable(table, join(folder, 'data', `${name}.parquet`))
  const history = await openHistory(tables)
  const plan = churnPlan({
    // A window of 60 days: the last cutoff's ends on 2024-08-30
    label: cancelled({ gapDays: 0, horizonDays: 60 }),
    features: [
      sumOf('usage', 'minutes', { months: 1 }),
      sumOf('bills', 'amount', { months: 3 }),
      recency('payments'),
      tenure(),
    ],
    cutoffs: monthly('2024-04', '2024-07'),
  })
  const dataset = await buildDataset(history, plan)
  await history.close()
  await saveScorer(createScorer(trainLogistic(dataset), dataset), join(folder, 'churn.model'))
  const relative = (outputs: readonly NightOutput[], other: Partial<NightConfig> = {}): NightConfig => ({
    model: 'churn.model',
    state: 'state',
    history: Object.fromEntries(Object.keys(tables).map((name) => [name, `data/${name}.parquet`])),
    outputs,
    completeUntil: '2025-01-01',
    rowsPerChunk: 64,
    ...other,
  })
  return {
    folder,
    tables,
    config: (outputs, other) => {
      const { model, state, history: files, ...rest } = relative(outputs, other)
      return {
        ...rest,
        model: join(folder, model),
        state: join(folder, state),
        history: Object.fromEntries(
          Object.entries(files!).map(([name, source]) => [
            name,
            typeof source === 'string' ? join(folder, source) : source!,
          ]),
        ),
        outputs: outputs.map((each) => ('file' in each ? { ...each, file: join(folder, each.file) } : each)),
      }
    },
    async configFile(outputs, other) {
      const path = join(folder, 'nightly.json')
      await writeFile(path, JSON.stringify(relative(outputs, other)))
      return path
    },
    write: (name, rows) => writeTable(rows, join(folder, 'data', `${name}.parquet`)),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Returns what a promise is refused with. */
export async function refusal(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => new Error('it was not refused'),
    (cause: unknown) => cause,
  )
  if (error instanceof HoldfastError) return error
  throw error
}
