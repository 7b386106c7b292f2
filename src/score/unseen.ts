import { categoryOf } from '../base/category.js'
import { closestWord, type Problem } from '../base/errors.js'
import {
  type FeatureColumn,
  type FeatureMatrix,
  type FeatureSpec,
  type NumberValues,
  numberColumn,
  textColumn,
} from '../base/matrix.js'
import { codeText } from '../learn/imported/model.js'
import { Table } from '../table/table.js'
import { gapCount, knownTexts, type SeenFeature } from './seenInTraining.js'
import { type SpreadShift, spreadShift } from './spreadOfValues.js'

/** A value of a customer that training has not seen, so that the model cannot know its meaning. */
export interface UnseenValue {
  readonly feature: string
  /** Null if the value is missing but was present in every training row. */
  readonly value: number | string | null
  /** What is new about it, and what may have happened, in words. */
  readonly why: string
}

type What = 'category' | 'number' | 'missing' | 'distribution'

/** A column without any value is reported if its probability, at the training share of gaps, is below this. */
const byChance = 1e-6
/** From this many values on, percentages that are all below 1 are not chance. */
const percentsCompared = 20
/** In columns with more than two training values: above this share of the rows, new values are more than stray ones. */
const newValueShare = 0.05
/** Above this share of the rows, values beyond the training range suggest another unit or column. */
const outsideShare = 0.25
/** Above this share of the rows, negative values mean something else if training had none. */
const negativeShare = 0.01
/** A column with fewer values is not judged as a whole. */
const leastValues = 5
/** With more categories than this, only those that differ in zeros, case or space are suggested. */
const categoriesCompared = 500

/** Compares scored values with what training has seen. Created once per model. */
export class UnseenWatch {
  readonly #features: readonly Feature[]

  /**
   * @param codes features whose texts `codeText` translates
   * @param percents features that were percentages in training
   * @param recencies features that count the days since the last row
   */
  constructor(
    specs: readonly FeatureSpec[],
    seen: readonly SeenFeature[] | null,
    codes: readonly string[] = [],
    percents: readonly string[] = [],
    recencies: readonly string[] = [],
  ) {
    const byName = new Map((seen ?? []).map((feature) => [feature.name, feature]))
    this.#features = specs.map(
      (spec) =>
        new Feature(
          spec,
          byName.get(spec.name),
          codes.includes(spec.name) ? codeText : categoryOf,
          percents.includes(spec.name),
          recencies.includes(spec.name),
        ),
    )
  }

  /** Returns the values of one row that training has not seen, in the order of the model's features. */
  ofRow(features: FeatureMatrix): UnseenValue[] {
    return this.#found(features).map(({ feature, what, value, columnWhy }) => ({
      feature: feature.name,
      value,
      why: feature.why(what, value, columnWhy),
    }))
  }

  /**
   * Returns columns `feature`, `what` (`category`, `number`, `missing`, `distribution`), `rows`, `share`, `example`,
   * `why`: per column the rows whose value training has not seen; for a `distribution`, whose values training has seen
   * but in other proportions, the least number of rows that must differ. Empty if there are none.
   */
  counts(features: FeatureMatrix): Table {
    const found = this.#found(features, true)
    const texts = (name: string, text: (line: Found) => string | null) => textColumn(name, found.map(text))
    const rows = found.map((line) => line.rows)
    return new Table(
      [
        texts('feature', ({ feature }) => feature.name),
        texts('what', ({ what }) => what),
        numberColumn('rows', rows),
        numberColumn(
          'share',
          rows.map((count) => count / features.rowCount),
        ),
        texts('example', ({ value }) => (value === null ? null : String(value))),
        texts('why', ({ feature, what, value, columnWhy }) => feature.why(what, value, columnWhy)),
      ],
      found.length,
    )
  }

  /** Returns a problem for each column with a larger share of unseen rows. */
  problems(features: FeatureMatrix, maxShare: number): Problem[] {
    const found = this.#found(features)
    return this.#features.flatMap((feature) => {
      const lines = found.filter((line) => line.feature === feature)
      const rows = lines.reduce((sum, line) => sum + line.rows, 0)
      if (rows === 0 || rows / features.rowCount <= maxShare) return []
      const [{ what, value, columnWhy }] = lines.sort((a, b) => b.rows - a.rows) as [Found]
      return [
        {
          code: 'value-unknown' as const,
          parameter: `column ${feature.name}`,
          rule: `to hold what training has seen in all but ${maxShare} of the rows (maxUnseenShare), but ${rows} of ${features.rowCount} are new`,
          received: value,
          wayOut: feature.why(what, value, columnWhy),
        },
      ]
    })
  }

  #found(features: FeatureMatrix, withSpread = false): Found[] {
    const columns = new Map(features.columns.map((column) => [column.name, column]))
    return this.#features.flatMap((feature) => {
      const column = columns.get(feature.name)
      return column === undefined ? [] : feature.unseenIn(column, features.rowCount, withSpread)
    })
  }
}

interface Found {
  readonly feature: Feature
  readonly what: What
  readonly rows: number
  /** The first of them. */
  readonly value: number | string | null
  /** What the column as a whole suggests; may be empty. */
  readonly columnWhy: string
}

class Feature {
  readonly name: string
  readonly #texts: ReadonlySet<string>
  readonly #lists: boolean
  readonly #seen: SeenFeature | undefined
  /** Numbers beyond are far outside what training has seen. */
  readonly #lower: number
  readonly #upper: number
  /** All training values, if they are few. */
  readonly #values: ReadonlySet<number> | null

  constructor(
    spec: FeatureSpec,
    seen: SeenFeature | undefined,
    readonly standsFor: (text: string) => string | null,
    readonly isPercent: boolean,
    readonly isRecency: boolean,
  ) {
    this.name = spec.name
    this.#seen = seen
    this.#lists = spec.kind === 'text'
    const further = seen?.kind === 'text' ? seen.further : []
    this.#texts = new Set([...knownTexts(spec), ...further])
    const range = seen?.kind === 'number' ? seen.range : null
    this.#values = seen?.kind === 'number' && seen.values !== undefined ? new Set(seen.values) : null
    if (range === null) {
      this.#lower = Number.NEGATIVE_INFINITY
      this.#upper = Number.POSITIVE_INFINITY
    } else {
      const width = range.high > range.low ? range.high - range.low : range.greatest - range.least
      this.#lower = range.least - width
      this.#upper = range.greatest + width
    }
  }

  /** @param withSpread whether to compare the distribution of seen values, too */
  unseenIn(column: FeatureColumn, rowCount: number, withSpread: boolean): Found[] {
    const own = column.kind === 'number' ? this.#numbers(column) : this.#categories(column)
    // Stray values do not matter if the column as a whole has moved
    const isJudged = own.some(({ columnWhy }) => columnWhy !== '')
    const unseen = withSpread && !isJudged ? [...own, ...this.#elsewhere(column)] : own
    const gaps = this.#gaps(column, rowCount)
    return gaps === null ? unseen : [...unseen, gaps]
  }

  #numbers({ values, missing }: Extract<FeatureColumn, { kind: 'number' }>): Found[] {
    const seen = this.#seen
    const range = seen?.kind === 'number' ? seen.range : null
    if (range === null) return []
    const { least, greatest } = range
    const [far, outside, negative, other] = [new Rows(), new Rows(), new Rows(), new Rows()]
    let present = 0
    for (let row = 0; row < values.length; row++) {
      if (missing?.has(row) === true) continue
      const value = values[row]!
      present++
      if (this.#values?.has(value) === false) other.add(row)
      if (value >= least && value <= greatest) continue
      outside.add(row)
      if (value < this.#lower || value > this.#upper) far.add(row)
      if (value < 0 && least >= 0) negative.add(row)
    }
    const shares = far.count === 0 ? this.#shares(values, missing) : []
    if (shares.length > 0) return shares
    if (outside.count === 0 && other.count === 0) return []
    const { rows, why } = this.#largest({ far, outside, negative, other }, present)
    if (rows.count === 0) return []
    return [{ feature: this, what: 'number', rows: rows.count, value: values[rows.first]!, columnWhy: why }]
  }

  /** Returns the finding with the most rows; if equal, the most telling one. */
  #largest(
    { far, outside, negative, other }: Record<'far' | 'outside' | 'negative' | 'other', Rows>,
    present: number,
  ) {
    const isMore = ({ count }: Rows, share: number) => present >= leastValues && count > share * present
    const isFlag = this.#values !== null && this.#values.size <= 2
    const judged = [
      ...(isMore(negative, negativeShare)
        ? [{ rows: negative, why: 'Training had none below 0: do they stand for a missing value?' }]
        : []),
      ...(isFlag || isMore(other, newValueShare)
        ? [
            {
              rows: other,
              why: `Training had ${[...this.#values!].join(', ')} only: they may have been recoded.`,
            },
          ]
        : []),
      ...(isMore(outside, outsideShare) ? [{ rows: outside, why: outsideWhy(outside.count, present) }] : []),
      { rows: far, why: '' },
    ]
    return judged.reduce((most, each) => (each.rows.count > most.rows.count ? each : most))
  }

  /** 0.12 where training had 12%: no value is out of range, but none is a percentage either. */
  #shares(values: NumberValues, missing: Extract<FeatureColumn, { kind: 'number' }>['missing']): Found[] {
    const range = this.#seen?.kind === 'number' ? this.#seen.range : null
    if (!this.isPercent || range === null || range.high <= 1) return []
    let [rows, first, greatest] = [0, -1, 0]
    for (let row = 0; row < values.length; row++) {
      const size = Math.abs(values[row]!)
      if (size === 0 || missing?.has(row) === true) continue
      if (rows++ === 0) first = row
      greatest = Math.max(greatest, size)
    }
    const isShares = greatest <= 1 && (rows >= percentsCompared || greatest < range.low)
    if (rows === 0 || !isShares) return []
    const columnWhy = 'It was written in per cent, 12% as 12: these may be shares of 1, a hundredth of it.'
    return [{ feature: this, what: 'number', rows, value: values[first]!, columnWhy }]
  }

  /** A column in another unit that stays within the training range, or inverted flags. */
  #elsewhere(column: FeatureColumn): Found[] {
    const seen = this.#seen
    if (seen?.kind !== 'number' || seen.spread === undefined || column.kind !== 'number') return []
    const whole = spreadShift(seen.spread, column)
    const beside0 =
      whole !== null || seen.spreadBeside0 === undefined
        ? null
        : spreadShift(seen.spreadBeside0, column, true)
    const shift = whole ?? beside0
    if (shift === null) return []
    const columnWhy = elsewhereWhy(shift, beside0 === null ? 'the values' : 'the values other than 0')
    const rows = Math.ceil(shift.distance * shift.present)
    return [{ feature: this, what: 'distribution', rows, value: null, columnWhy }]
  }

  #categories({ codes, dictionary, missing }: Extract<FeatureColumn, { kind: 'text' }>): Found[] {
    if (!this.#lists) return []
    const isNew = dictionary.map((text) => {
      if (this.#texts.has(text)) return false
      const category = this.standsFor(text)
      return category !== null && !this.#texts.has(category)
    })
    if (!isNew.includes(true)) return []
    let [rows, known, first] = [0, 0, -1]
    for (let row = 0; row < codes.length; row++) {
      if (missing?.has(row) === true) continue
      if (!isNew[codes[row]!]) known++
      else if (rows++ === 0) first = row
    }
    if (rows === 0) return []
    const isAll = known === 0 && rows > 1
    return [
      {
        feature: this,
        what: 'category',
        rows,
        value: categoryOf(dictionary[codes[first]!]!),
        columnWhy: isAll
          ? 'None of the values of the column is known: they may have been renamed, or it is another column.'
          : '',
      },
    ]
  }

  #gaps(column: FeatureColumn, rowCount: number): Found | null {
    const share = this.#seen?.missingShare
    if (share === undefined) return null
    const rows = gapCount(column)
    const isNew = share === 0 ? rows > 0 : rows === rowCount && share ** rowCount < byChance
    if (!isNew) return null
    const isAll = rows === rowCount && rows > 1
    const columnWhy = isAll ? 'The column has no value at all: is it still filled?' : ''
    return { feature: this, what: 'missing', rows, value: null, columnWhy }
  }

  why(what: What, value: number | string | null, columnWhy: string): string {
    const parts = [this.#fact(what, value), what === 'category' ? this.#guess(String(value)) : '', columnWhy]
    return parts.filter((part) => part !== '').join(' ')
  }

  #fact(what: What, value: number | string | null): string {
    const seen = this.#seen
    if (what === 'distribution') return ''
    if (what === 'missing') {
      const rows = seen?.missingShare === 0 ? 'Every training row' : 'Enough training rows'
      return `${rows} had a value.`
    }
    if (what === 'number' && seen?.kind === 'number' && seen.range !== null) {
      const { least, greatest } = seen.range
      if (this.isRecency && Number(value) > greatest)
        return `Training saw ${least} to ${greatest}: are the rows complete up to asOf? Days without data look like a silent customer.`
      const beyond = Math.max(least - Number(value), Number(value) - greatest)
      // Another unit would be ten or a hundred times as much; counts of days grow by themselves
      const isNear = beyond <= greatest - least
      const first = isNear ? 'it may grow with time; else ' : ''
      return `Training saw ${least} to ${greatest}: ${first}check the unit and the decimal mark.`
    }
    return seen === undefined
      ? `The model does not know the category ${JSON.stringify(value)}.`
      : `No training row had the category ${JSON.stringify(value)}.`
  }

  #guess(text: string): string {
    const known = [...this.#texts]
    const unpadded = withoutZeros(text)
    const padded = known.find((each) => withoutZeros(each) === unpadded)
    if (padded !== undefined) {
      const change =
        padded.length > text.length ? 'zeros before it seem to be lost' : 'zeros seem to be added'
      return `Did you mean ${JSON.stringify(padded)}? Its ${change}: read the column as text.`
    }
    const spelled = closestWord(text, known, 0)
    if (spelled !== undefined) {
      return `Did you mean ${JSON.stringify(spelled)}? Upper and lower case and spaces count.`
    }
    const close = known.length > categoriesCompared ? undefined : closestWord(text, known)
    return close === undefined ? '' : `Did you mean ${JSON.stringify(close)}?`
  }
}

/** A count of rows, and the first of them. */
class Rows {
  count = 0
  first = -1

  add(row: number): void {
    if (this.count++ === 0) this.first = row
  }
}

function elsewhereWhy({ at, isBelow, share, trainedShare }: SpreadShift, values: string): string {
  const where = isBelow ? `below ${at}` : `at most ${at}`
  return (
    `${percentOf(share)} of ${values} are ${where}, about ${percentOf(trainedShare)} in training: they may be in another unit, ` +
    'recoded, or from other customers.'
  )
}

function percentOf(share: number): string {
  return `${Math.round(100 * share)} %`
}

function outsideWhy(outside: number, present: number): string {
  const part = outside === present ? 'All values' : `${Math.round((100 * outside) / present)} % of the values`
  return `${part} of the column are beyond: it may be in another unit, or another column.`
}

/** A code without the zeros that reading it as a number would drop: 007 and 7.0 are 7. */
function withoutZeros(text: string): string {
  return /^\d+(\.0+)?$/.test(text) ? text.replace(/\.0+$/, '').replace(/^0+(?=\d)/, '') : text
}
