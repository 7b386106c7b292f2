import type { ForestSettings, TreeSettings } from '../protocol.js'

/** Options of `trainBoosting` for settings that all libraries share: no sampling, no stopping. */
export function boostingOptionsFor(settings: TreeSettings): Record<string, unknown> {
  return {
    rounds: settings.trees,
    learningRate: settings.learningRate,
    maxLeaves: settings.leaves,
    maxDepth: settings.depth ?? 32,
    maxBins: settings.bins,
    l2: settings.l2,
    minRowsPerLeaf: settings.minRows,
    minHessianPerLeaf: 0.001,
    rowShare: 1,
    columnShare: 1,
    columnSharePerNode: 1,
    earlyStopping: false,
    threads: settings.threads,
    seed: 1,
  }
}

/** Options of `trainForest` for settings that all libraries share. */
export function forestOptionsFor(settings: ForestSettings): Record<string, unknown> {
  return {
    trees: settings.trees,
    // Counts draws, where scikit-learn counts the different rows drawn: 1 / (1 - 1/e) = 1.58 of them each.
    minRowsPerLeaf: Math.round(1.58 * settings.minRows),
    columnsPerSplit: settings.columnsPerSplit,
    threads: settings.threads,
    seed: 1,
  }
}

/** Returns the options that the schema of this build knows; all where it does not list them. */
export function knownOptions(options: Record<string, unknown>, schema: unknown): Record<string, unknown> {
  const shape = (schema as { shape?: object } | undefined)?.shape
  if (shape === undefined) return options
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(shape, name)))
}
