import type { EvaluationFigures } from './evaluationFigures.js'
import { evaluationText } from './evaluationText.js'

/** An evaluation as plain JSON data. */
export type EvaluationData = Omit<EvaluationFigures, 'gains'> & {
  readonly gains: { readonly contactedShare: number[]; readonly caughtShare: number[] }
}

/** How good a model is on given customers: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class Evaluation implements EvaluationFigures {
  declare readonly name: EvaluationFigures['name']
  declare readonly customers: EvaluationFigures['customers']
  declare readonly churners: EvaluationFigures['churners']
  declare readonly baseRate: EvaluationFigures['baseRate']
  declare readonly level: EvaluationFigures['level']
  declare readonly resamples: EvaluationFigures['resamples']
  declare readonly rocAuc: EvaluationFigures['rocAuc']
  declare readonly averagePrecision: EvaluationFigures['averagePrecision']
  declare readonly logLoss: EvaluationFigures['logLoss']
  declare readonly brierScore: EvaluationFigures['brierScore']
  declare readonly topShare: EvaluationFigures['topShare']
  declare readonly lift: EvaluationFigures['lift']
  declare readonly bins: EvaluationFigures['bins']
  declare readonly binning: EvaluationFigures['binning']
  declare readonly calibrationError: EvaluationFigures['calibrationError']
  declare readonly calibrationLine: EvaluationFigures['calibrationLine']
  declare readonly calibration: EvaluationFigures['calibration']
  declare readonly liftTable: EvaluationFigures['liftTable']
  declare readonly gains: EvaluationFigures['gains']
  declare readonly confusion: EvaluationFigures['confusion']
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
    const { contactedShare, caughtShare } = this.gains
    return { ...this, gains: { contactedShare: [...contactedShare], caughtShare: [...caughtShare] } }
  }
}
