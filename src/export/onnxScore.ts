import { logit } from '../base/statistics.js'
import type { Calibrator } from '../learn/calibrate/calibrator.js'
import type { IsotonicCalibrator } from '../learn/calibrate/isotonic.js'
import { lightgbmZero } from '../learn/imported/singlePrecision.js'
import type { FeatureEffects } from '../learn/logistic/model.js'
import { certainty } from '../learn/margin.js'
import { elementType } from './onnxFile.js'
import type { OnnxGraph } from './onnxGraph.js'
import { treeAttributes } from './onnxTrees.js'
import { categoryCount, type Reading, type ScoringPart } from './scoringParts.js'

/** What a text encoder gives for a text that is no category, and for a missing one. */
const [unseen, missing] = [-1, -2]
const largestScore = 1e12

type NumberEffect = FeatureEffects & { readonly kind: 'number' }

/** Writes the models of a scorer as operators; every value has the shape (rows, 1) or (rows, features). */
export class OnnxScore {
  readonly #codes = new Map<Reading, string>()

  constructor(
    readonly graph: OnnxGraph,
    /** The input of each feature. */
    readonly inputs: ReadonlyMap<string, string>,
  ) {}

  /** Returns the log odds. */
  margin(part: ScoringPart): string {
    if (part.kind === 'trees' && part.scale === 'probability') return this.#logit(this.probability(part))
    return this.#score(part)
  }

  /** Returns the probability. */
  probability(part: ScoringPart): string {
    return part.kind === 'trees' && part.scale === 'probability'
      ? this.#certain(this.#score(part))
      : this.#certain(this.#sigmoid(this.#score(part)))
  }

  #score(part: ScoringPart): string {
    const { graph } = this
    switch (part.kind) {
      case 'constant':
        return graph.add('Identity', [graph.number(part.margin)])
      case 'trees': {
        // A model without a tree, or of leaves only
        if (part.readings.length === 0)
          return graph.add('Identity', [graph.number(part.base + leavesOf(part))])
        const columns = this.#matrix(part.readings)
        const sum = graph.add('TreeEnsemble', [columns], treeAttributes(part.ensemble, part.readings))
        return graph.add('Add', [sum, graph.number(part.base)])
      }
      case 'logistic':
        return this.#logistic(part)
      case 'calibrated':
        return this.#calibrated(part.calibrator, this.margin(part.inner))
      case 'blend':
        return part.members
          .map(({ factor, inner }) => graph.add('Mul', [this.margin(inner), graph.number(factor)]))
          .reduce((sum, term) => graph.add('Add', [sum, term]), graph.number(part.intercept))
    }
  }

  /** The features as trees ask them: numbers are NaN where missing. */
  #matrix(readings: readonly Reading[]): string {
    const { graph } = this
    const columns = readings.map((reading) => {
      if (reading.kind === 'number') return this.inputs.get(reading.feature)!
      // NaN in a set of categories is no value of the format: missing is a category after the last
      const none = categoryCount(reading)
      const known = this.#replaced(this.#code(reading), unseen, reading.unseen ?? none)
      return this.#replaced(known, missing, none)
    })
    const matrix = graph.add('Concat', columns, { axis: 1 })
    if (!readings.some((reading) => reading.kind === 'number' && reading.zeroIsMissing)) return matrix
    const zeros = readings.map((reading) =>
      reading.kind === 'number' && reading.zeroIsMissing ? lightgbmZero : -1,
    )
    const isZero = graph.add('LessOrEqual', [graph.add('Abs', [matrix]), graph.row(zeros)])
    return graph.add('Where', [isZero, graph.number(Number.NaN), matrix])
  }

  #replaced(code: string, from: number, to: number): string {
    const { graph } = this
    return graph.add('Where', [graph.add('Equal', [code, graph.number(from)]), graph.number(to), code])
  }

  /** The place of a category; -1 for a text that is none, -2 for a missing one. */
  #code(reading: Reading & { readonly kind: 'text' }): string {
    const known = this.#codes.get(reading)
    if (known !== undefined) return known
    const input = this.inputs.get(reading.feature)!
    const code = reading.areCodes ? this.#numberCode(reading, input) : this.#textCode(reading, input)
    this.#codes.set(reading, code)
    return code
  }

  #textCode({ exact, categories }: Reading & { readonly kind: 'text' }, input: string): string {
    const { graph } = this
    const keys = new Map([...categories, ...exact].filter(([text]) => !/\p{Surrogate}/u.test(text)))
    keys.set('', missing)
    const codes = graph.add('LabelEncoder', [input], {
      keys_strings: [...keys.keys()],
      values_int64s: [...keys.values()],
      default_int64: unseen,
    })
    return graph.add('Cast', [codes], { to: elementType.double })
  }

  #numberCode({ categories }: Reading & { readonly kind: 'text' }, input: string): string {
    const { graph } = this
    const keys = [...categories].filter(([text]) => String(Number(text) + 0) === text)
    // Beyond 2^53 numbers are no codes, and NaN has no whole number
    const [least, most] = [-(2 ** 53), 2 ** 53].map((value) => graph.number(value))
    const isMissing = graph.add('IsNaN', [input])
    const whole = graph.add('Where', [isMissing, graph.number(0), input])
    const limited = graph.add('Min', [graph.add('Max', [whole, least!]), most!])
    const codes = graph.add('LabelEncoder', [graph.add('Cast', [limited], { to: elementType.int64 })], {
      keys_int64s: keys.map(([text]) => Number(text)),
      values_int64s: keys.map(([, position]) => position),
      default_int64: unseen,
    })
    const code = graph.add('Cast', [codes], { to: elementType.double })
    return graph.add('Where', [isMissing, graph.number(missing), code])
  }

  #logistic({ intercept, effects, readings }: ScoringPart & { readonly kind: 'logistic' }): string {
    const { graph } = this
    const numbers = effects.filter((effect) => effect.kind === 'number')
    const terms = numbers.length === 0 ? [] : [this.#numberEffects(numbers)]
    for (const [index, effect] of effects.entries()) {
      const reading = readings[index]!
      if (effect.kind !== 'text' || reading.kind !== 'text') continue
      const coefficients = [
        effect.missing?.coefficient ?? 0,
        effect.rare?.coefficient ?? 0,
        ...effect.effects.map(({ coefficient }) => coefficient),
      ]
      const place = graph.add('Sub', [this.#code(reading), graph.number(missing)])
      const index64 = graph.add('Cast', [place], { to: elementType.int64 })
      terms.push(graph.add('Gather', [graph.list(coefficients), index64]))
    }
    return terms.reduce(
      (sum, term) => graph.add('Add', [sum, term]),
      graph.add('Identity', [graph.number(intercept)]),
    )
  }

  /** What all numbers add together, of shape (rows, 1). */
  #numberEffects(effects: readonly NumberEffect[]): string {
    const { graph } = this
    const row = (of: (effect: NumberEffect) => number): string => graph.row(effects.map(of))
    const matrix = graph.add(
      'Concat',
      effects.map(({ name }) => this.inputs.get(name)!),
      { axis: 1 },
    )
    const units = effects.some(({ logUnit }) => logUnit !== null)
    const value = units ? this.#signedLogs(matrix, effects) : matrix
    const [mean, deviation] = [row((effect) => effect.mean), row((effect) => effect.deviation)]
    const distance = graph.add('Sub', [value, mean])
    const apart = graph.add('Sub', [
      graph.add('Div', [value, deviation]),
      graph.add('Div', [mean, deviation]),
    ])
    const isBeyond = graph.add('IsInf', [distance])
    const score = graph.add('Where', [isBeyond, apart, graph.add('Div', [distance, deviation])])
    const limited = this.#limited(score, -largestScore, largestScore)
    const known = graph.add('Mul', [limited, row(({ coefficient }) => coefficient)])
    const added = graph.add('Where', [
      graph.add('IsNaN', [matrix]),
      row((effect) => effect.missing?.coefficient ?? 0),
      known,
    ])
    return graph.add('ReduceSum', [added, graph.integers([1])], { keepdims: 1 })
  }

  /** sign(x) · ln(1 + |x| / unit) where a feature has a unit. */
  #signedLogs(matrix: string, effects: readonly NumberEffect[]): string {
    const { graph } = this
    const size = graph.add('Abs', [matrix])
    const unit = graph.row(effects.map(({ logUnit }) => logUnit ?? 1))
    const ratio = graph.add('Div', [size, unit])
    const beyond = graph.add('Sub', [graph.add('Log', [size]), graph.add('Log', [unit])])
    const log = graph.add('Where', [graph.add('IsInf', [ratio]), beyond, this.#logOfOnePlus(ratio)])
    const isBelow = graph.add('Less', [matrix, graph.number(0)])
    const signed = graph.add('Where', [isBelow, graph.add('Neg', [log]), log])
    const isLog = graph.add('Greater', [
      graph.row(effects.map(({ logUnit }) => (logUnit === null ? 0 : 1))),
      graph.number(0),
    ])
    return graph.add('Where', [isLog, signed, matrix])
  }

  /** ln(1 + x) of x ≥ 0 without the loss of digits that 1 + x has (Kahan). */
  #logOfOnePlus(x: string): string {
    const { graph } = this
    const one = graph.number(1)
    const sum = graph.add('Add', [x, one])
    const share = graph.add('Div', [x, graph.add('Sub', [sum, one])])
    const log = graph.add('Mul', [graph.add('Log', [sum]), share])
    return graph.add('Where', [graph.add('Equal', [sum, one]), x, log])
  }

  #calibrated(calibrator: Calibrator, margin: string): string {
    const { graph } = this
    const line = (intercept: number, slope: number): string =>
      graph.add('Add', [graph.add('Mul', [margin, graph.number(slope)]), graph.number(intercept)])
    switch (calibrator.method) {
      case 'none':
        return margin
      case 'shift':
        return line(logit(calibrator.to) - logit(calibrator.from), 1)
      case 'platt':
        return line(calibrator.intercept, calibrator.slope)
      case 'beta': {
        const { a, b, c } = calibrator
        const below = graph.add('Mul', [this.#softplus(graph.add('Neg', [margin])), graph.number(a)])
        const above = graph.add('Mul', [this.#softplus(margin), graph.number(b)])
        return graph.add('Add', [graph.add('Sub', [graph.number(c), below]), above])
      }
      case 'isotonic':
        return this.#logit(this.#certain(this.#isotonic(calibrator, this.#certain(this.#sigmoid(margin)))))
    }
  }

  /** ln(1 + e^x) */
  #softplus(x: string): string {
    const { graph } = this
    const odds = graph.add('Exp', [graph.add('Neg', [graph.add('Abs', [x])])])
    return graph.add('Add', [graph.add('Max', [x, graph.number(0)]), this.#logOfOnePlus(odds)])
  }

  #isotonic({ probability: x, calibrated: y }: IsotonicCalibrator, p: string): string {
    const { graph } = this
    const last = x.length - 1
    // Of the shape of the rows
    if (last === 0) return graph.add('Add', [graph.add('Mul', [p, graph.number(0)]), graph.number(y[0]!)])
    const isBelow = graph.add('LessOrEqual', [graph.row(x), p])
    const counted = graph.add('Cast', [isBelow], { to: elementType.int64 })
    const count = graph.add('ReduceSum', [counted, graph.integers([1])], { keepdims: 1 })
    const [zero, one] = [0, 1].map((value) => graph.integers([value], [1, 1]))
    const low = graph.add('Min', [
      graph.add('Max', [graph.add('Sub', [count, one!]), zero!]),
      graph.integers([last - 1], [1, 1]),
    ])
    const slopes = x.slice(1).map((end, at) => {
      const slope = (y[at + 1]! - y[at]!) / (end - x[at]!)
      return Number.isFinite(slope) ? slope : 0
    })
    const at = (values: readonly number[]): string => graph.add('Gather', [graph.list(values), low])
    const risen = graph.add('Mul', [at(slopes), graph.add('Sub', [p, at(x)])])
    const between = graph.add('Min', [graph.add('Add', [at(y), risen]), at(y.slice(1))])
    const fromBelow = graph.add('Where', [
      graph.add('LessOrEqual', [p, graph.number(x[0]!)]),
      graph.number(y[0]!),
      between,
    ])
    return graph.add('Where', [
      graph.add('GreaterOrEqual', [p, graph.number(x[last]!)]),
      graph.number(y[last]!),
      fromBelow,
    ])
  }

  #sigmoid(margin: string): string {
    const { graph } = this
    const one = graph.number(1)
    const odds = graph.add('Exp', [graph.add('Neg', [graph.add('Abs', [margin])])])
    const isBelow = graph.add('Less', [margin, graph.number(0)])
    const share = graph.add('Where', [isBelow, odds, one])
    return graph.add('Div', [share, graph.add('Add', [odds, one])])
  }

  #certain(probability: string): string {
    return this.#limited(probability, certainty, 1 - certainty)
  }

  #limited(value: string, least: number, most: number): string {
    const { graph } = this
    return graph.add('Min', [graph.add('Max', [value, graph.number(least)]), graph.number(most)])
  }

  #logit(probability: string): string {
    const { graph } = this
    const rest = graph.add('Sub', [graph.number(1), probability])
    return graph.add('Log', [graph.add('Div', [probability, rest])])
  }
}

function leavesOf({ ensemble }: ScoringPart & { readonly kind: 'trees' }): number {
  return ensemble.roots.reduce((sum, root) => sum + ensemble.value[root]!, 0)
}
