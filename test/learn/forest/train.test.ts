import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMissing } from '../../../src/base/bitmap.js'
import { type FeatureColumn, type FeatureMatrix, numberColumn, textColumn } from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { takeDatasetRows } from '../../../src/dataset/dataset.js'
import { fromFlatTable } from '../../../src/dataset/fromFlatTable.js'
import { logLoss } from '../../../src/evaluate/calibration/probabilityScores.js'
import { rocAuc } from '../../../src/evaluate/ranking/ranking.js'
import { ForestModel } from '../../../src/learn/forest/model.js'
import { trainForest } from '../../../src/learn/forest/train.js'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { readTable } from '../../../src/table/readTable.node.js'
import { largestDifference, rowsOf, sampleData } from '../sample.js'

/** One tree on all rows and columns: nothing is left to chance. */
const certain = { trees: 1, bootstrap: false, columnsPerSplit: 100, minRowsPerLeaf: 1 } as const

function matrixOf(...columns: FeatureColumn[]): FeatureMatrix {
  const [first] = columns
  return { rowCount: first!.kind === 'number' ? first!.values.length : first!.codes.length, columns }
}

function shape({ ensemble }: ForestModel): unknown {
  return [ensemble.feature, ensemble.right, ensemble.threshold, ensemble.missingLeft].map((values) => [
    ...values,
  ])
}

describe('trainForest', () => {
  it('cuts halfway between the values that tell the classes apart', () => {
    const features = matrixOf(numberColumn('x', [1, 2, 4, 5]))
    const model = trainForest({ features, outcome: Uint8Array.of(0, 0, 1, 1) }, certain)
    expect(model.ensemble.threshold[0]).toBe(3)
    expect([...model.probability(features)]).toEqual([1e-15, 1e-15, 1 - 1e-15, 1 - 1e-15])
  })

  it('gives a leaf the share of its churners, drawn to the base rate by priorWeight', () => {
    const features = matrixOf(numberColumn('x', [0, 0, 0, 0, 1, 1, 1, 1]))
    const data = { features, outcome: Uint8Array.of(0, 0, 0, 1, 0, 1, 1, 1) }
    expect([...trainForest(data, certain).probability(features)].slice(3, 5)).toEqual([0.25, 0.75])
    // (1 + 4 · 0.5) / (4 + 4)
    expect(trainForest(data, { ...certain, priorWeight: 4 }).probability(features)[0]).toBe(0.375)
  })

  it('says as gain of a split what it takes off the squared error', () => {
    const features = matrixOf(numberColumn('x', [0, 0, 0, 0, 1, 1, 1, 1]))
    const data = { features, outcome: Uint8Array.of(0, 0, 0, 1, 0, 1, 1, 1) }
    // Before: 8 · ½ · ½ = 2. After: twice 4 · ¼ · ¾ = 0.75.
    expect(trainForest(data, certain).ensemble.gain[0]).toBeCloseTo(2 - 1.5, 12)
  })

  it('learns the side of missing values', () => {
    const features = matrixOf(numberColumn('x', [1, 2, 3, 4, null, null]))
    const upper = trainForest({ features, outcome: Uint8Array.of(0, 0, 1, 1, 1, 1) }, certain)
    const lower = trainForest({ features, outcome: Uint8Array.of(0, 0, 1, 1, 0, 0) }, certain)
    expect(upper.probability(features)[4]).toBe(1 - 1e-15)
    expect(lower.probability(features)[4]).toBe(1e-15)
  })

  it('parts missing values from all others where only they differ', () => {
    const features = matrixOf(numberColumn('x', [1, 2, 3, null, null, null]))
    const model = trainForest({ features, outcome: Uint8Array.of(0, 0, 0, 1, 1, 1) }, certain)
    expect(model.ensemble.threshold[0]).toBe(Number.MAX_VALUE)
    expect(model.probability(matrixOf(numberColumn('x', [1e9, null])))).toEqual(
      Float64Array.of(1e-15, 1 - 1e-15),
    )
  })

  it('sends values that are missing only when predicting to the heavier side', () => {
    const features = matrixOf(numberColumn('x', [1, 2, 3, 4, 5, 6]))
    const model = trainForest({ features, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1) }, certain)
    expect(model.probability(matrixOf(numberColumn('x', [null])))[0]).toBe(1e-15)
  })

  it('divides categories by their share of churners, and reads an unseen one as missing', () => {
    const texts = ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd']
    const features = matrixOf(textColumn('plan', texts))
    const model = trainForest({ features, outcome: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0) }, certain)
    expect(model.ensemble.roots.length).toBe(1)
    expect(model.ensemble.right.length).toBe(3)
    const [unseen, missing] = model.probability(matrixOf(textColumn('plan', ['never seen', null])))
    expect(unseen).toBe(missing)
  })

  it('prefers two categories that tell more to many that tell by chance', () => {
    const random = seededRandom(3)
    const rows = Array.from({ length: 400 }, (_, row) => row)
    const outcome = Uint8Array.from(rows, () => random.integer(2))
    const features = matrixOf(
      textColumn(
        'helps',
        rows.map((row) => (random.uniform() < 0.6 ? 'ab'[outcome[row]!]! : 'ab'[random.integer(2)]!)),
      ),
      textColumn(
        'noise',
        rows.map(() => `state ${random.integer(100)}`),
      ),
    )
    const model = trainForest({ features, outcome }, { ...certain, maxLeaves: 2 })
    expect(model.features[model.ensemble.feature[0]!]!.name).toBe('helps')
  })

  it('keeps minRowsPerLeaf, maxDepth and maxLeaves', () => {
    const data = sampleData(500, 1)
    const { ensemble } = trainForest(data, { ...certain, trees: 5, minRowsPerLeaf: 20 })
    const leaves = [...ensemble.right.keys()].filter((node) => ensemble.right[node] === 0)
    expect(Math.min(...leaves.map((node) => ensemble.cover[node]!))).toBeGreaterThanOrEqual(20)
    expect(trainForest(data, { ...certain, maxDepth: 1 }).ensemble.right.length).toBe(3)
    expect(trainForest(data, { ...certain, maxLeaves: 7 }).ensemble.right.length).toBe(13)
  })

  it('spends maxLeaves on the largest gains first', () => {
    const data = sampleData(500, 1)
    const few = trainForest(data, { ...certain, maxLeaves: 4 })
    const many = trainForest(data, { ...certain, maxLeaves: 400 })
    const gains = (model: ForestModel): number[] => [...model.ensemble.gain].sort((a, b) => b - a)
    // All splits that were open at some time are at most as good as those that came before them or were opened by them.
    expect(gains(few)[0]).toBe(gains(many)[0])
    expect(
      gains(few)
        .slice(0, 3)
        .reduce((a, b) => a + b),
    ).toBeGreaterThan(gains(many)[0]! + gains(many)[3]!)
  })

  it('has covers that add up to the weight of all rows in every tree', () => {
    const data = sampleData(200, 2)
    const weight = Float64Array.from({ length: 200 }, (_, row) => 0.5 + (row % 4))
    const { ensemble } = trainForest({ ...data, weight }, { trees: 10, minRowsPerLeaf: 4 })
    const total = weight.reduce((a, b) => a + b)
    for (const root of ensemble.roots) expect(ensemble.cover[root]).toBe(total)
    ensemble.right.forEach((right, node) => {
      if (right !== 0) expect(ensemble.cover[node]).toBe(ensemble.cover[node + 1]! + ensemble.cover[right]!)
    })
    expect(ensemble.cover.every((cover) => cover > 0)).toBe(true)
  })

  it('is not changed by columns of one value, whatever they hold', () => {
    const data = sampleData(150, 3)
    const constants = [
      numberColumn('aaa', new Array(150).fill(7)),
      numberColumn('zero', new Array(150).fill(null)),
      textColumn('same', new Array(150).fill('text')),
    ]
    const wider = {
      ...data,
      features: { ...data.features, columns: [...constants, ...data.features.columns] },
    }
    const options = { trees: 20, minRowsPerLeaf: 3 }
    expect(trainForest(wider, options).probability(wider.features)).toEqual(
      trainForest(data, options).probability(data.features),
    )
  })

  it('reads weight 0 as an absent row, with bootstrap too', () => {
    const data = sampleData(200, 4)
    const kept = Int32Array.from({ length: 200 }, (_, row) => row).filter((row) => row % 5 !== 0)
    const weight = Float64Array.from({ length: 200 }, (_, row) => (row % 5 === 0 ? 0 : 1))
    const weighted = trainForest({ ...data, weight }, { trees: 20 })
    expect(encodeModel(weighted)).toEqual(encodeModel(trainForest(rowsOf(data, kept), { trees: 20 })))
    expect(weighted.outOfBag!.probability.length).toBe(200)
    expect(weighted.outOfBag!.missing!.has(5)).toBe(true)
  })

  it('does not care for the unit of weights where nothing is counted: numbers, no least weight', () => {
    const { features, outcome } = sampleData(300, 5)
    const numbers = features.columns.filter((column) => column.kind === 'number')
    const data = { features: { ...features, columns: numbers }, outcome }
    const random = seededRandom(8)
    const weight = Float64Array.from({ length: 300 }, () => 1 + random.uniform())
    const options = { trees: 10, minRowsPerLeaf: 1, maxDepth: 4 } as const
    const a = trainForest({ ...data, weight }, options)
    const b = trainForest({ ...data, weight: weight.map((value) => value * 1024) }, options)
    expect(largestDifference(a.probability(data.features), b.probability(data.features))).toBeLessThan(1e-6)
  })

  it('with extra-random splits differs from the best ones and still tells churners apart', () => {
    const data = sampleData(1000, 6)
    const test = sampleData(1000, 7)
    const options = { trees: 100, minRowsPerLeaf: 5 }
    const random = trainForest(data, { ...options, extraRandom: true })
    expect(shape(random)).not.toEqual(shape(trainForest(data, options)))
    expect(rocAuc(random.probability(test.features), test.outcome)).toBeGreaterThan(0.75)
  })

  it.each([{}, { extraRandom: true }, { bootstrap: false, rowShare: 0.5 }])(
    'grows one forest from one seed, another from another: %j',
    (options) => {
      const data = sampleData(200, 9)
      const train = (seed: number): Uint8Array =>
        encodeModel(trainForest(data, { ...options, trees: 5, seed }))
      expect(train(1)).toEqual(train(1))
      expect(train(2)).not.toEqual(train(1))
    },
  )

  it('does not change when its column order does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 60 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        (rowCount, seed, order) => {
          const data = sampleData(rowCount, seed)
          fc.pre(new Set(data.outcome).size === 2)
          const columns = order.map((index) => data.features.columns[index]!)
          const options = { trees: 3, minRowsPerLeaf: 2, seed }
          expect(
            encodeModel(trainForest({ ...data, features: { ...data.features, columns } }, options)),
          ).toEqual(encodeModel(trainForest(data, options)))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('survives degenerate data: one row per class, nothing that varies, one column, more columns than rows', () => {
    const outcome = Uint8Array.of(0, 1)
    const pair = trainForest(
      { features: matrixOf(numberColumn('x', [1, 2])), outcome },
      { minRowsPerLeaf: 1 },
    )
    expect(pair.probability(matrixOf(numberColumn('x', [1, 2])))[1]).toBeGreaterThan(0.5)
    const same = matrixOf(
      numberColumn('x', [3, 3]),
      textColumn('t', ['a', 'a']),
      numberColumn('m', [null, null]),
    )
    const flat = trainForest({ features: same, outcome }, { bootstrap: false })
    expect([...flat.probability(same)]).toEqual([0.5, 0.5].map((value) => expect.closeTo(value, 12)))
    const random = seededRandom(1)
    const wide = matrixOf(
      ...Array.from({ length: 600 }, (_, index) =>
        numberColumn(`c${index}`, Array.from({ length: 30 }, random.normal)),
      ),
    )
    const many = { features: wide, outcome: Uint8Array.from({ length: 30 }, (_, row) => row % 2) }
    expect(trainForest(many, { trees: 10, minRowsPerLeaf: 1 }).probability(wide).every(Number.isFinite)).toBe(
      true,
    )
  })

  it('takes extreme numbers: denormals, -0, the largest', () => {
    const values = [5e-324, -0, 0, Number.MAX_VALUE, -Number.MAX_VALUE, 1]
    const features = matrixOf(numberColumn('x', values))
    const model = trainForest({ features, outcome: Uint8Array.of(1, 0, 0, 1, 0, 1) }, certain)
    expect(model.probability(features).map(Math.round)).toEqual(Float64Array.of(1, 0, 0, 1, 0, 1))
  })

  it('is as good as the best known forest on telco, out of bag and on rows it has not seen', async () => {
    const dataset = fromFlatTable(await readTable('examples/data/telco.csv'), { label: 'churn' })
    const rows = [...dataset.outcome.keys()]
    const train = takeDatasetRows(
      dataset,
      rows.filter((row) => row % 5 !== 0),
    )
    const test = takeDatasetRows(
      dataset,
      rows.filter((row) => row % 5 === 0),
    )
    const model = trainForest(train, { trees: 200 })
    // scikit-learn 1.9.1 on this fold, one-hot, 500 trees, leaf 10: AUC .8348.
    expect(rocAuc(model.probability(test.features), test.outcome)).toBeGreaterThan(0.83)
    const { probability, missing } = model.outOfBag!
    expect(missing).toBeNull()
    // Reference of the five folds: AUC .8476, log loss .4142.
    expect(rocAuc(probability, train.outcome)).toBeGreaterThan(0.84)
    expect(logLoss(probability, train.outcome)).toBeLessThan(0.425)
    expect(model.outOfBag!.logLoss).toBeCloseTo(logLoss(probability, train.outcome), 9)
  })
})

describe('out-of-bag probability', () => {
  it('is the mean over the trees that did not see the row', () => {
    const data = sampleData(120, 11)
    const trees = 15
    const options = { trees, minRowsPerLeaf: 2 }
    const model = trainForest(data, options)
    const { sums, counts } = outOfBagByHand(120, model, data.features, trees)
    const { probability, missing } = model.outOfBag!
    for (let row = 0; row < 120; row++) {
      expect(isMissing(missing, row)).toBe(counts[row] === 0)
      expect(probability[row]).toBeCloseTo(counts[row] === 0 ? 0 : sums[row]! / counts[row]!, 9)
    }
    // A row is left out of a tree with probability (1 - 1/120)^120 = .366: 659 times of 1,800, give or take 20.
    expect(Math.abs(counts.reduce((a, b) => a + b) - 659)).toBeLessThan(80)
  })

  it('comes from trees that saw no row of its customer, and customers without a pattern cannot be told', () => {
    // 60 customers of 8 rows each, noise that hardly changes from row to row, outcomes of one customer all the same
    const random = seededRandom(5)
    const customers = Array.from({ length: 60 }, () => ({
      noise: [random.normal(), random.normal(), random.normal()],
      churned: random.integer(2),
    }))
    const ids = Array.from({ length: 480 }, (_, row) => row % 60)
    const columns = [0, 1, 2].map((place) =>
      numberColumn(
        `noise ${place}`,
        ids.map((id) => customers[id]!.noise[place]! + random.normal() / 1000),
      ),
    )
    const outcome = Uint8Array.from(ids, (id) => customers[id]!.churned)
    const data = { features: { rowCount: 480, columns }, outcome }
    const options = { trees: 40, minRowsPerLeaf: 2 }
    expect(trainForest(data, options).outOfBag!.logLoss).toBeLessThan(0.1)
    const model = trainForest({ ...data, ids }, options)
    // nothing beats the share of churners where there is nothing to learn
    expect(model.outOfBag!.logLoss).toBeGreaterThan(0.69)
    const { sums, counts } = outOfBagByHand(60, model, data.features, 40, ids)
    const { probability, missing } = model.outOfBag!
    for (let row = 0; row < 480; row++) {
      expect(isMissing(missing, row)).toBe(counts[row] === 0)
      expect(probability[row]).toBeCloseTo(counts[row] === 0 ? 0 : sums[row]! / counts[row]!, 9)
    }
  })

  it('keeps exact copies together without ids, and the forest says so', () => {
    const rows = Array.from({ length: 300 }, (_, row) => row % 100)
    const model = trainForest(rowsOf(sampleData(100, 3), rows), { trees: 10 })
    expect(model.notes.join()).toContain('300 of 300 rows have the values of another row')
    expect(trainForest(sampleData(100, 3), { trees: 10 }).notes).toEqual([])
  })

  it('is null where every tree saw every row, and after loading', () => {
    const data = sampleData(100, 1)
    expect(trainForest(data, { trees: 3, bootstrap: false }).outOfBag).toBeNull()
    const loaded = decodeModel(encodeModel(trainForest(data, { trees: 3 }))).model as ForestModel
    expect(loaded.outOfBag).toBeNull()
  })

  it('is known of the share that is not drawn without repetition', () => {
    const model = trainForest(sampleData(100, 1), { trees: 1, bootstrap: false, rowShare: 0.7 })
    expect(model.outOfBag!.missing!.count()).toBe(70)
  })

  it('is worse than what the forest says of rows that it has seen', () => {
    const data = sampleData(400, 12)
    const model = trainForest(data, { trees: 100, minRowsPerLeaf: 1 })
    const seen = rocAuc(model.probability(data.features), data.outcome)
    expect(seen - rocAuc(model.outOfBag!.probability, data.outcome)).toBeGreaterThan(0.1)
  })
})

/** The customers of each tree drawn again, in other code, and its answers read from a forest of it alone. */
function outOfBagByHand(
  customerCount: number,
  model: ForestModel,
  features: FeatureMatrix,
  trees: number,
  customerOf = Array.from({ length: features.rowCount }, (_, row) => row),
): { sums: Float64Array; counts: Int32Array } {
  const sums = new Float64Array(features.rowCount)
  const counts = new Int32Array(features.rowCount)
  for (let tree = 0; tree < trees; tree++) {
    const said = oneTree(model, tree).probability(features)
    const isDrawn = drawnCustomers(customerCount, 1, tree)
    for (let row = 0; row < features.rowCount; row++) {
      if (isDrawn.has(customerOf[row]!)) continue
      sums[row]! += said[row]! * trees
      counts[row]!++
    }
  }
  return { sums, counts }
}

function oneTree(model: ForestModel, tree: number): ForestModel {
  const { ensemble } = model
  const first = ensemble.roots[tree]!
  const end = ensemble.roots[tree + 1] ?? ensemble.right.length
  return new ForestModel(
    model.features,
    model.baseRate,
    {
      roots: Int32Array.of(0),
      feature: ensemble.feature.slice(first, end),
      right: ensemble.right.slice(first, end).map((right) => (right === 0 ? 0 : right - first)),
      threshold: ensemble.threshold.slice(first, end),
      missingLeft: ensemble.missingLeft.slice(first, end),
      categoryStart: ensemble.categoryStart.slice(first, end),
      leftCategories: ensemble.leftCategories,
      value: ensemble.value.slice(first, end),
      cover: ensemble.cover.slice(first, end),
      gain: ensemble.gain.slice(first, end),
    },
    null,
  )
}

/** The customers of a tree: a counter from its seed on, mixed, cut to the bits that are needed, what is too large left out. */
function drawnCustomers(customerCount: number, seed: number, tree: number): Set<number> {
  const word = 2n ** 32n
  const step = 0x9e3779b9n
  const mixed = (value: bigint): bigint => {
    let z = ((value ^ (value >> 16n)) * 0x21f0aaadn) % word
    z = ((z ^ (z >> 15n)) * 0x735a2d97n) % word
    return z ^ (z >> 15n)
  }
  let state = mixed((mixed((BigInt(seed) + step) % word) + BigInt(tree + 1) * step) % word)
  const mask = 2n ** BigInt(Math.ceil(Math.log2(customerCount))) - 1n
  const drawn = new Set<number>()
  for (let draws = 0; draws < customerCount; ) {
    state = (state + step) % word
    const customer = Number(mixed(state) & mask)
    if (customer >= customerCount) continue
    drawn.add(customer)
    draws++
  }
  return drawn
}
