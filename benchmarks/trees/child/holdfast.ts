import { readFileSync, writeFileSync } from 'node:fs'
import type * as holdfastPackage from 'holdfast'
import type { FeatureColumn, FeatureMatrix, TrainControl, TrainingData, TreeModel } from 'holdfast'
import type { BenchmarkColumn } from '../data/benchmarkData.js'
import type { Answer, ForestSettings, TreeSettings } from '../protocol.js'
import type { LoadedData } from './data.js'
import { type Library, timed } from './library.js'
import { boostingOptionsFor, forestOptionsFor, knownOptions } from './options.js'

type Package = typeof holdfastPackage
type Model = Pick<TreeModel, 'probability' | 'margin' | 'contributions'>
type Train = (data: TrainingData, options: object, control?: TrainControl) => Model | Promise<Model>

/** Opens holdfast as its users import it: the built package. */
export async function open(data: LoadedData): Promise<Library> {
  return new Holdfast(await import('holdfast'), data)
}

class Holdfast implements Library {
  readonly version = 'holdfast'
  readonly #whole: FeatureMatrix
  #model: Model | undefined

  constructor(
    readonly holdfast: Package,
    readonly data: LoadedData,
  ) {
    const columns = data.columns.map((column) => featureColumn(holdfast, column))
    this.#whole = { rowCount: data.outcome.length, columns }
  }

  async train(rows: number, settings: TreeSettings): Promise<Answer> {
    const { trainBoosting, learners } = this.holdfast
    const options = knownOptions(boostingOptionsFor(settings), learners.boosting.options)
    return this.#timedTraining(trainBoosting as Train, rows, options)
  }

  async forest(rows: number, settings: ForestSettings): Promise<Answer> {
    const { forest } = this.holdfast.learners as { forest?: { options: unknown; train: Train } }
    if (forest === undefined) throw new Error('This build of holdfast has no forest.')
    const options = knownOptions(forestOptionsFor(settings), forest.options)
    return this.#timedTraining((...args) => forest.train(...args), rows, options)
  }

  async #timedTraining(train: Train, rows: number, options: object): Promise<Answer> {
    const { testRows, outcome } = this.data
    const data = { features: this.#rows(testRows, rows), outcome: outcome.slice(testRows, testRows + rows) }
    this.#model = undefined
    let binned: number | null = null
    const start = performance.now()
    const control: TrainControl = {
      onProgress: ({ step, done, total }) => {
        if (step === 'bins' && done === total) binned = performance.now()
      },
    }
    this.#model = await train(data, options, control)
    const seconds = (performance.now() - start) / 1000
    return { seconds, binning: binned === null ? null : (binned - start) / 1000 }
  }

  async predict(output: string): Promise<Answer> {
    const { result, seconds } = await timed(() =>
      this.#trained().probability(this.#rows(0, this.data.testRows)),
    )
    writeNumbers(output, result)
    return { seconds }
  }

  async import(file: string): Promise<Answer> {
    const text = readFileSync(file, 'utf8')
    const { result, seconds } = await timed(() => this.holdfast.importLightgbm(text))
    this.#model = result
    return { seconds }
  }

  async score(rows: number, threads: number, output: string | undefined): Promise<Answer> {
    const matrix = this.#rows(this.data.testRows, rows)
    const { result, seconds } = await timed(() => this.#trained().probability(matrix, { threads }))
    if (output !== undefined) writeNumbers(output, result)
    return { seconds }
  }

  async explain(rows: number): Promise<Answer> {
    const matrix = this.#rows(this.data.testRows, rows)
    const model = this.#trained()
    const { result, seconds } = await timed(() => model.contributions(matrix))
    const explained = result.scale === 'probability' ? model.probability(matrix) : model.margin(matrix)
    const distances = explained.map((value, row) =>
      Math.abs(result.values.reduce((sum, values) => sum + values[row]!, result.base) - value),
    )
    return { seconds, distance: distances.reduce((most, distance) => Math.max(most, distance), 0) }
  }

  async single(repeats: number): Promise<Answer> {
    const model = this.#trained()
    const count = Math.min(1000, this.data.trainRows)
    const rows = Array.from({ length: count }, (_, row) => this.#rows(this.data.testRows + row, 1))
    const { seconds } = await timed(() => {
      for (let repeat = 0; repeat < repeats; repeat++) model.probability(rows[repeat % count]!)
    })
    const together = model.probability(this.#rows(this.data.testRows, count))
    const differs = rows.findIndex((row, index) => model.probability(row)[0] !== together[index])
    if (differs >= 0) throw new Error(`Row ${differs} alone has another probability than among others.`)
    return { seconds: seconds / repeats }
  }

  #trained(): Model {
    if (this.#model === undefined) throw new Error('Nothing was trained yet.')
    return this.#model
  }

  /** The rows without copies of their numbers; bitmaps have no views, they are made anew. */
  #rows(from: number, count: number): FeatureMatrix {
    const { Bitmap } = this.holdfast
    const columns = this.#whole.columns.map((column): FeatureColumn => {
      const { missing } = column
      const part = missing === null ? null : Bitmap.where(count, (row) => missing.has(from + row))
      return column.kind === 'number'
        ? { ...column, values: column.values.subarray(from, from + count), missing: part }
        : { ...column, codes: column.codes.subarray(from, from + count), missing: part }
    })
    return { rowCount: count, columns }
  }
}

function writeNumbers(output: string, { buffer, byteOffset, byteLength }: Float64Array): void {
  writeFileSync(output, new Uint8Array(buffer, byteOffset, byteLength))
}

function featureColumn({ Bitmap }: Package, { name, values, categories }: BenchmarkColumn): FeatureColumn {
  const missing = Bitmap.where(values.length, (row) => Number.isNaN(values[row]!))
  if (categories !== null) {
    return { kind: 'text', name, codes: Int32Array.from(values), dictionary: categories, missing }
  }
  const filled = missing === null ? values : values.map((value) => (Number.isNaN(value) ? 0 : value))
  return { kind: 'number', name, values: filled, missing }
}
