import { InferenceSession } from 'onnxruntime-web'
import { describe, expect, it } from 'vitest'
import { toOnnx } from '../../src/export/toOnnx.js'
import { codeFeatures } from '../../src/learn/imported/model.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer } from '../../src/score/scorer.js'
import { exportCase, oddData } from './cases.js'
import { onnxScores } from './targets.js'

describe('inputs of ONNX', () => {
  const { scorer, rows } = exportCase('logistic')
  const [number, text] = ['days', 'contract']

  it('a row with an infinite number gives NaN and a blank band, and other rows their scores', async () => {
    const given = [rows[0]!, { ...rows[0]!, [number]: Infinity }, { ...rows[0]!, [number]: -Infinity }]
    const [first, ...refused] = await onnxScores(scorer, given)
    expect(first!.probability).toBeCloseTo(scorer.scoreRow(rows[0]!).probability, 9)
    const none = { probability: Number.NaN, margin: Number.NaN, band: '' }
    expect(refused).toEqual([none, none])
  })

  it('a code that is no whole number gives NaN', async () => {
    const codes = exportCase('xgboost-codes')
    const [code] = codeFeatures(codes.scorer.model)
    const given = ['0', '0.5', '1e300', '-1'].map((text) => ({ ...codes.rows[0]!, [code!]: text }))
    const probability = (await onnxScores(codes.scorer, given)).map((score) => score.probability)
    const expected = ['0', '99999', '-1'].map(
      (each) => codes.scorer.scoreRow({ ...codes.rows[0]!, [code!]: each }).probability,
    )
    for (const [index, at] of [0, 2, 3].entries()) expect(probability[at]).toBeCloseTo(expected[index]!, 9)
    expect(probability[1]).toBeNaN()
  })

  it('a model without rows gives none', async () => {
    expect(await onnxScores(scorer, [])).toEqual([])
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
    const [score] = await onnxScores(named, [{ 'holdfast/0': 3 }])
    expect(score!.probability).toBeCloseTo(named.scoreRow({ 'holdfast/0': 3 }).probability, 9)
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
