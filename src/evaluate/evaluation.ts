import type { EvaluationFigures } from './evaluationFigures.js'
import { evaluationText } from './evaluationText.js'

const curveNames = ['gains', 'rocCurve', 'precisionRecallCurve', 'calibrationCurve'] as const

type CurveName = (typeof curveNames)[number]

/** An evaluation as plain JSON data. */
export type EvaluationData = Omit<EvaluationFigures, CurveName> & {
  readonly [Name in CurveName]: PlainCurve<EvaluationFigures[Name]>
}

/** A curve with lists in place of typed arrays. */
type PlainCurve<Curve> = {
  readonly [Key in keyof Curve]: Curve[Key] extends Float64Array ? number[] : Curve[Key]
}

/** How good a model is on given customers: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class Evaluation implements EvaluationFigures {
  declare readonly name: EvaluationFigures['name']
  declare readonly customers: EvaluationFigures['customers']
  declare readonly rows: EvaluationFigures['rows']
  declare readonly churners: EvaluationFigures['churners']
  declare readonly baseRate: EvaluationFigures['baseRate']
  declare readonly level: EvaluationFigures['level']
  declare readonly resamples: EvaluationFigures['resamples']
  declare readonly rocAuc: EvaluationFigures['rocAuc']
  declare readonly gini: EvaluationFigures['gini']
  declare readonly kolmogorovSmirnov: EvaluationFigures['kolmogorovSmirnov']
  declare readonly averagePrecision: EvaluationFigures['averagePrecision']
  declare readonly logLoss: EvaluationFigures['logLoss']
  declare readonly brierScore: EvaluationFigures['brierScore']
  declare readonly topShare: EvaluationFigures['topShare']
  declare readonly lift: EvaluationFigures['lift']
  declare readonly bins: EvaluationFigures['bins']
  declare readonly binning: EvaluationFigures['binning']
  declare readonly brierDecomposition: EvaluationFigures['brierDecomposition']
  declare readonly calibrationError: EvaluationFigures['calibrationError']
  declare readonly maximumCalibrationError: EvaluationFigures['maximumCalibrationError']
  declare readonly calibrationLine: EvaluationFigures['calibrationLine']
  declare readonly calibration: EvaluationFigures['calibration']
  declare readonly calibrationCurve: EvaluationFigures['calibrationCurve']
  declare readonly liftTable: EvaluationFigures['liftTable']
  declare readonly gains: EvaluationFigures['gains']
  declare readonly rocCurve: EvaluationFigures['rocCurve']
  declare readonly precisionRecallCurve: EvaluationFigures['precisionRecallCurve']
  declare readonly confusion: EvaluationFigures['confusion']
  declare readonly matthewsCorrelation: EvaluationFigures['matthewsCorrelation']
  declare readonly halfOfChurners: EvaluationFigures['halfOfChurners']
  declare readonly notes: EvaluationFigures['notes']

  constructor(figures: EvaluationFigures) {
    Object.assign(this, figures)
    Object.freeze(this)
  }

  /** Returns the evaluation as an aligned table of at most 80 columns. */
  toString(): string {
    return evaluationText(this)
  }

  /** Returns the evaluation as plain data. */
  toJSON(): EvaluationData {
    const curves = curveNames.map((name) => [name, plainCurve(this[name])])
    return { ...this, ...(Object.fromEntries(curves) as Pick<EvaluationData, CurveName>) }
  }
}

function plainCurve(curve: object): object {
  const members = Object.entries(curve).map(([name, value]) => [
    name,
    value instanceof Float64Array ? [...value] : value,
  ])
  return Object.fromEntries(members) as object
}
