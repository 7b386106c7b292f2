import { HoldfastError, type Problem } from '../../base/errors.js'
import { type LightgbmFile, type LightgbmMissing, lightgbmNumberSplit } from './lightgbmFile.js'
import { broken, parsedJson, unsupported } from './problems.js'
import type { SourceNode, SourceTree } from './sourceModel.js'

const numberPattern = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i
const missingTypes: readonly LightgbmMissing[] = ['None', 'Zero', 'NaN']
const saveAgain = 'Copy it again, or write it again with booster.save_model.'

/** Returns what a text file of `booster.save_model` says; broken trees go to `problems`. */
export function readLightgbmText(operation: string, given: string, problems: Problem[]): LightgbmFile {
  const text = given.replaceAll('\r\n', '\n')
  const headerEnd = text.indexOf('\n\n')
  if (headerEnd < 0) refuseCut(operation, 'to have a header that ends with an empty line')
  const header = fieldsOf(text.slice(0, headerEnd))
  const numberOf = (name: string): number => onlyNumber(header, name, problems)
  const file = {
    version: header.get('version') ?? '',
    classCount: numberOf('num_class'),
    treesPerRound: numberOf('num_tree_per_iteration'),
    objective: header.get('objective') ?? '',
    isAverage: header.has('average_output'),
    featureNames: wordsOf(header.get('feature_names')),
  }
  if (file.featureNames.length !== numberOf('max_feature_idx') + 1) {
    problems.push(broken('feature_names', 'to be max_feature_idx + 1 names', file.featureNames.length))
  }
  const sizes = numbersOf(header, 'tree_sizes', null, 'header', problems)
  const treesStart = headerEnd + 2
  const treesEnd = treesStart + sizes.reduce((sum, size) => sum + size, 0)
  const pandasCategories = readEnd(operation, text, treesEnd)
  const trees = readTrees(text, treesStart, sizes, problems)
  return { ...file, trees, pandasCategories, codesSeen: codesSeen(text, header, file.featureNames, problems) }
}

/** Checks what follows the trees, so that a file cut anywhere is noticed; returns the categories of its last line. */
function readEnd(operation: string, text: string, treesEnd: number): unknown {
  if (text.length < treesEnd)
    refuseCut(operation, `to have ${treesEnd} characters and more, as tree_sizes says`)
  const end = text.slice(treesEnd)
  if (!'end of trees\n'.startsWith(end) && !end.startsWith('end of trees\n')) {
    const problem = broken('the trees', 'to have the sizes of tree_sizes', end.slice(0, 20))
    throw new HoldfastError(operation, [{ ...problem, code: 'model-edited' }])
  }
  const [, last, ...more] = end.split('\nend of parameters\n')
  if (last === undefined || more.length > 0)
    refuseCut(operation, 'to hold "end of parameters" once, near its end')
  const line = last.trim()
  if (line === '') return undefined
  const name = 'pandas_categorical:'
  if (!line.startsWith(name) || line.includes('\n')) refuseCut(operation, `to end with the line ${name}…`)
  return parsedJson(operation, line.slice(name.length), saveAgain)
}

function refuseCut(operation: string, rule: string): never {
  throw new HoldfastError(operation, [
    { code: 'model-truncated', parameter: 'the LightGBM model', rule, wayOut: saveAgain },
  ])
}

function readTrees(text: string, start: number, sizes: readonly number[], problems: Problem[]): SourceTree[] {
  let end = start
  return sizes.map((size, index) => {
    const block = text.slice(end, end + size)
    end += size
    if (!block.startsWith(`Tree=${index}\n`)) {
      problems.push({ ...broken(`tree ${index}`, 'to begin where tree_sizes says'), code: 'model-edited' })
      return { nodes: [], prunedCount: 0 }
    }
    return { nodes: readNodes(fieldsOf(block), `tree ${index}`, problems), prunedCount: 0 }
  })
}

/** Splits first, then leaves: child c ≥ 0 is split c, child c < 0 is leaf −c − 1. */
function readNodes(fields: ReadonlyMap<string, string>, tree: string, problems: Problem[]): SourceNode[] {
  const before = problems.length
  const leafCount = onlyNumber(fields, 'num_leaves', problems)
  const splitCount = leafCount - 1
  const perSplit = (name: string, infinite?: string): number[] =>
    numbersOf(fields, name, splitCount, tree, problems, infinite)
  const [feature, decision] = ['split_feature', 'decision_type'].map((name) => perSplit(name))
  const threshold = perSplit('threshold', 'inf')
  const [left, right, gain] = ['left_child', 'right_child', 'split_gain'].map((name) => perSplit(name))
  const cover = perSplit('internal_count')
  const leafValue = numbersOf(fields, 'leaf_value', leafCount, tree, problems)
  // A tree without a split may leave out how many rows it has seen; they do not matter there.
  const isCounted = splitCount > 0 || wordsOf(fields.get('leaf_count')).length > 0
  const leafCover = isCounted ? numbersOf(fields, 'leaf_count', leafCount, tree, problems) : [1]
  const sets = categorySets(fields, tree, problems)
  if (fields.get('is_linear') === '1') {
    problems.push(unsupported(tree, 'to have constant leaves', 'linear_tree', 'Train without linear_tree.'))
  }
  if (problems.length > before) return []
  const place = (child: number): number => (child < 0 ? splitCount + ~child : child < splitCount ? child : -1)
  const splits = cover.map((rows, node): SourceNode => {
    const split = {
      feature: feature![node]!,
      left: place(left![node]!),
      right: place(right![node]!),
      cover: rows,
      gain: gain![node]!,
    }
    const bits = decision![node]!
    if ((bits & 1) === 0) {
      const missing = missingTypes[(bits >> 2) & 3]
      if (missing === undefined) problems.push(broken(`decision_type of ${tree}`, 'to be known', bits))
      const number = { ...split, threshold: threshold[node]! }
      return lightgbmNumberSplit(number, missing ?? 'None', (bits & 2) !== 0)
    }
    const codes = sets[threshold[node]!]
    if (codes === undefined) problems.push(broken(`threshold of ${tree}`, 'to name a set', threshold[node]))
    return { ...split, kind: 'category', missingLeft: false, codesLeft: true, codes: codes ?? new Set() }
  })
  return [
    ...splits,
    ...leafValue.map((value, leaf): SourceNode => ({ kind: 'leaf', value, cover: leafCover[leaf]! })),
  ]
}

/** The sets of codes: bit `code & 31` of word `cat_boundaries[set] + (code >> 5)`. */
function categorySets(fields: ReadonlyMap<string, string>, tree: string, problems: Problem[]): Set<number>[] {
  const setCount = onlyNumber(fields, 'num_cat', problems)
  if (setCount === 0) return []
  const bounds = numbersOf(fields, 'cat_boundaries', setCount + 1, tree, problems)
  const words = numbersOf(fields, 'cat_threshold', bounds.at(-1) ?? 0, tree, problems)
  return bounds.slice(1).map((end, set) => {
    const codes = new Set<number>()
    words.slice(bounds[set], end).forEach((word, index) => {
      for (let bit = 0; bit < 32; bit++) if (((word >>> bit) & 1) === 1) codes.add(index * 32 + bit)
    })
    return codes
  })
}

/** Numbers have a range `[least:most]`, features of one value `none`, categories their codes `2:0:1`. */
function codesSeen(
  text: string,
  header: ReadonlyMap<string, string>,
  names: readonly string[],
  problems: Problem[],
): Map<number, number[]> {
  const infos = wordsOf(header.get('feature_infos'))
  if (infos.length !== names.length) {
    problems.push(broken('feature_infos', `to have ${names.length} entries`, infos.length))
  }
  const seen = new Map<number, number[]>()
  infos.forEach((info, feature) => {
    if (!info.startsWith('[') && info !== 'none') seen.set(feature, info.split(':').map(Number))
  })
  // Categorical features of a single category have no codes; only the parameters name them.
  const named = /\n\[categorical_feature: ([\d,]+)\]\n/.exec(text)?.[1]?.split(',') ?? []
  for (const feature of named.map(Number)) if (!seen.has(feature)) seen.set(feature, [])
  return seen
}

function fieldsOf(block: string): Map<string, string> {
  return new Map(
    block.split('\n').map((line) => {
      const equals = line.indexOf('=')
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}

function onlyNumber(fields: ReadonlyMap<string, string>, name: string, problems: Problem[]): number {
  const text = fields.get(name)
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text)
  problems.push(broken(name, 'to be a whole number', text))
  return 0
}

function numbersOf(
  fields: ReadonlyMap<string, string>,
  name: string,
  count: number | null,
  part: string,
  problems: Problem[],
  infinite?: string,
): number[] {
  const words = wordsOf(fields.get(name))
  const numbers = words.map((word) => {
    if (word === infinite) return Number.POSITIVE_INFINITY
    return numberPattern.test(word) && Number.isFinite(Number(word)) ? Number(word) : Number.NaN
  })
  const wrong = numbers.findIndex(Number.isNaN)
  if (wrong >= 0) problems.push(broken(`${name} of ${part}`, 'to be finite numbers', words[wrong]))
  if (count !== null && words.length !== count) {
    problems.push(broken(`${name} of ${part}`, `to have ${count} values`, words.length))
  }
  return numbers
}

function wordsOf(line: string | undefined): string[] {
  return line === undefined ? [] : line.split(' ').filter((word) => word !== '')
}
