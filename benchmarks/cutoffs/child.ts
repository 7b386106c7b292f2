// Builds a dataset a week before the end of contracts, in a process of its own: tsx child.ts FOLDER own|global PAIRS
// PAIRS: a file that `own` writes and `global` reads, the pairs of customer and cutoff whose rows both give.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { Dataset } from '../../src/dataset/dataset.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { cancelled } from '../../src/label/cancelled.js'
import { cutoffsBefore } from '../../src/population/ownCutoffs.js'
import { cellOf } from '../../src/table/table.js'

const [folder, arm, pairsFile] = process.argv.slice(2) as [string, 'own' | 'global', string]
const fileOf = (table: string): string => join(folder, `${table}.parquet`)
const history = await openHistory({
  customers: fileOf('customers'),
  usage: fileOf('usage'),
  bills: fileOf('bills'),
  payments: fileOf('payments'),
  plans: fileOf('plans'),
  contacts: fileOf('contacts'),
})
const pairs: string[] = arm === 'own' ? [] : JSON.parse(readFileSync(pairsFile, 'utf8'))
const days = [...new Set(pairs.map((pair) => Number(pair.split('@')[1])))]
const plan = churnPlan({
  label: cancelled({ gapDays: 7, horizonDays: 30 }),
  features: telecomFeatures(history.tables),
  // The same columns on both sides, whatever a model could use
  optionalFeatures: [],
  cutoffs:
    arm === 'own' ? cutoffsBefore('contractEnd', { days: 7, from: '2025-01-01', until: '2025-10-01' }) : days,
})
const before = process.cpuUsage()
const dataset = await buildDataset(history, plan)
const { user, system } = process.cpuUsage(before)
const memory = process.resourceUsage().maxRSS / 1024
await history.close()
const keys = dataset.ids.map((id, row) => `${id}@${dataset.cutoffs![row]}`)
if (arm === 'own') writeFileSync(pairsFile, JSON.stringify(keys))
const wanted = arm === 'own' ? null : new Set(pairs)
const rows = [...keys.keys()].filter((row) => wanted === null || wanted.has(keys[row]!))
const values = rows.map((row) => `${keys[row]} ${dataset.outcome[row]} ${valuesOf(dataset, row).join(' ')}`)
const cutoffs = new Set(dataset.cutoffs).size
process.stdout.write(
  JSON.stringify({
    time: (user + system) / 1e6,
    memory,
    rows: keys.length,
    cutoffs,
    values: values.join('\n'),
  }),
)

/** Nine digits: the engine may add up sums in another order. */
function valuesOf({ features }: Dataset, row: number): string[] {
  return features.columns.map((column) => {
    const cell = cellOf(column, row)
    return typeof cell === 'number' ? cell.toPrecision(9) : String(cell)
  })
}
