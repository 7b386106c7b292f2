import { describe, expect, it } from 'vitest'
import { numberColumn, textColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { checkTraining } from '../../../src/learn/check.js'
import type { TrainingData } from '../../../src/learn/contract.js'
import { layForest } from '../../../src/learn/forest/forestMemory.js'
import { type ForestKernels, plainKernels, webAssemblyKernels } from '../../../src/learn/forest/kernels.js'
import { type ForestOptions, forestOptions } from '../../../src/learn/forest/options.js'
import { growForest } from '../../../src/learn/forest/train.js'
import { TreeCollector } from '../../../src/learn/forest/treeCollector.js'
import { growTogether } from '../../../src/learn/forest/treeTeam.js'
import { binsOf } from '../../../src/learn/tree/bins.js'
import { sampleData } from '../sample.js'

/** Numbers of few and of many values, with and without missing ones; texts of 2, 40 and 300 values; weights. */
function variedData(rowCount: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  const rows = Array.from({ length: rowCount }, (_, row) => row)
  const orMissing = <Value>(value: Value, share: number): Value | null =>
    random.uniform() < share ? null : value
  const numbers = (name: string, draw: () => number, missing: number) =>
    numberColumn(
      name,
      rows.map(() => orMissing(draw(), missing)),
    )
  const texts = (name: string, count: number, missing: number) =>
    textColumn(
      name,
      rows.map(() => orMissing(`${name} ${Math.floor(random.uniform() ** 2 * count)}`, missing)),
    )
  const columns = [
    numbers('normal', random.normal, 0),
    numbers('gaps', random.normal, 0.4),
    numbers('flag', () => random.integer(2), 0),
    numbers('few', () => random.integer(7), 0.1),
    numbers('mostlyMissing', () => 1, 0.9),
    texts('two', 2, 0),
    texts('forty', 40, 0.05),
    texts('manyTexts', 300, 0.2),
  ]
  const outcome = Uint8Array.from(rows, (row) => {
    const [normal, flag] = [columns[0]!, columns[2]!].map((column) =>
      column.kind === 'number' ? column.values[row]! : 0,
    )
    return random.uniform() < 1 / (1 + Math.exp(1 - normal! - flag!)) ? 1 : 0
  })
  const weight = Float64Array.from(rows, () => random.uniform() * 3)
  return { features: { rowCount, columns }, outcome, ...(seed % 2 === 0 ? { weight } : {}) }
}

function grown(kernels: ForestKernels, data: TrainingData, options: ForestOptions): unknown {
  const training = checkTraining('test', forestOptions, options, data)
  const model = growForest(training, data, kernels, undefined)
  return { state: model.state(), outOfBag: model.outOfBag }
}

describe('kernels of the forest', () => {
  it.each<ForestOptions>([
    {},
    { minRowsPerLeaf: 1 },
    { extraRandom: true, minRowsPerLeaf: 2 },
    { bootstrap: false },
    { bootstrap: false, rowShare: 0.4 },
    { rowShare: 0.5, columnsPerSplit: 1 },
    { columnsPerSplit: 100 },
    { maxLeaves: 9 },
    { maxDepth: 3, priorWeight: 5 },
    { maxBins: 8, categorySmoothing: 0, seed: 12 },
  ])('give the same forest in TypeScript as in WebAssembly, to the bit: %j', (options) => {
    const ids = Array.from({ length: 900 }, (_, row) => (row * 7) % 250)
    const several = { ...variedData(900, 3), ids }
    for (const data of [variedData(900, 1), variedData(900, 2), sampleData(40, 3), several]) {
      const quick = { trees: 6, ...options }
      expect(grown(plainKernels('test'), data, quick)).toEqual(grown(webAssemblyKernels('test'), data, quick))
    }
  })

  it('grow the same trees whatever was grown before', () => {
    const data = sampleData(100, 1)
    const few = grown(webAssemblyKernels('test'), data, { trees: 1 }) as {
      state: { trees: { right: number[] } }
    }
    const many = grown(webAssemblyKernels('test'), data, { trees: 3 }) as typeof few
    expect(many.state.trees.right.slice(0, few.state.trees.right.length)).toEqual(few.state.trees.right)
  })

  it('grow the same trees where codes are kept row by row too, for up to 64 columns and for more', () => {
    const echoes = Array.from({ length: 70 }, (_, index) => {
      const random = seededRandom(index)
      return numberColumn(`echo ${index}`, Array.from({ length: 900 }, random.normal))
    })
    const narrow = variedData(900, 1)
    const wide = { ...narrow, features: { rowCount: 900, columns: [...narrow.features.columns, ...echoes] } }
    for (const data of [narrow, wide]) expect(treesOf(data, 0)).toEqual(treesOf(data, 2 ** 30))
  })
})

/** Trees of the kernels in WebAssembly, with codes kept row by row from so many values on. */
function treesOf(data: TrainingData, mostCached: number): unknown {
  const kernels = webAssemblyKernels('test')
  const training = checkTraining('test', forestOptions, { trees: 4, minRowsPerLeaf: 2 }, data)
  const bins = binsOf(training.features, training.weight, 255)
  const layout = layForest(kernels.memory, training, null, training.features, bins, 1, mostCached)
  expect(layout.contexts[0]!.rowCodes > 0).toBe(mostCached === 0)
  const collector = new TreeCollector({ bins, features: Int32Array.from(bins.keys()) }, 4, layout.weightUnits)
  growTogether({ operation: 'test', kernels, layout, collector, onTree: () => undefined })
  return collector.build()
}
