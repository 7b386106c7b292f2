import { readFileSync, writeFileSync } from 'node:fs'
import type * as core from 'holdfast'
import type { FeatureColumn, FeatureMatrix } from 'holdfast/features'
import type * as models from 'holdfast/models'
import type { TrainControl, TrainingData, TreeModel } from 'holdfast/models'
import type * as tables from 'holdfast/tables'
import type { BenchmarkColumn } from '../data/benchmarkData.js'
import type { Answer, ForestSettings, TreeSettings } from '../protocol.js'
import type { LoadedData } from './data.js'
import { type Library, timed } from './library.js'
import { boostingOptionsFor, forestOptionsFor, knownOptions } from './options.js'

type Package = typeof core & typeof models & typeof tables
type Model = Pick<TreeModel, 'probability' | 'margin' | 'contributions'>
type Train = (data: TrainingData, options: object, control?: TrainControl) => Model | Promise<Model>

/** Opens holdfast as its users import it: the built package. */
export async function open(data: LoadedData): Promise<Library> {
  const entries = [import('holdfast'), import('holdfast/models'), import('holdfast/tables')] as const
  const [core, models, tables] = await Promise.all(entries)
  return new Holdfast({ ...core, ...models, ...tables }, data)
}

class Holdfast implements Library {
  readonly version = 'holdfast'
  readonly #whole: FeatureMatrix
  readonly #rowNumbers: Int32Array
  #model: Model | undefined

  constructor(
    readonly holdfast: Package,
    readonly data: LoadedData,
  ) {
    const columns = data.columns.map((column) => featureColumn(holdfast, column))
    this.#whole = { rowCount: data.outcome.length, columns }
    this.#rowNumbers = Int32Array.from(data.outcome, (_, row) => row)
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

  async reasons(repeats: number): Promise<Answer> {
    const model = this.#trained() as core.ChurnModel
    const scorer = this.holdfast.createScorer(model)
    const count = Math.min(1000, this.data.trainRows)
    const features = this.#rows(this.data.testRows, count)
    const rows = new this.holdfast.Table(features.columns, count).rows()
    const probability = model.probability(features)
    const { seconds } = await timed(() => {
      for (let repeat = 0; repeat < repeats; repeat++) {
        const score = scorer.scoreRow(rows[repeat % count]!)
        if (score.probability !== probability[repeat % count] || score.reasons.length !== 3)
          throw new Error(`Row ${repeat % count} has another score as an object than in a matrix.`)
      }
    })
    return { seconds: seconds / repeats }
  }

  #trained(): Model {
    if (this.#model === undefined) throw new Error('Nothing was trained yet.')
    return this.#model
  }

  /** The rows without copies of their numbers; bitmaps have no views, they are made anew. */
  #rows(from: number, count: number): FeatureMatrix {
    const rows = this.#rowNumbers.subarray(from, from + count)
    const columns = this.#whole.columns.map((column): FeatureColumn => {
      const part = column.missing?.take(rows) ?? null
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

function featureColumn({ numberColumn }: Package, column: BenchmarkColumn): FeatureColumn {
  const { name, values, categories } = column
  const numbers = numberColumn(
    name,
    Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
  )
  if (categories === null) return numbers
  const { missing } = numbers
  return { kind: 'text', name, codes: Int32Array.from(values), dictionary: categories, missing }
}
