import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeFeatures } from '../../src/learn/imported/model.js'
import { bandName } from '../../src/score/bands.js'
import type { Scorer } from '../../src/score/scorer.js'
import { type ExportRow, exportCase, exportCaseNames, matrixOf } from './cases.js'
import { type ExportedScore, moduleScores, onnxScores, TestDatabase } from './targets.js'

// Every kind of model by every target, over the same rows

/** A target, and how far its numbers may be from the scorer's: margins by their size, where that is above 1. */
interface Target {
  readonly name: string
  readonly tolerance: number
  /** Null where the database does not run here. */
  scores(): ((scorer: Scorer, rows: readonly ExportRow[]) => Promise<ExportedScore[]>) | null
}

const databases: Partial<Record<'duckdb' | 'postgresql', TestDatabase | null>> = {}
const ofDatabase = (name: 'duckdb' | 'postgresql'): ReturnType<Target['scores']> => {
  const database = databases[name]
  return database ? (scorer, rows) => database.scores(scorer, rows) : null
}
const targets: readonly Target[] = [
  { name: 'module', tolerance: 0, scores: () => moduleScores },
  { name: 'ONNX', tolerance: 1e-9, scores: () => onnxScores },
  { name: 'DuckDB', tolerance: 1e-12, scores: () => ofDatabase('duckdb') },
  { name: 'PostgreSQL', tolerance: 1e-12, scores: () => ofDatabase('postgresql') },
]

beforeAll(async () => {
  databases.duckdb = await TestDatabase.open('duckdb')
  databases.postgresql = await TestDatabase.open('postgresql')
}, 60_000)

afterAll(async () => {
  await databases.duckdb?.close()
  await databases.postgresql?.close()
})

function expectScores(
  scorer: Scorer,
  rows: readonly ExportRow[],
  given: readonly ExportedScore[],
  tolerance: number,
) {
  const matrix = matrixOf(scorer.model, rows)
  const [margins, probabilities] = [scorer.model.margin(matrix), scorer.model.probability(matrix)]
  expect(given.length).toBe(rows.length)
  for (const [index, row] of rows.entries()) {
    const [margin, probability, score] = [margins[index]!, probabilities[index]!, given[index]!]
    const shown = JSON.stringify({ row, margin, probability, score })
    expect(Math.abs(score.probability! - probability), shown).toBeLessThanOrEqual(tolerance)
    const size = Math.max(1, Math.abs(margin))
    expect(Math.abs(score.margin! - margin) / size, shown).toBeLessThanOrEqual(tolerance)
    expect(score.band, shown).toBe(bandName(probability, scorer.about.bands))
  }
}

describe.each(targets)('by $name', ({ tolerance, scores }) => {
  it.for(exportCaseNames)('%s: scores are those of the scorer', async (name, { skip }) => {
    const scoresOf = scores() ?? skip('PostgreSQL did not start')
    const { scorer, rows } = exportCase(name)
    expectScores(scorer, rows, await scoresOf(scorer, rows), tolerance)
  })

  const varied = [
    'a calibrated blend of all',
    'lightgbm-zero-missing',
    'xgboost-codes',
    'trees at the ends of the numbers',
  ]
  it.for(varied)('%s: scores of any rows are those of the scorer', async (name, { skip }) => {
    const scoresOf = scores() ?? skip('PostgreSQL did not start')
    const { scorer } = exportCase(name)
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow(scorer), { minLength: 1, maxLength: 60 }), async (rows) => {
        expectScores(scorer, rows, await scoresOf(scorer, rows), tolerance)
      }),
      { numRuns: 5 },
    )
  })
})

/** Rows of any finite numbers and of any texts that databases hold; of codes, whole numbers. */
function anyRow({ model }: Scorer): fc.Arbitrary<ExportRow> {
  const codes = codeFeatures(model)
  const text = fc.string({ unit: 'binary' }).filter((each) => !/[\0\p{Surrogate}]/u.test(each))
  return fc.record(
    Object.fromEntries(
      model.features.map((spec) => {
        const value: fc.Arbitrary<string | number> =
          spec.kind === 'number'
            ? fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -50, max: 50 }))
            : codes.includes(spec.name)
              ? fc.integer({ min: -3, max: 400 }).map(String)
              : fc.oneof(fc.constantFrom(...spec.categories), text)
        return [spec.name, fc.option(value)]
      }),
    ),
  )
}
