import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Answer, ForestSettings } from '../protocol.js'
import type { LoadedData } from './data.js'
import { type Library, timed, unable } from './library.js'

/** The part of ml-random-forest that is used. */
interface Classifier {
  train(rows: number[][], labels: number[]): void
  predictProbability(rows: number[][], label: number): number[]
}

interface MlRandomForest {
  readonly RandomForestClassifier: new (options: object) => Classifier
}

/** Opens ml-random-forest from the folder of its own that the parent names. */
export async function open(data: LoadedData): Promise<Library> {
  const folder = process.env['HOLDFAST_PACKAGES']
  if (folder === undefined) throw new Error('HOLDFAST_PACKAGES is not set.')
  const require = createRequire(folder)
  const { version } = require('ml-random-forest/package.json') as { version: string }
  const { RandomForestClassifier } = require('ml-random-forest') as MlRandomForest
  let model: Classifier | undefined
  return {
    version,
    forest: async (rows: number, settings: ForestSettings): Promise<Answer> => {
      const table = rowsOf(data, data.testRows, rows)
      const labels = Array.from(data.outcome.subarray(data.testRows, data.testRows + rows))
      const classifier = new RandomForestClassifier({
        nEstimators: settings.trees,
        maxFeatures: settings.columnsPerSplit,
        treeOptions: { minNumSamples: settings.minRows },
        useSampleBagging: true,
        replacement: true,
        seed: 1,
        noOOB: true,
      })
      const { seconds } = await timed(() => classifier.train(table, labels))
      model = classifier
      return { seconds }
    },
    predict: async (output: string): Promise<Answer> => {
      if (model === undefined) throw new Error('Nothing was trained yet.')
      const probability = model.predictProbability(rowsOf(data, 0, data.testRows), 1)
      writeFileSync(output, new Uint8Array(Float64Array.from(probability).buffer))
      return { seconds: 0 }
    },
    train: unable,
    import: unable,
    score: unable,
    explain: unable,
    single: unable,
    reasons: unable,
  }
}

/** It reads rows of numbers only: categories by number, missing as 0. */
function rowsOf(data: LoadedData, from: number, count: number): number[][] {
  return Array.from({ length: count }, (_, row) => data.columns.map(({ values }) => values[from + row]! || 0))
}
