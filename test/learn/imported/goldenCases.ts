import { readFileSync } from 'node:fs'
import { type FeatureMatrix, numberColumn, textColumn } from '../../../src/base/matrix.js'
import { importLightgbm } from '../../../src/learn/imported/importLightgbm.js'
import { importXgboost } from '../../../src/learn/imported/importXgboost.js'
import type { ImportedModel } from '../../../src/learn/imported/model.js'

const folder = new URL('../../golden/learn/imported/', import.meta.url)

/** What a library says of its own model, in `test/golden/learn/imported/cases.json`. */
export interface GoldenCase {
  readonly name: string
  readonly library: 'lightgbm' | 'xgboost'
  readonly files: readonly string[]
  readonly columns: Readonly<Record<string, readonly (number | string | null)[]>>
  readonly texts: readonly string[]
  readonly margin: readonly number[]
  readonly probability: readonly number[]
  readonly base: number
  /** Texts of categories that the file lacks. */
  readonly given?: Readonly<Record<string, readonly string[]>>
  readonly contributions: Readonly<Record<string, readonly number[]>>
}

/** All cases that models.py wrote. */
export const goldenCases: readonly GoldenCase[] = JSON.parse(goldenText('cases.json')).cases

/** Returns the content of a file that a library wrote. */
export function goldenText(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8')
}

/** Returns the case of that name. */
export function goldenCase(name: string): GoldenCase {
  return goldenCases.find((golden) => golden.name === name)!
}

/** Returns the model of a file of a case. */
export function importedGolden({ library, given }: GoldenCase, file: string): ImportedModel {
  const importModel = library === 'lightgbm' ? importLightgbm : importXgboost
  return importModel(goldenText(file), { categories: given })
}

/** Returns the rows that the library was asked about. */
export function goldenRows(golden: GoldenCase): FeatureMatrix {
  const columns = Object.entries(golden.columns).map(([name, values]) =>
    golden.texts.includes(name)
      ? textColumn(name, values as (string | null)[])
      : numberColumn(name, values as (number | null)[]),
  )
  return { rowCount: golden.margin.length, columns }
}
