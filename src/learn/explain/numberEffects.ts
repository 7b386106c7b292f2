import type { NumberColumn, NumberValues } from '../../base/matrix.js'
import type { ExplainedRows } from './explainedRows.js'
import { centred, type LocalEffects, type Predict, withColumn } from './localEffects.js'

/** Returns the accumulated local effects of a number; every row has a value. Two predictions per row. */
export function numberEffects(
  rows: ExplainedRows,
  { name, values }: NumberColumn<NumberValues>,
  bins: number,
  predict: Predict,
): LocalEffects<number> {
  const edges = quantileEdges(values, rows.weight, bins)
  if (edges.length === 0) return { at: [], effect: [], customers: [], centre: [] }
  const binOf = Int32Array.from(values, (value) => binAt(edges, value))
  const at = (place: 0 | 1): Float64Array => {
    const moved = Float64Array.from(binOf, (bin) => edges[Math.min(bin + place, edges.length - 1)]!)
    return predict(withColumn(rows.features, { kind: 'number', name, values: moved, missing: null }))
  }
  const [lower, upper] = [at(0), at(1)]
  const customers = new Array<number>(edges.length - 1).fill(0)
  const differences = new Float64Array(customers.length)
  for (let row = 0; row < binOf.length && customers.length > 0; row++) {
    const bin = binOf[row]!
    customers[bin]! += rows.weight[row]!
    differences[bin]! += rows.weight[row]! * (upper[row]! - lower[row]!)
  }
  const shares = edgeShares(customers)
  const centre = edges.map((edge, index) => ({
    column: (rowCount: number): NumberColumn => {
      return { kind: 'number', name, values: new Float64Array(rowCount).fill(edge), missing: null }
    },
    share: shares[index]!,
  }))
  const steps = differences.map((sum, bin) => sum / customers[bin]!)
  return { at: edges, effect: centred(steps, shares), customers, centre }
}

/** Returns the distinct k/bins quantiles of type 1: the least values up to which at least that share of weight lies. */
function quantileEdges(values: NumberValues, weight: Float64Array, bins: number): number[] {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
  if (order.length === 0) return []
  const total = weight.reduce((sum, each) => sum + each, 0)
  const edges = [values[order[0]!]!]
  let sum = 0
  let bin = 1
  for (const row of order) {
    sum += weight[row]!
    while (bin < bins && sum >= (total * bin) / bins) {
      if (values[row]! > edges.at(-1)!) edges.push(values[row]!)
      bin++
    }
  }
  const greatest = values[order.at(-1)!]!
  if (greatest > edges.at(-1)!) edges.push(greatest)
  return edges
}

/** Returns the bin that a value lies in: `edges[bin] < value <= edges[bin + 1]`, the least edge in bin 0. */
function binAt(edges: readonly number[], value: number): number {
  let [low, high] = [0, Math.max(0, edges.length - 2)]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle + 1]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Each edge stands for half of the customers of the bins beside it. */
function edgeShares(customers: readonly number[]): number[] {
  if (customers.length === 0) return [1]
  const total = customers.reduce((sum, each) => sum + each, 0)
  return Array.from(
    { length: customers.length + 1 },
    (_, edge) => ((customers[edge - 1] ?? 0) + (customers[edge] ?? 0)) / 2 / total,
  )
}
