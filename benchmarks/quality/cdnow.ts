import { readFileSync } from 'node:fs'
import { epochDay } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { Dataset } from '../../src/dataset/dataset.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { recency } from '../../src/feature/builders/rowBuilders.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { silent } from '../../src/label/silent.js'
import { activeCustomers, inactiveFor } from '../../src/population/rule.js'
import { dayColumn, type Table, tableFrom } from '../../src/table/table.js'
import { foundFile, type QualitySet } from './qualitySet.js'

const testCutoff = epochDay('1998-04-01')
const cutoffs = [epochDay('1997-07-01'), epochDay('1997-10-01'), testCutoff]

/** Known from an independent program: rows with an outcome, and how many of them churned. */
const known = { trainRows: 30_700, testRows: 6055 }

/**
 * Returns CDNOW as a set: purchases through the whole way of the data, one split by time; null where the file is not
 * there. The file is not ours to carry: see README.md for where it is looked for.
 */
export async function cdnowSet(): Promise<QualitySet | null> {
  const file = foundFile('HOLDFAST_CDNOW', 'cdnow_master.txt')
  if (file === null) return null
  const dataset = await datasetOfPurchases(readPurchases(file))
  const rows = Array.from(dataset.cutoffs!, (_, row) => row)
  const train = rows.filter((row) => dataset.cutoffs![row]! < testCutoff)
  const test = rows.filter((row) => dataset.cutoffs![row] === testCutoff)
  if (train.length !== known.trainRows || test.length !== known.testRows) {
    throw new Error(`CDNOW has ${train.length} and ${test.length} rows, expected ${JSON.stringify(known)}`)
  }
  return { name: 'cdnow', dataset, folds: [{ train, test }] }
}

interface Purchases {
  readonly customers: Table
  readonly usage: Table
}

/** Columns in blanks: id, yyyymmdd, number of CDs, dollars; one line a purchase, in the order of id and day. */
function readPurchases(file: string): Purchases {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/).slice(1)
  const cells = lines.map((line) => line.trim().split(/\s+/)).filter((row) => row.length === 4)
  const id = cells.map((row) => row[0]!)
  const day = cells.map((row) => epochDay(row[1]!.replace(/(....)(..)(..)/, '$1-$2-$3')))
  const first = new Map<string, (typeof day)[number]>()
  for (const [row, customer] of id.entries()) if (!first.has(customer)) first.set(customer, day[row]!)
  return {
    customers: tableFrom({
      id: [...first.keys()],
      activatedAt: dayColumn('activatedAt', [...first.values()]),
    }),
    usage: tableFrom({
      id,
      day: dayColumn('day', day),
      discs: cells.map((row) => Number(row[2])),
      dollars: cells.map((row) => Number(row[3])),
    }),
  }
}

const windows = [...[30, 60, 90, 180].map((days) => ({ days })), 'all' as const]

// No tenure: every customer of this file began in the first quarter of 1997, so tenure tells the calendar and not the
// customer, and all of its values in the test lie beyond those in training (log loss .72 with it).
const features: readonly FeatureRule[] = [
  ...windows.flatMap((window) => [
    countOf('usage', window),
    sumOf('usage', 'discs', window),
    sumOf('usage', 'dollars', window),
  ]),
  recency('usage'),
]

async function datasetOfPurchases(sources: Purchases): Promise<Dataset> {
  const history = await openHistory({ ...sources })
  try {
    const plan = churnPlan({
      label: silent({ activeDays: 180, silentDays: 90 }),
      features,
      cutoffs,
      population: activeCustomers({ exclusions: [inactiveFor('usage', 180)] }),
    })
    return await buildDataset(history, plan)
  } finally {
    await history.close()
  }
}
