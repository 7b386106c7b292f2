import { fileURLToPath } from 'node:url'
import { type Random, seededRandom } from '../../../src/base/random.js'
import { fromFlatTable } from '../../../src/dataset/fromFlatTable.js'
import { readTable } from '../../../src/table/readTable.node.js'
import type { BenchmarkColumn, BenchmarkData } from './benchmarkData.js'
import { numbers, withOutcome } from './physics.js'

const smallColumns = 40
// What a customer has, and how many forms it takes: internet, phone, contract, family, age group.
const traits = [3, 2, 3, 2, 4]

/**
 * Returns columns as customer tables have them: 40 of 2 to 6 values, half numbers and half texts, which follow from five
 * hidden traits (who has no internet has none of its options), and tenure, monthly and total charges.
 */
export function telcoShapedData(trainRows: number, testRows: number): BenchmarkData {
  const rows = trainRows + testRows
  const random = seededRandom(5)
  const values = Array.from({ length: smallColumns }, () => new Float64Array(rows))
  const [tenure, monthly, total] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)]
  const margin = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const customer = traits.map((forms) => random.integer(forms))
    values.forEach((column, index) => {
      column[row] = smallValue(customer[index % traits.length]!, index, random)
    })
    tenure[row] = Math.round(72 * random.uniform() ** (1.5 - 0.4 * customer[2]!))
    monthly[row] = 20 + 25 * customer[0]! + 8 * customer[1]! + 5 * random.normal()
    total[row] = tenure[row]! * monthly[row]! * (0.95 + 0.1 * random.uniform())
    margin[row] =
      0.9 * customer[0]! -
      0.9 * customer[2]! -
      0.035 * tenure[row]! +
      0.3 * values[7]![row]! * customer[1]! -
      0.25 * values[11]![row]! +
      0.4 * Number(values[13]![row]! === values[18]![row]!) -
      0.3 * customer[3]!
  }
  const small = values.map((column, index) => smallColumn(column, index))
  const charges = [numbers('tenure', tenure), numbers('monthly', monthly), numbers('total', total)]
  return withOutcome({ columns: [...small, ...charges], margin }, testRows, 6)
}

function cardinality(index: number): number {
  return 2 + ((index * 7) % 5)
}

function smallValue(trait: number, index: number, random: Random): number {
  if (trait === 0 && index % traits.length !== 3) return 0
  const forms = cardinality(index)
  return random.uniform() < 0.6 ? (trait * 3 + index) % forms : random.integer(forms)
}

function smallColumn(values: Float64Array, index: number): BenchmarkColumn {
  if (index % 2 === 0) return numbers(`service${index}`, values)
  const categories = Array.from({ length: cardinality(index) }, (_, code) => `option ${code}`)
  return { name: `service${index}`, values, categories }
}

/** Returns telco.csv, fold 0: the rows whose index from 0 leaves 0 on division by 5 test, the others train. */
export async function telcoData(): Promise<BenchmarkData> {
  const file = fileURLToPath(new URL('../../../examples/data/telco.csv', import.meta.url))
  const { features, outcome } = fromFlatTable(await readTable(file), { label: 'churn' })
  const all = Array.from(outcome.keys())
  const test = all.filter((row) => row % 5 === 0)
  const order = [...test, ...all.filter((row) => row % 5 !== 0)]
  const columns = features.columns.map((column): BenchmarkColumn => {
    const source = column.kind === 'number' ? column.values : column.codes
    const values = Float64Array.from(order, (row) => (column.missing?.has(row) ? Number.NaN : source[row]!))
    return { name: column.name, values, categories: column.kind === 'number' ? null : column.dictionary }
  })
  return { columns, outcome: Uint8Array.from(order, (row) => outcome[row]!), testRows: test.length }
}
