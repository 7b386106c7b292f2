import { logit } from '../base/statistics.js'
import type { Calibrator } from '../learn/calibrate/calibrator.js'
import type { IsotonicCalibrator } from '../learn/calibrate/isotonic.js'
import { lightgbmZero } from '../learn/imported/singlePrecision.js'
import type { FeatureEffects } from '../learn/logistic/model.js'
import { certainty } from '../learn/margin.js'
import { categoryCount, type Reading, type ScoringPart } from './scoringParts.js'
import type { ExportDialect } from './sqlDialects.js'
import type { SqlSteps, StepColumn } from './sqlSteps.js'
import { type AskedColumn, treeSql } from './sqlTrees.js'

/**
 * Summands in one expression. A planner's time grows with the square of an expression's depth: 500 in one took DuckDB
 * .66 s, 100 took .035.
 */
const summandsEach = 24
/** Steps that a sum may take: DuckDB binds some 500 one over the other. */
const stepsOfSum = 128
/** Summands of a sum at most, so that each of its steps has 400. */
export const mostSummands = 400 * stepsOfSum
/** Numbers this near to zero add nothing to a margin; PostgreSQL refuses products that would be smaller than any number. */
const tiny = 1e-160
const tinyFactor = 1e-140
/** No measurement is that many deviations away; as in a logistic model. */
const largestScore = 1e12
/** From here on the probability is as near to 0 or 1 as any. */
const certainMargin = 40

/** A feature of the table, read by all models of a scorer. */
export interface SqlFeature {
  /** A number, NULL where missing or not finite; or the text as a category, NULL where missing or blank. */
  readonly value: StepColumn
  /** A text as it stands; null for a number. */
  readonly raw: StepColumn | null
}

/** Writes the models of a scorer as columns of a query. */
export class SqlScore {
  constructor(
    readonly steps: SqlSteps,
    readonly features: ReadonlyMap<string, SqlFeature>,
  ) {}

  get #dialect(): ExportDialect {
    return this.steps.dialect
  }

  /** Returns the column of the log odds. */
  margin(part: ScoringPart): StepColumn {
    if (part.kind === 'trees' && part.scale === 'probability') return this.#logit(this.probability(part))
    return this.#score(part)
  }

  /** Returns the column of the probability. */
  probability(part: ScoringPart): StepColumn {
    return part.kind === 'trees' && part.scale === 'probability'
      ? this.#certain(this.#score(part))
      : this.#probabilityOf(this.#score(part))
  }

  #score(part: ScoringPart): StepColumn {
    switch (part.kind) {
      case 'constant':
        return this.steps.column(this.#dialect.double(part.margin))
      case 'trees': {
        const asked = part.readings.map((reading) => this.#asked(reading))
        const used = asked.map(({ column }) => column)
        const columns = asked.map(
          ({ column, categories }): AskedColumn => ({ name: column.name, categories }),
        )
        const trees = Array.from(part.ensemble.roots, (root) => ({
          sql: treeSql(this.#dialect, part.ensemble, root, columns),
          from: used,
        }))
        return this.#sum(part.base, trees)
      }
      case 'logistic': {
        const terms = part.effects.map((effect, index) => this.#effect(effect, part.readings[index]!))
        return this.#sum(part.intercept, terms)
      }
      case 'calibrated':
        return this.#calibrated(part.calibrator, this.margin(part.inner))
      case 'blend': {
        const terms = part.members.map(({ factor, inner }) => this.#times(factor, this.margin(inner)))
        return this.#sum(part.intercept, terms)
      }
    }
  }

  /** Adds in the order in which the model itself adds. */
  #sum(
    base: number,
    summands: readonly { readonly sql: string; readonly from: readonly StepColumn[] }[],
  ): StepColumn {
    let sum: StepColumn | null = null
    const each = Math.max(summandsEach, Math.ceil(summands.length / stepsOfSum))
    for (let first = 0; first < summands.length; first += each) {
      const some = summands.slice(first, first + each)
      const before: string = sum === null ? this.#dialect.double(base) : sum.name
      const from = [...new Set([...(sum === null ? [] : [sum]), ...some.flatMap((summand) => summand.from)])]
      sum = this.steps.column([before, ...some.map(({ sql }) => sql)].join('\n  + '), from)
    }
    return sum ?? this.steps.column(this.#dialect.double(base))
  }

  #asked(reading: Reading): { readonly column: StepColumn; readonly categories: number | null } {
    const column = this.#read(reading)
    if (reading.kind === 'number') return { column, categories: null }
    return { column, categories: categoryCount(reading) }
  }

  /** Returns the number of a feature, or the place of its category. */
  #read(reading: Reading): StepColumn {
    const { value, raw } = this.features.get(reading.feature)!
    if (reading.kind === 'number') {
      if (!reading.zeroIsMissing) return value
      const zero = this.#dialect.double(lightgbmZero)
      return this.steps.column(`CASE WHEN abs(${value.name}) > ${zero} THEN ${value.name} END`, [value])
    }
    return reading.areCodes ? this.#code(reading, value) : this.#category(reading, value, raw!)
  }

  #category(reading: Reading & { readonly kind: 'text' }, value: StepColumn, raw: StepColumn): StepColumn {
    const known = this.#choice(value, reading.categories, reading.unseen)
    const exact = this.#whens(reading.exact)
    const found = exact === '' ? known : `CASE ${raw.name}${exact} ELSE ${known} END`
    const isThere = exact === '' ? `${value.name} <> ''` : `${raw.name} <> ''`
    const sql = `CASE WHEN ${isThere} THEN ${found} END`
    return this.steps.column(sql, exact === '' ? [value] : [value, raw])
  }

  #choice(value: StepColumn, categories: ReadonlyMap<string, number>, unseen: number | null): string {
    const whens = this.#whens(categories)
    const otherwise = unseen === null ? 'NULL' : String(unseen)
    const isBlank = `WHEN '' THEN NULL`
    return `CASE ${value.name} ${isBlank}${whens} ELSE CAST(${otherwise} AS ${this.#dialect.integerType}) END`
  }

  #whens(categories: ReadonlyMap<string, number>): string {
    return [...categories]
      .filter(([text]) => this.#canHold(text))
      .map(([text, position]) => ` WHEN ${this.#dialect.literal(text)} THEN ${position}`)
      .join('')
  }

  /** A text that the database cannot hold is the category of no row. */
  #canHold(text: string): boolean {
    return !/\p{Surrogate}/u.test(text) && !(this.#dialect.refusesNul && text.includes('\0'))
  }

  #code({ categories, unseen }: Reading & { readonly kind: 'text' }, value: StepColumn): StepColumn {
    const number = this.steps.column(
      `CASE WHEN ${isCodeSql(this.#dialect, value.name)} THEN CAST(${value.name} AS ${this.#dialect.doubleType}) END`,
      [value],
    )
    const whens = [...categories]
      .filter(([text]) => String(Number(text) + 0) === text)
      .map(
        ([text, position]) => ` WHEN ${number.name} = ${this.#dialect.double(Number(text))} THEN ${position}`,
      )
    return this.steps.column(
      `CASE WHEN ${number.name} IS NULL THEN CAST(NULL AS ${this.#dialect.integerType})${whens.join('')} ELSE ${unseen} END`,
      [number],
    )
  }

  #effect(
    effect: FeatureEffects,
    reading: Reading,
  ): { readonly sql: string; readonly from: readonly StepColumn[] } {
    const { double } = this.#dialect
    const column = this.#read(reading)
    const missing = double(effect.missing?.coefficient ?? 0)
    if (effect.kind === 'text') {
      const whens = effect.effects.map(
        ({ coefficient }, place) => ` WHEN ${place} THEN ${double(coefficient)}`,
      )
      const rare = ` WHEN ${effect.categories.length} THEN ${double(effect.rare?.coefficient ?? 0)}`
      return { sql: `CASE ${column.name}${whens.join('')}${rare} ELSE ${missing} END`, from: [column] }
    }
    const score = this.#standardScore(effect, column)
    const { sql, from } = this.#times(effect.coefficient, score)
    return { sql: `CASE WHEN ${score.name} IS NULL THEN ${missing} ELSE ${sql} END`, from }
  }

  /**
   * How many deviations a number lies from the mean, limited to ±1e12: by steps that PostgreSQL, which refuses results
   * beyond the largest number and below the smallest, computes for every number.
   */
  #standardScore(effect: FeatureEffects & { readonly kind: 'number' }, number: StepColumn): StepColumn {
    const { double } = this.#dialect
    const { logUnit, mean, deviation } = effect
    const value = logUnit === null ? number : this.#signedLog(number, logUnit)
    // Beyond, a difference from the mean could be larger than the largest number: a quarter of it is not
    const scale = Math.abs(mean) < 1e291 ? 1 : 0.25
    const scaled =
      scale === 1
        ? value.name
        : `CASE WHEN abs(${value.name}) < ${double(1e-300)} THEN ${double(0)} ELSE ${value.name} * ${double(scale)} END`
    const distance = this.steps.column(`${scaled} - ${double(mean * scale)}`, [value])
    const most = largestScore * deviation * scale
    const limited = Number.isFinite(most)
      ? this.steps.column(limitedSql(distance.name, double(-most), double(most)), [distance])
      : distance
    const score = `CASE WHEN abs(${limited.name}) <= ${double(deviation * 1e-320)} THEN ${double(0)} ELSE ${limited.name} / ${double(deviation)} END`
    const back = scale === 1 ? score : `(${score}) / ${double(scale)}`
    const sum = this.steps.column(back, [limited])
    return this.steps.column(limitedSql(sum.name, double(-largestScore), double(largestScore)), [sum])
  }

  /** sign(x) · ln(1 + |x| / unit) */
  #signedLog(number: StepColumn, unit: number): StepColumn {
    const { double } = this.#dialect
    const size = this.steps.column(`abs(${number.name})`, [number])
    const zero = double(0)
    const most = unit * 1e290
    const beyond =
      most < Number.MAX_VALUE
        ? `WHEN ${size.name} > ${double(most)} THEN ln(${size.name}) - ${double(Math.log(unit))} `
        : ''
    const ratio = this.steps.column(
      `CASE WHEN ${size.name} <= ${double(unit * 1e-320)} THEN ${zero} ${
        beyond === '' ? '' : `WHEN ${size.name} > ${double(most)} THEN ${zero} `
      }ELSE ${size.name} / ${double(unit)} END`,
      [size],
    )
    const log = this.#logOfOnePlus(ratio)
    const whole = beyond === '' ? log : this.steps.column(`CASE ${beyond}ELSE ${log.name} END`, [size, log])
    return this.steps.column(
      `CASE WHEN ${number.name} < ${zero} THEN -${whole.name} ELSE ${whole.name} END`,
      [number, whole],
    )
  }

  /** ln(1 + x) of x ≥ 0 without the loss of digits that 1 + x has (Kahan). */
  #logOfOnePlus(x: StepColumn): StepColumn {
    const { double } = this.#dialect
    const sum = this.steps.column(`${double(1)} + ${x.name}`, [x])
    return this.steps.column(
      `CASE WHEN ${sum.name} = ${double(1)} THEN ${x.name} ELSE ln(${sum.name}) * (${x.name} / (${sum.name} - ${double(1)})) END`,
      [sum, x],
    )
  }

  #calibrated(calibrator: Calibrator, margin: StepColumn): StepColumn {
    const { double } = this.#dialect
    switch (calibrator.method) {
      case 'none':
        return margin
      case 'shift':
        return this.steps.column(
          `${margin.name} + ${double(logit(calibrator.to) - logit(calibrator.from))}`,
          [margin],
        )
      case 'platt':
        return this.#sum(calibrator.intercept, [this.#times(calibrator.slope, margin)])
      case 'beta': {
        const { a, b, c } = calibrator
        const [below, above] = [`-${margin.name}`, margin.name].map((side) => this.#softplus(margin, side))
        const falling = this.#times(-a, below!)
        return this.#sum(c, [falling, this.#times(b, above!)])
      }
      case 'isotonic':
        return this.#logit(this.#certain(this.#isotonic(calibrator, this.#probabilityOf(margin))))
    }
  }

  /** ln(1 + e^x), where x is the margin or its negative. */
  #softplus(margin: StepColumn, x: string): StepColumn {
    const { double } = this.#dialect
    // e^-745 is the smallest number that there is, and PostgreSQL refuses to go below
    const odds = this.steps.column(`exp(${limitedSql(`-abs(${margin.name})`, double(-700), double(0))})`, [
      margin,
    ])
    const rest = this.#logOfOnePlus(odds)
    return this.steps.column(`greatest(${x}, ${double(0)}) + ${rest.name}`, [margin, rest])
  }

  #isotonic({ probability: x, calibrated: y }: IsotonicCalibrator, p: StepColumn): StepColumn {
    const { double } = this.#dialect
    const last = x.length - 1
    const piece = (low: number): string => {
      const slope = (y[low + 1]! - y[low]!) / (x[low + 1]! - x[low]!)
      if (!Number.isFinite(slope) || slope < tiny) return double(y[low]!)
      return `least(${double(y[low]!)} + ${double(slope)} * (${p.name} - ${double(x[low]!)}), ${double(y[low + 1]!)})`
    }
    const between = (low: number, high: number): string => {
      if (high - low <= 1) return piece(low)
      const middle = (low + high) >>> 1
      return `CASE WHEN ${p.name} < ${double(x[middle]!)} THEN ${between(low, middle)} ELSE ${between(middle, high)} END`
    }
    if (last === 0) return this.steps.column(double(y[0]!))
    return this.steps.column(
      `CASE WHEN ${p.name} <= ${double(x[0]!)} THEN ${double(y[0]!)} WHEN ${p.name} >= ${double(x[last]!)} THEN ${double(y[last]!)} ELSE ${between(0, last)} END`,
      [p],
    )
  }

  #times(factor: number, column: StepColumn): { readonly sql: string; readonly from: readonly StepColumn[] } {
    const { double } = this.#dialect
    if (factor === 1) return { sql: column.name, from: [column] }
    if (Math.abs(factor) < tinyFactor) return { sql: double(0), from: [column] }
    const product = `${double(factor)} * ${column.name}`
    return {
      sql: `CASE WHEN abs(${column.name}) < ${double(tiny)} THEN ${double(0)} ELSE ${product} END`,
      from: [column],
    }
  }

  #probabilityOf(margin: StepColumn): StepColumn {
    const { double } = this.#dialect
    const [one, most] = [double(1), double(certainMargin)]
    const odds = this.steps.column(`exp(-least(abs(${margin.name}), ${most}))`, [margin])
    return this.#certain(
      this.steps.column(
        `CASE WHEN ${margin.name} >= ${double(0)} THEN ${one} ELSE ${odds.name} END / (${one} + ${odds.name})`,
        [margin, odds],
      ),
    )
  }

  #certain(probability: StepColumn): StepColumn {
    const { double } = this.#dialect
    return this.steps.column(limitedSql(probability.name, double(certainty), double(1 - certainty)), [
      probability,
    ])
  }

  #logit(probability: StepColumn): StepColumn {
    return this.steps.column(`ln(${probability.name} / (${this.#dialect.double(1)} - ${probability.name}))`, [
      probability,
    ])
  }
}

/** Codes of categories: more digits than this are none. */
const mostDigits = 300

/** Returns the SQL that is true for a whole number, as programs write codes of categories. */
export function isCodeSql(dialect: ExportDialect, text: string): string {
  return `length(${text}) <= ${mostDigits} AND ${dialect.matches(text, '[+-]?[0-9]+([.]0*)?')}`
}

function limitedSql(value: string, least: string, most: string): string {
  // greatest and least leave NULL out: a missing number would become the limit
  return `CASE WHEN ${value} < ${least} THEN ${least} WHEN ${value} > ${most} THEN ${most} ELSE ${value} END`
}
