import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import type { FeatureMatrix } from '../../../src/base/matrix.js'
import { importLightgbm } from '../../../src/learn/imported/importLightgbm.js'
import { importXgboost } from '../../../src/learn/imported/importXgboost.js'
import type { ImportedModel } from '../../../src/learn/imported/model.js'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { goldenCase, goldenRows, goldenText, importedGolden } from './goldenCases.js'

const read = { lightgbm: importLightgbm, xgboost: importXgboost } as const
const json = ['lightgbm-categories', 'lightgbm-numbers', 'xgboost-codes', 'xgboost-dart', 'xgboost-one-hot']
const text = ['lightgbm-categories', 'lightgbm-codes', 'lightgbm-forest', 'lightgbm-numbers']

/** What comes of a damaged file: a model, or the error; nothing else may be thrown. */
function outcome(library: 'lightgbm' | 'xgboost', content: string): ImportedModel | HoldfastError {
  try {
    return read[library](content)
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}

function expectSentence(error: ImportedModel | HoldfastError): void {
  expect(error).toBeInstanceOf(HoldfastError)
  const { message, problems } = error as HoldfastError
  expect(message).toMatch(/^import(Lightgbm|Xgboost): /)
  for (const { code, wayOut } of problems) {
    expect(code).toMatch(/^(model-(truncated|edited|invalid|version)|option-invalid)$/)
    expect(wayOut).toMatch(/\.$/)
  }
}

/** Where a damage cannot be seen, the model must still be one: finite, and the same from a model file. */
function expectModel(model: ImportedModel, name: string): void {
  const golden = goldenCase(name)
  const columns = goldenRows(golden).columns.filter((column) =>
    model.features.some((spec) => spec.name === column.name && spec.kind === column.kind),
  )
  if (columns.length < model.features.length) return
  const rows = { rowCount: golden.margin.length, columns }
  if (refusesTexts(model, rows)) return
  expect(model.margin(rows).every(Number.isFinite)).toBe(true)
  const { base, values } = model.contributions(rows)
  expect(Number.isFinite(base) && values.every((value) => value.every(Number.isFinite))).toBe(true)
  expect(decodeModel(encodeModel(model)).model.margin(rows)).toEqual(model.margin(rows))
}

/** A file that has lost the texts of its categories is a model of codes, which says so when it is given texts. */
function refusesTexts(model: ImportedModel, rows: FeatureMatrix): boolean {
  try {
    model.margin(rows)
    return false
  } catch (error) {
    if (error instanceof HoldfastError) expect(error.message).toContain('to hold codes of categories')
    return error instanceof HoldfastError
  }
}

describe('a file cut anywhere', () => {
  it.each(json)('%s.json is refused with a sentence', (name) => {
    const whole = goldenText(`${name}.json`).trimEnd()
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (end) => {
        expectSentence(outcome(goldenCase(name).library, whole.slice(0, end)))
      }),
    )
  })

  it.each(text)('%s.txt is refused with a sentence, or nothing that a prediction reads was cut', (name) => {
    const whole = goldenText(`${name}.txt`)
    const golden = goldenCase(name)
    const asksCategories = golden.texts.length > 0
    const needed = asksCategories ? whole.trimEnd().length : whole.indexOf('end of parameters\n') + 18
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (end) => {
        const found = outcome('lightgbm', whole.slice(0, end))
        if (end < needed || found instanceof HoldfastError) return expectSentence(found)
        const expected = importedGolden(golden, `${name}.txt`).margin(goldenRows(golden))
        expect(found.margin(goldenRows(golden))).toEqual(expected)
      }),
      { numRuns: 80 },
    )
  })
})

describe('an edited file', () => {
  it.each(text)('%s.txt with letters changed, taken out or put in is refused or still a model', (name) => {
    const whole = goldenText(`${name}.txt`)
    const end = whole.indexOf('feature_importances')
    const edit = fc.tuple(
      fc.nat(end),
      fc.nat(3),
      fc.constantFrom('', '0', '7', '-', '.', 'e9', ' ', '\n', '=', 'x'),
    )
    fc.assert(
      fc.property(edit, ([at, length, letters]) => {
        const found = outcome('lightgbm', whole.slice(0, at) + letters + whole.slice(at + length))
        if (found instanceof HoldfastError) expectSentence(found)
        else expectModel(found, name)
      }),
      { numRuns: 80 },
    )
  })

  it.each(json)('%s.json with a value replaced or left out is refused or still a model', (name) => {
    const whole = goldenText(`${name}.json`)
    const places = placesOf(JSON.parse(whole))
    const hostile = fc.constantFrom<unknown>(
      undefined,
      null,
      -1,
      0,
      1,
      2 ** 31,
      1e300,
      0.5,
      'text',
      '0',
      '-1',
      '99999999',
      true,
      [],
      {},
      [0],
    )
    fc.assert(
      fc.property(fc.nat(places.length - 1), hostile, (index, value) => {
        const data = JSON.parse(whole)
        setAt(data, places[index]!, value)
        const found = outcome(goldenCase(name).library, JSON.stringify(data))
        if (found instanceof HoldfastError) expectSentence(found)
        else expectModel(found, name)
      }),
      { numRuns: 80 },
    )
  })
})

type Path = readonly (string | number)[]

function placesOf(data: unknown): Path[] {
  if (typeof data !== 'object' || data === null) return [[]]
  const members = Array.isArray(data) ? [...data.entries()] : Object.entries(data)
  return members.flatMap(([key, value]) => [[key], ...placesOf(value).map((path) => [key, ...path])])
}

function setAt(data: unknown, path: Path, value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], data)
  const members = parent as Record<string, unknown>
  members[path.at(-1)!] = value
}
