import { isMissing } from '../base/bitmap.js'
import { categoryOf } from '../base/category.js'
import type {
  FeatureColumn,
  FeatureMatrix,
  FeatureSpec,
  NumberColumn,
  NumberValues,
  TextColumn,
} from '../base/matrix.js'
import * as z from '../base/schema.js'
import { spreadOf, type TrainedSpread } from './spreadOfValues.js'

/** What training has seen of one feature, besides the categories listed by the model. */
export type SeenFeature =
  | {
      readonly kind: 'number'
      readonly name: string
      /** Share of the training rows without a value, in [0, 1]. */
      readonly missingShare: number
      /** Minimum, 1 % and 99 % quantiles, and maximum; null without any value. */
      readonly range: {
        readonly least: number
        readonly low: number
        readonly high: number
        readonly greatest: number
      } | null
      /** All values in order, if they are few and none is rare; absent in files of earlier versions. */
      readonly values?: readonly number[]
      /** Distribution of the values; left out with fewer than 50, and in files of earlier versions. */
      readonly spread?: TrainedSpread
      /** The same for values other than 0, if more than a quarter are 0: minutes of those who call abroad. */
      readonly spreadBeside0?: TrainedSpread
    }
  | {
      readonly kind: 'text'
      readonly name: string
      /** Share of the training rows without a value, in [0, 1]. */
      readonly missingShare: number
      /** Further categories of the training rows that the model does not distinguish and so does not list, sorted. */
      readonly further: readonly string[]
    }

const share = z.number().min(0).max(1)

const trainedSpread = z.strictObject({
  count: z.int().min(1),
  quantiles: z.array(z.number()).length(21),
})

/** Schema of {@link SeenFeature}: reads it back from a model file. */
export const seenFeatureSchema: z.ZodType<SeenFeature> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    name: z.string(),
    missingShare: share,
    range: z
      .strictObject({ least: z.number(), low: z.number(), high: z.number(), greatest: z.number() })
      .nullable(),
    values: z.exactOptional(z.array(z.number())),
    spread: z.exactOptional(trainedSpread),
    spreadBeside0: z.exactOptional(trainedSpread),
  }),
  z.strictObject({
    kind: z.literal('text'),
    name: z.string(),
    missingShare: share,
    further: z.array(z.string()),
  }),
])

/**
 * Columns with at most this many distinct values, in at least this many rows, have "few values": flags, grades,
 * contract lengths.
 */
const [fewValues, leastRows] = [10, 50]
/** Each must occur in at least this share of the rows. */
const leastValueShare = 0.01

/** Above this share of 0 the other values are also kept separately: their changes would hardly show in the whole. */
const many0 = 0.25

/** With more values than this, percentiles come from an evenly spaced sample; minimum and maximum always from all. */
const valuesSorted = 100_000

/** Returns what the training rows contain of each feature of a model; features that they lack are left out. */
export function seenInTraining(specs: readonly FeatureSpec[], features: FeatureMatrix): SeenFeature[] {
  const byName = new Map(features.columns.map((column) => [column.name, column]))
  return specs.flatMap((spec): SeenFeature[] => {
    const column = byName.get(spec.name)
    if (column === undefined || column.kind !== spec.kind || features.rowCount === 0) return []
    return [column.kind === 'number' ? seenNumbers(column) : seenTexts(column, spec)]
  })
}

function seenNumbers(column: NumberColumn<NumberValues>): SeenFeature {
  const { name, values, missing } = column
  let [least, greatest, present] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (let row = 0; row < values.length; row++) {
    if (isMissing(missing, row)) continue
    const value = values[row]!
    if (value < least) least = value
    if (value > greatest) greatest = value
    present++
  }
  const missingShare = gapCount(column) / values.length
  if (present === 0) return { kind: 'number', name, missingShare, range: null }
  const sorted = spread(column, present).sort()
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))]!
  const few = present < leastRows ? null : fewValuesOf(column, present)
  const range = { least, low: at(0.01), high: at(0.99), greatest }
  const lay = spreadOf(sorted, present)
  const others = sorted.filter((value) => value !== 0)
  const hasMany0 = others.length < (1 - many0) * sorted.length
  const beside = hasMany0 ? spreadOf(others, Math.round((present * others.length) / sorted.length)) : null
  return {
    kind: 'number',
    name,
    missingShare,
    range,
    ...(few === null ? {} : { values: few }),
    ...(lay === null ? {} : { spread: lay }),
    ...(beside === null ? {} : { spreadBeside0: beside }),
  }
}

/** If one of them is rare, another rare value not met in training means nothing. */
function fewValuesOf({ values, missing }: NumberColumn<NumberValues>, present: number): number[] | null {
  const counts = new Map<number, number>()
  for (let row = 0; row < values.length && counts.size <= fewValues; row++) {
    if (!isMissing(missing, row)) counts.set(values[row]!, (counts.get(values[row]!) ?? 0) + 1)
  }
  const isFew = counts.size <= fewValues && Math.min(...counts.values()) >= leastValueShare * present
  return isFew ? [...counts.keys()].sort((a, b) => a - b) : null
}

function spread({ values, missing }: NumberColumn<NumberValues>, present: number): Float64Array {
  const step = Math.ceil(present / valuesSorted)
  const taken = new Float64Array(Math.ceil(present / step))
  for (let row = 0, index = 0; row < values.length; row++) {
    if (isMissing(missing, row)) continue
    if (index % step === 0) taken[index / step] = values[row]!
    index++
  }
  return taken
}

function seenTexts(column: TextColumn, spec: FeatureSpec): SeenFeature {
  const { name, codes, dictionary } = column
  const categories = dictionary.map(categoryOf)
  const used = new Uint8Array(dictionary.length)
  for (let row = 0; row < codes.length; row++) if (!isMissing(column.missing, row)) used[codes[row]!] = 1
  const known = knownTexts(spec)
  const further = new Set(
    dictionary.flatMap((text, code) =>
      used[code] !== 1 || categories[code] === null || known.has(text) || known.has(categories[code]!)
        ? []
        : [categories[code]!],
    ),
  )
  return { kind: 'text', name, missingShare: gapCount(column) / codes.length, further: [...further].sort() }
}

/** Returns the texts that a model lists as categories of a feature, also normalised by our rule. */
export function knownTexts(spec: FeatureSpec): Set<string> {
  const texts = spec.kind === 'text' ? spec.categories : []
  return new Set([...texts, ...texts.flatMap((text) => categoryOf(text) ?? [])])
}

/** Returns the number of rows without a value; a blank text counts as none. */
export function gapCount(column: FeatureColumn): number {
  const gaps = column.missing?.count() ?? 0
  if (column.kind === 'number') return gaps
  const isBlank = column.dictionary.map((text) => categoryOf(text) === null)
  if (!isBlank.includes(true)) return gaps
  let blanks = 0
  for (let row = 0; row < column.codes.length; row++) {
    if (!isMissing(column.missing, row) && isBlank[column.codes[row]!]) blanks++
  }
  return gaps + blanks
}
