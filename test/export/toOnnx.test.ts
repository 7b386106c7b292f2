import { InferenceSession, Tensor } from 'onnxruntime-web'
import { describe, expect, it } from 'vitest'
import { toOnnx } from '../../src/export/toOnnx.js'
import { codeFeatures } from '../../src/learn/imported/model.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer, type Scorer } from '../../src/score/scorer.js'
import { type ExportRow, exportCases, matrixOf, oddData } from './cases.js'

/** What a model gives, one value for each row. */
interface OnnxScores {
  readonly probability: Float64Array
  readonly margin: Float64Array
  readonly band: readonly string[]
}

const categoryOf = (text: string): string => text.trim().normalize('NFC')

/** Scores rows by onnxruntime, texts as they are. */
async function scoresOf(scorer: Scorer, rows: readonly ExportRow[]): Promise<OnnxScores> {
  const codes = codeFeatures(scorer.model)
  const session = await InferenceSession.create(toOnnx(scorer))
  const inputs = scorer.model.features.map(({ name, kind }) => {
    const cells = rows.map((row) => row[name] ?? null)
    const tensor =
      kind === 'number' || codes.includes(name)
        ? new Tensor(
            'float64',
            Float64Array.from(cells, (cell) => (cell === null || cell === '' ? Number.NaN : Number(cell))),
            [rows.length, 1],
          )
        : new Tensor(
            'string',
            cells.map((cell) => (cell === null ? '' : categoryOf(String(cell)))),
            [rows.length, 1],
          )
    return [name, tensor] as const
  })
  const outputs = await session.run(Object.fromEntries(inputs))
  await session.release()
  return {
    probability: outputs['probability']!.data as Float64Array,
    margin: outputs['margin']!.data as Float64Array,
    band: outputs['band']!.data as unknown as string[],
  }
}

describe('every kind of model as ONNX', () => {
  it.each(exportCases())('$name: scores are those of the scorer, to 1e-9', async ({ scorer, rows }) => {
    const scores = await scoresOf(scorer, rows)
    const matrix = matrixOf(scorer.model, rows)
    const [margin, probability] = [scorer.model.margin(matrix), scorer.model.probability(matrix)]
    for (const [index, row] of rows.entries()) {
      const at = scorer.model.features.length === 0 ? 0 : index
      const message = JSON.stringify({ row, margin: margin[index], given: scores.margin[at] })
      expect(Math.abs(scores.probability[at]! - probability[index]!), message).toBeLessThan(1e-9)
      expect(
        Math.abs(scores.margin[at]! - margin[index]!) / Math.max(1, Math.abs(margin[index]!)),
        message,
      ).toBeLessThan(1e-9)
      expect(scores.band[at]).toBe(scorer.scoreRow(row, { reasons: 0 }).band)
    }
  })
})

describe('inputs of ONNX', () => {
  const { scorer, rows } = exportCases().find(({ name }) => name === 'logistic')!
  const [number, text] = ['days', 'contract']

  it('a row with an infinite number gives NaN and a blank band, and other rows their scores', async () => {
    const given = [rows[0]!, { ...rows[0]!, [number]: Infinity }, { ...rows[0]!, [number]: -Infinity }]
    const { probability, margin, band } = await scoresOf(scorer, given)
    expect(probability[0]).toBeCloseTo(scorer.scoreRow(rows[0]!).probability, 9)
    expect([...probability.slice(1), ...margin.slice(1)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
    expect(band.slice(1)).toEqual(['', ''])
  })

  it('a code that is no whole number gives NaN', async () => {
    const codes = exportCases().find(({ name }) => name === 'xgboost-codes.json')!
    const [code] = codeFeatures(codes.scorer.model)
    const given = ['0', '0.5', '1e300', '-1'].map((text) => ({ ...codes.rows[0]!, [code!]: text }))
    const { probability } = await scoresOf(codes.scorer, given)
    const expected = ['0', '99999', '-1'].map(
      (each) => codes.scorer.scoreRow({ ...codes.rows[0]!, [code!]: each }).probability,
    )
    for (const [index, at] of [0, 2, 3].entries()) expect(probability[at]).toBeCloseTo(expected[index]!, 9)
    expect(probability[1]).toBeNaN()
  })

  it('a model without rows gives none', async () => {
    expect((await scoresOf(scorer, [])).probability.length).toBe(0)
  })

  it('a feature named like an output is refused, and so is one without a name', () => {
    for (const name of ['margin', 'band', '']) {
      const data = oddData(100, 2)
      const features = { rowCount: 100, columns: [{ ...data.features.columns[0]!, name }] }
      const named = createScorer(trainLogistic({ ...data, features }))
      expect(() => toOnnx(named)).toThrow(
        name === '' ? /a name that is not blank/ : /named other than the outputs/,
      )
    }
  })

  it('a feature that is named like values inside the graph is no other than itself', async () => {
    const data = oddData(100, 2)
    const features = { rowCount: 100, columns: [{ ...data.features.columns[2]!, name: 'holdfast/0' }] }
    const named = createScorer(trainLogistic({ ...data, features }))
    const { probability } = await scoresOf(named, [{ 'holdfast/0': 3 }])
    expect(probability[0]).toBeCloseTo(named.scoreRow({ 'holdfast/0': 3 }).probability, 9)
  })

  it('the inputs are the features, by name and type', async () => {
    const session = await InferenceSession.create(toOnnx(scorer))
    const types = session.inputMetadata.map((input) => (input.isTensor ? [input.name, input.type] : []))
    expect(types).toEqual(
      scorer.model.features.map(({ name, kind }) => [name, kind === 'number' ? 'float64' : 'string']),
    )
    expect(session.outputNames).toEqual(['probability', 'margin', 'band'])
    expect(types).toContainEqual([text, 'string'])
  })
})
