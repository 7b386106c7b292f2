import { type FeatureMatrix, type FeatureSpec, numberColumn, textColumn } from '../../../src/base/matrix.js'
import { type Random, seededRandom } from '../../../src/base/random.js'
import { type AlignedColumn, FeatureAligner } from '../../../src/learn/align.js'
import { categoryWordCount, type TreeEnsemble } from '../../../src/learn/tree/ensemble.js'

/** What a random ensemble looks like. */
export interface EnsembleShape {
  readonly trees: number
  /** Splits of a tree at most. */
  readonly splits: number
  readonly numbers: number
  readonly texts: number
  /** Categories of each text feature. */
  readonly categories: number
  /** Grows one long branch instead of splitting anywhere. */
  readonly chain?: boolean
  /** Thresholds come from so few values; left out = any number. */
  readonly levels?: number
}

export interface RandomEnsemble {
  readonly ensemble: TreeEnsemble
  readonly specs: readonly FeatureSpec[]
}

interface GrowingNode {
  left: GrowingNode | null
  right: GrowingNode | null
  cover: number
}

/** Returns trees of random shape that ask random questions, with covers that add up. */
export function randomEnsemble(shape: EnsembleShape, seed: number): RandomEnsemble {
  const random = seededRandom(seed)
  const specs: FeatureSpec[] = [
    ...Array.from({ length: shape.numbers }, (_, index) => ({ kind: 'number' as const, name: `n${index}` })),
    ...Array.from({ length: shape.texts }, (_, index) => ({
      kind: 'text' as const,
      name: `t${index}`,
      categories: Array.from({ length: shape.categories }, (_, category) => `c${category}`),
    })),
  ]
  const arrays = {
    roots: [] as number[],
    feature: [] as number[],
    right: [] as number[],
    threshold: [] as number[],
    missingLeft: [] as number[],
    categoryStart: [] as number[],
    leftCategories: [0],
    value: [] as number[],
    cover: [] as number[],
    gain: [] as number[],
  }
  const add = (node: GrowingNode): void => {
    const index = arrays.right.length
    const isLeaf = node.left === null
    const feature = isLeaf ? 0 : random.integer(specs.length)
    const isText = !isLeaf && specs[feature]!.kind === 'text'
    arrays.feature.push(feature)
    arrays.right.push(0)
    arrays.threshold.push(isLeaf || isText ? 0 : randomNumber(random, shape.levels))
    arrays.missingLeft.push(isLeaf ? 0 : random.integer(2))
    arrays.categoryStart.push(isText ? arrays.leftCategories.length : 0)
    if (isText) {
      for (let word = 0; word < categoryWordCount(shape.categories); word++) {
        const bits = Math.min(32, shape.categories - word * 32)
        arrays.leftCategories.push(Math.floor(random.uniform() * 2 ** bits))
      }
    }
    arrays.value.push(isLeaf ? random.normal() : 0)
    arrays.cover.push(node.cover)
    arrays.gain.push(isLeaf ? 0 : random.uniform())
    if (isLeaf) return
    add(node.left!)
    arrays.right[index] = arrays.right.length
    add(node.right!)
  }
  for (let tree = 0; tree < shape.trees; tree++) {
    arrays.roots.push(arrays.right.length)
    add(randomTree(shape, random))
  }
  return {
    specs,
    ensemble: {
      roots: Int32Array.from(arrays.roots),
      feature: Int32Array.from(arrays.feature),
      right: Int32Array.from(arrays.right),
      threshold: Float64Array.from(arrays.threshold),
      missingLeft: Uint8Array.from(arrays.missingLeft),
      categoryStart: Int32Array.from(arrays.categoryStart),
      leftCategories: Uint32Array.from(arrays.leftCategories),
      value: Float64Array.from(arrays.value),
      cover: Float64Array.from(arrays.cover),
      gain: Float64Array.from(arrays.gain),
    },
  }
}

function randomTree({ splits, chain }: EnsembleShape, random: Random): GrowingNode {
  const root: GrowingNode = { left: null, right: null, cover: 0 }
  const leaves = [root]
  const count = chain === true ? splits : random.integer(splits + 1)
  for (let split = 0; split < count; split++) {
    const place = chain === true ? leaves.length - 1 : random.integer(leaves.length)
    const [leaf] = leaves.splice(place, 1)
    leaf!.left = { left: null, right: null, cover: 0 }
    leaf!.right = { left: null, right: null, cover: 0 }
    const children = [leaf!.left, leaf!.right]
    leaves.push(...(random.integer(2) === 0 ? children : children.reverse()))
  }
  setCovers(root, random)
  return root
}

function setCovers(node: GrowingNode, random: Random): number {
  node.cover =
    node.left === null
      ? 1 + random.integer(50)
      : setCovers(node.left, random) + setCovers(node.right!, random)
  return node.cover
}

const edges = [
  0,
  -0,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  1e300,
  -1e-300,
]

function randomNumber(random: Random, levels: number | undefined): number {
  if (random.uniform() < 0.03) return edges[random.integer(edges.length)]!
  if (levels !== undefined) return random.integer(levels)
  return random.normal() * 10 ** (random.integer(5) - 2)
}

/** Returns rows for such an ensemble: thresholds among the values, missing ones, edges, and texts it has not seen. */
export function randomRows(
  { ensemble, specs }: RandomEnsemble,
  rowCount: number,
  seed: number,
): FeatureMatrix {
  const random = seededRandom(seed)
  const nodes = ensemble.right.length
  const columns = specs.map((spec, feature) => {
    const share = [0, 0.1, 0.5][feature % 3]!
    const isAbsent = (): boolean => random.uniform() < share
    if (spec.kind === 'number') {
      const value = (): number =>
        random.uniform() < 0.3 ? ensemble.threshold[random.integer(nodes)]! : randomNumber(random, undefined)
      return numberColumn(
        spec.name,
        Array.from({ length: rowCount }, () => (isAbsent() ? null : value())),
      )
    }
    const texts = [...spec.categories, 'never heard of'].toReversed()
    const text = (): string => texts[random.integer(texts.length)]!
    return textColumn(
      spec.name,
      Array.from({ length: rowCount }, () => (isAbsent() ? null : text())),
    )
  })
  return { rowCount, columns }
}

export function alignedRows(specs: readonly FeatureSpec[], matrix: FeatureMatrix): AlignedColumn[] {
  return new FeatureAligner(specs).align('test', matrix)
}
