import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Comparison, Series } from './comparison.js'
import { type Library, type LibraryName, libraries } from './contenders.js'
import type { BenchmarkData } from './data/benchmarkData.js'
import { writeDataFile } from './data/dataFile.js'
import type { TreesOptions } from './options.js'
import type { Programs } from './packages.js'

/** What every part gets. */
export interface Context {
  readonly options: TreesOptions
  readonly programs: Programs
  /** Temporary, for data and predictions. */
  readonly folder: string
  /** Tells the person at the terminal what runs now. */
  readonly say: (text: string) => void
}

/** What a part found. */
export interface PartReport {
  readonly comparisons: readonly Comparison[]
  readonly versions: Readonly<Record<string, string>>
  readonly notices: readonly string[]
}

/** A part of the benchmark: measures, in processes of its own. */
export type Part = (context: Context) => Promise<PartReport>

/** Data on disk, and what is needed to check predictions. */
export interface DataFile {
  readonly path: string
  readonly trainRows: number
  readonly columns: number
  readonly testOutcome: Uint8Array
  readonly trainOutcome: Uint8Array
}

/** Returns the number of rows at the scale of the run, never too few to train on. */
export function scaled(rows: number, { options }: Context, least = 1000): number {
  return Math.min(rows, Math.max(least, Math.round(rows * options.scale)))
}

/** Returns the threads to measure with: those asked for, or those of the part that the machine has cores for. */
export function threadsOf({ options }: Context, usual: readonly number[]): readonly number[] {
  return options.threads ?? usual.filter((threads) => threads <= availableParallelism())
}

/** Writes the data into the folder of the run, over the file before. */
export function storeData({ folder }: Context, data: BenchmarkData): DataFile {
  const path = join(folder, 'data')
  writeDataFile(path, data)
  return {
    path,
    trainRows: data.outcome.length - data.testRows,
    columns: data.columns.length,
    testOutcome: data.outcome.slice(0, data.testRows),
    trainOutcome: data.outcome.slice(data.testRows),
  }
}

/** Returns holdfast and those of the names that may run and can run here. */
export function contendersOf(names: readonly LibraryName[], { options, programs }: Context): LibraryName[] {
  return (['holdfast', ...names] as const).filter((name) => {
    const { runtime, peer }: Library = libraries[name]
    if (peer === undefined) return true
    const there =
      runtime === 'node' || (runtime === 'python' ? programs.python : programs.rscript) !== undefined
    return there && options.peers.includes(name)
  })
}

/** Returns the series of contenders that ran in turns. */
export function seriesOf(
  names: readonly LibraryName[],
  values: readonly (readonly number[])[],
  rocAuc?: ReadonlyMap<LibraryName, number>,
): Series[] {
  return names.map((name, index): Series => {
    const { peer }: Library = libraries[name]
    const auc = rocAuc?.get(name)
    return {
      name,
      ...(peer === undefined ? {} : { peer }),
      rounds: values[index]!,
      ...(auc === undefined ? {} : { rocAuc: auc }),
    }
  })
}

/** Returns several reports as one. */
export function joinReports(reports: readonly PartReport[]): PartReport {
  return {
    comparisons: reports.flatMap(({ comparisons }) => comparisons),
    versions: Object.assign({}, ...reports.map(({ versions }) => versions)) as Record<string, string>,
    notices: [...new Set(reports.flatMap(({ notices }) => notices))],
  }
}
