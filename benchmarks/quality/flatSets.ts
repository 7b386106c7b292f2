import { fileURLToPath } from 'node:url'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { readTable } from '../../src/table/readTable.node.js'
import { foldsByRow, foundFile, type QualitySet } from './qualitySet.js'

/** Tables with one row a customer: where each lies, and its label. */
const flatTables = {
  telco: { label: 'churn', file: () => carried('telco.csv') },
  'mlc-churn': { label: 'churn', file: () => carried('mlc_churn.csv') },
  internet: { label: 'churn', file: () => foundFile('HOLDFAST_INTERNET', 'internet.csv') },
  'job-change': { label: 'target', file: () => foundFile('HOLDFAST_JOB_CHANGE', 'job_change.csv') },
  'calls-3150': { label: 'Churn', file: () => foundFile('HOLDFAST_CALLS_3150', 'calls_3150.csv') },
} as const

/** Names of the flat sets. */
export const flatNames = Object.keys(flatTables) as (keyof typeof flatTables)[]

/** Returns a table as a set of five folds; null where its file is not there. */
export async function flatSet(name: keyof typeof flatTables): Promise<QualitySet | null> {
  const { label, file } = flatTables[name]
  const found = file()
  if (found === null) return null
  const dataset = fromFlatTable(await readTable(found), { label })
  return { name, dataset, folds: foldsByRow(dataset.outcome.length) }
}

function carried(name: string): string {
  return fileURLToPath(new URL(`../../examples/data/${name}`, import.meta.url))
}
