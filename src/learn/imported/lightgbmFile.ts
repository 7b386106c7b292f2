import type { Problem } from '../../base/errors.js'
import { broken, unsupported } from './problems.js'
import {
  askedCodes,
  categoriesOfCodes,
  categoriesOfTexts,
  type NumberSplit,
  type SourceCategories,
  type SourceTree,
} from './sourceModel.js'

/** What both forms of a LightGBM model say. */
export interface LightgbmFile {
  readonly version: string
  readonly classCount: number
  readonly treesPerRound: number
  /** With its parameters, as `binary sigmoid:1`; empty where the model has none that LightGBM knows. */
  readonly objective: string
  /** Trees are averaged (random forest), not summed. */
  readonly isAverage: boolean
  readonly featureNames: readonly string[]
  /** Codes that categorical features had in training. */
  readonly codesSeen: ReadonlyMap<number, readonly number[]>
  /** Categories of a pandas table, column by column; null where training had none, undefined where the file does not say. */
  readonly pandasCategories: unknown
  readonly trees: readonly SourceTree[]
}

/** How LightGBM says which values are missing. */
export type LightgbmMissing = 'None' | 'Zero' | 'NaN'

/**
 * Returns a split of a number. Without missing values in training LightGBM reads missing as 0; a threshold of infinity
 * is its way to send all numbers left and only missing values right.
 */
export function lightgbmNumberSplit(
  split: Omit<NumberSplit, 'kind' | 'missingLeft' | 'zeroIsMissing'>,
  missing: LightgbmMissing,
  defaultLeft: boolean,
): NumberSplit {
  return {
    ...split,
    kind: 'number',
    threshold: Math.min(split.threshold, Number.MAX_VALUE),
    missingLeft: missing === 'None' ? 0 <= split.threshold : defaultLeft,
    zeroIsMissing: missing === 'Zero',
  }
}

const versions = ['v3', 'v4']
const supported = 'binary and cross_entropy'

/** Returns what a raw score is multiplied with to be log odds; refusals go to `problems`. */
export function lightgbmScale(file: LightgbmFile, problems: Problem[]): number {
  const wayOut = `Import reads churn models: objectives ${supported}, one class, trees with constant leaves.`
  if (!versions.includes(file.version)) {
    problems.push({
      code: 'model-version',
      parameter: 'version',
      rule: `to be one of ${versions.join(', ')}`,
      received: file.version,
      wayOut: 'Load the file in a current LightGBM and save it again.',
    })
  }
  const [name = '', ...parameters] = file.objective.split(' ')
  if (name !== 'binary' && name !== 'cross_entropy') {
    const received = file.objective === '' ? 'none, or one of your own' : file.objective
    problems.push(unsupported('objective', `to be one of ${supported}`, received, wayOut))
    return 1
  }
  if (file.classCount !== 1 || file.treesPerRound !== 1) {
    const received = `${file.classCount} classes, ${file.treesPerRound} trees a round`
    problems.push(unsupported('num_class', 'to be 1, with one tree a round', received, wayOut))
  }
  const sigmoid = parameters.find((parameter) => parameter.startsWith('sigmoid:'))?.slice('sigmoid:'.length)
  if (name === 'cross_entropy') return 1
  if (sigmoid !== undefined && Number(sigmoid) > 0 && Number.isFinite(Number(sigmoid))) return Number(sigmoid)
  problems.push(broken('objective', 'to name its sigmoid, a number above 0', file.objective))
  return 1
}

/**
 * Returns the categories of every feature that a split asks as one: of the option, else of pandas, else the codes.
 *
 * The lists of pandas do not name their columns. They belong to the categorical features in their order where there
 * are as many; ordered categories, which LightGBM reads as numbers, have lists too.
 */
export function lightgbmCategories(
  file: LightgbmFile,
  given: Readonly<Record<string, readonly string[]>>,
  problems: Problem[],
): Map<number, SourceCategories> {
  const asked = askedCodes(file.trees)
  const categorical = [...new Set([...asked.keys(), ...file.codesSeen.keys()])].sort((a, b) => a - b)
  const lists = Array.isArray(file.pandasCategories) ? file.pandasCategories : []
  const categories = new Map<number, SourceCategories>()
  for (const [feature, codes] of asked) {
    const name = file.featureNames[feature] ?? String(feature)
    const seen = [...codes, ...(file.codesSeen.get(feature) ?? [])].filter((code) => code >= 0)
    const own = Object.hasOwn(given, name) ? given[name] : undefined
    const isInLists = own === undefined && lists.length === categorical.length
    if (own === undefined && lists.length > 0 && !isInLists) {
      problems.push(unclear(name, `${lists.length} lists, ${categorical.length} categorical features`))
    } else if (own === undefined && file.pandasCategories === undefined) {
      problems.push(unclear(name, 'no line pandas_categorical'))
    }
    const texts = own ?? (isInLists ? textsOfList(lists[categorical.indexOf(feature)], name, problems) : null)
    if (texts === null) categories.set(feature, categoriesOfCodes(seen))
    else {
      categories.set(feature, categoriesOfTexts(texts))
      problems.push(...codeProblems(name, seen, texts.length))
    }
  }
  return categories
}

function unclear(name: string, received: string): Problem {
  const wayOut = `Give its texts in the order of their codes: { categories: { ${JSON.stringify(name)}: ['…', '…'] } }.`
  return unsupported(`feature ${name}`, 'to have its list of categories in the file', received, wayOut)
}

function textsOfList(list: unknown, name: string, problems: Problem[]): string[] | null {
  if (list === undefined) return null
  const isReadable =
    Array.isArray(list) && list.every((entry) => ['string', 'number', 'boolean'].includes(typeof entry))
  const texts = isReadable ? list.map(String) : []
  if (isReadable && new Set(texts).size === texts.length) return texts
  problems.push(broken(`categories of ${name}`, 'to be a list of texts or numbers that differ', list))
  return null
}

function codeProblems(name: string, seen: readonly number[], count: number): Problem[] {
  const beyond = seen.find((code) => code >= count)
  if (beyond === undefined) return []
  return [broken(`categories of ${name}`, `to have a text for every code, but there are ${count}`, beyond)]
}
