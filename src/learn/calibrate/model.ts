import { inNameOf } from '../../base/errors.js'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import type { ChurnModel, Contributions } from '../contract.js'
import { probabilityOf } from '../margin.js'
import {
  contentOf,
  modelContentSchema,
  type Restore,
  type Restorers,
  restoreChecked,
} from '../modelContent.js'
import { type NestingModel, refuseDeepNesting } from '../nesting.js'
import type { PredictOptions } from '../predictOptions.js'
import { rescaledContributions, type ScoreCurve } from '../rescaledContributions.js'
import { checkState, refuseModel } from '../restore.js'
import { type Calibration, calibrationSchema } from './calibration.js'
import { type Calibrator, calibratorSchema, curveOf, probabilityCurve } from './calibrator.js'
import type { MarginCurve } from './marginCurve.js'

/**
 * A churn-risk model whose probabilities are put right by a curve; see `calibrate`, `trainCalibrated`, `shiftPrior`,
 * `matchBaseRate` and `trainWithClassWeight`.
 *
 * Contributions are those of the inner model, in its scale, each times what the curve rises by on the straight way from
 * the inner base to the score, divided by the length of that way: they add up to the calibrated score exactly. Their
 * base is what the curve makes of the inner base. Interactions and contributions against a background are asked of the
 * inner `model`.
 */
export class CalibratedModel<Facts extends Calibration | null = Calibration | null> implements NestingModel {
  readonly learner = 'calibrated'
  readonly features: readonly FeatureSpec[]
  readonly #curve: MarginCurve

  constructor(
    /** The model whose probabilities are put right. */
    readonly model: ChurnModel,
    /** What is done to them. */
    readonly calibrator: Calibrator,
    /** Weighted share of churners that the probabilities stand for: of the rows that calibrated, or shifted to. */
    readonly baseRate: number,
    /** How it was calibrated and what that brought; null of a model that is moved to another base rate. */
    readonly calibration: Facts,
  ) {
    refuseDeepNesting('CalibratedModel', [model])
    this.features = model.features
    this.#curve = curveOf(calibrator)
  }

  /** What the training of the model inside noticed, and the calibration. */
  get notes(): readonly string[] {
    return [...(this.model.notes ?? []), ...(this.calibration?.notes ?? [])]
  }

  /** The model inside, for readers of models in models. */
  get innerModels(): readonly ChurnModel[] {
    return [this.model]
  }

  probability(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return probabilityOf(this.#margin('CalibratedModel.probability', features, options))
  }

  margin(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return this.#margin('CalibratedModel.margin', features, options)
  }

  #margin(operation: string, features: FeatureMatrix, options?: PredictOptions): Float64Array {
    const inner = inNameOf(operation, () => this.model.margin(features, options))
    return inner.map((margin) => this.#curve.margin(margin))
  }

  contributions(features: FeatureMatrix): Contributions {
    const inner = inNameOf('CalibratedModel.contributions', () => this.model.contributions(features))
    const { margin, slope } = this.#curve
    const overMargins: ScoreCurve = { scale: 'log-odds', value: margin, slope }
    return rescaledContributions(
      inner,
      inner.scale === 'log-odds' ? overMargins : probabilityCurve(this.#curve),
    )
  }

  state(): unknown {
    return { calibrator: this.calibrator, calibration: this.calibration, model: contentOf(this.model) }
  }
}

/** Returns the model read through the calibrator; probabilities left as they are stand for the model's own base rate. */
export function calibratedModel(
  model: ChurnModel,
  calibrator: Calibrator,
  calibration: Calibration,
  rateOfRows: number,
): CalibratedModel<Calibration> {
  const baseRate = calibrator.method === 'none' ? model.baseRate : rateOfRows
  return new CalibratedModel(model, calibrator, baseRate, calibration)
}

/** Returns how to read back a calibrated model whose inner model these restorers read. */
export function restoreCalibrated(restorers: Restorers): Restore {
  const operation = 'restoreCalibrated'
  const calibratedState = z.strictObject({
    calibrator: calibratorSchema,
    calibration: calibrationSchema.nullable(),
    model: modelContentSchema(restorers),
  })
  return (features, baseRate, state) => {
    const { calibrator, calibration, model: content } = checkState(operation, calibratedState, state)
    const model = restoreChecked(operation, restorers, content)
    refuseModel(
      operation,
      JSON.stringify(model.features) === JSON.stringify(features)
        ? []
        : [
            {
              code: 'model-invalid',
              parameter: 'model.features',
              rule: 'to be those of the calibrated model',
            },
          ],
    )
    return new CalibratedModel(model, calibrator, baseRate, calibration)
  }
}
