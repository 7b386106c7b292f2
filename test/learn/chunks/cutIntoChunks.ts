import type { TrainingData } from '../../../src/learn/contract.js'
import { rowsOf } from '../sample.js'

/** The data in chunks of these lengths, again and again; the last is what is left. */
export function cutIntoChunks(data: TrainingData, lengths: readonly number[]): TrainingData[] {
  const chunks: TrainingData[] = []
  const { rowCount } = data.features
  for (let first = 0, index = 0; first < rowCount; index++) {
    const length = Math.min(lengths[index % lengths.length]!, rowCount - first)
    const chunk = rowsOf(
      data,
      Array.from({ length }, (_, row) => first + row),
    )
    chunks.push({ ...chunk, features: withOwnDictionaries(chunk.features) })
    first += length
  }
  return chunks
}

/** Texts in another order than in other chunks, as whoever reads a file in parts would have them. */
function withOwnDictionaries(features: TrainingData['features']): TrainingData['features'] {
  return {
    ...features,
    columns: features.columns.map((column) => {
      if (column.kind === 'number') return column
      const dictionary = [...new Set(Array.from(column.codes, (code) => column.dictionary[code]!))]
      const codes = column.codes.map((code) => dictionary.indexOf(column.dictionary[code]!))
      return { ...column, codes, dictionary }
    }),
  }
}
