/** A node as in other libraries: its children are places in the list of its tree's nodes. */
export type SourceNode = SourceLeaf | NumberSplit | CategorySplit

/** Where a tree ends. */
export interface SourceLeaf {
  readonly kind: 'leaf'
  /** What it adds to the margin, in log odds. */
  readonly value: number
  /** Training rows, or their weight, that end here. */
  readonly cover: number
}

interface Split {
  readonly feature: number
  readonly left: number
  readonly right: number
  readonly missingLeft: boolean
  readonly cover: number
  readonly gain: number
}

/** Numbers up to and including the threshold go left. */
export interface NumberSplit extends Split {
  readonly kind: 'number'
  readonly threshold: number
  /** Zero is read as missing. */
  readonly zeroIsMissing: boolean
}

/** The codes go to their side, all other codes to the opposite one. */
export interface CategorySplit extends Split {
  readonly kind: 'category'
  readonly codes: ReadonlySet<number>
  readonly codesLeft: boolean
}

/** A tree; its first node is the root. */
export interface SourceTree {
  readonly nodes: readonly SourceNode[]
  /** Unreachable nodes: pruned, but still in the file. */
  readonly prunedCount: number
}

/** The categories of a feature: `texts[i]` is written `codes[i]` in the splits. */
export interface SourceCategories {
  readonly codes: readonly number[]
  readonly texts: readonly string[]
  /** True if the texts are just the codes. */
  readonly areCodes: boolean
}

/** What all formats are read into. */
export interface SourceModel {
  /** The library, as the name of the learner. */
  readonly library: ImportedLibrary
  readonly featureNames: readonly string[]
  /** Log odds before the first tree. */
  readonly baseMargin: number
  readonly trees: readonly SourceTree[]
  /** Of every feature that a category split asks. */
  readonly categories: ReadonlyMap<number, SourceCategories>
}

/** Libraries whose models can be imported. */
export type ImportedLibrary = 'lightgbm' | 'xgboost'

/** Returns the categories of a list of texts in the order of their codes. */
export function categoriesOfTexts(texts: readonly string[]): SourceCategories {
  return { codes: texts.map((_, code) => code), texts, areCodes: false }
}

/** Returns the categories of codes of which no texts are known. */
export function categoriesOfCodes(codes: Iterable<number>): SourceCategories {
  const sorted = [...new Set(codes)].sort((a, b) => a - b)
  return { codes: sorted, texts: sorted.map(String), areCodes: true }
}

/** Returns the codes that category splits name, by feature. */
export function askedCodes(trees: readonly SourceTree[]): Map<number, Set<number>> {
  const asked = new Map<number, Set<number>>()
  for (const { nodes } of trees) {
    for (const node of nodes) {
      if (node.kind !== 'category') continue
      const codes = asked.get(node.feature) ?? new Set<number>()
      for (const code of node.codes) codes.add(code)
      asked.set(node.feature, codes)
    }
  }
  return asked
}
