import { HoldfastError, type Problem } from './errors.js'
import { isList, nounOf } from './nounOf.js'

/** A kind of argument: its name, its test, and ways out for other values. */
interface Kind {
  readonly noun: string
  readonly is: (value: unknown) => boolean
  /** Ways out, by the noun of the given value. */
  readonly from?: Readonly<Record<string, string>>
}

const readRows = 'Turn it into a table: tableFromRows(rows).'

const kinds = {
  table: {
    noun: 'a table',
    is: (value) => nounOf(value) === 'a table',
    from: {
      'a list': readRows,
      'a text': 'Read the file: readTable(path), with await.',
      'a dataset': 'Turn it into a table: datasetToTable(dataset).',
      'an object': 'Turn its columns into a table: tableFrom(columns).',
    },
  },
  dataset: {
    noun: 'a dataset: features and outcome',
    is: (value) => nounOf(value) === 'a dataset',
    from: {
      'a table': 'Turn it into a dataset: fromFlatTable(table, { label }).',
      'a list': 'Turn it into a table, then a dataset: fromFlatTable(tableFromRows(rows), { label }).',
      'a text': 'Read the file first: fromFlatTable(await readTable(path), { label }).',
      'a history': 'Turn it into a dataset: buildDataset(history, plan), with await.',
      'a split': 'Use one of its parts: split.train or split.test.',
      'a matrix': 'Features alone have no outcome: { features, outcome } is a dataset.',
      'features of customers': 'Features alone have no outcome: buildDataset(history, plan) gives both.',
    },
  },
  matrix: {
    noun: 'a matrix of features',
    is: (value) => nounOf(value) === 'a matrix' || nounOf(value) === 'a table',
    from: {
      'a dataset': 'Use its features: dataset.features.',
      'features of customers': 'Use the matrix in it: its features.',
      'a split': 'Use the features of one part: split.test.features.',
    },
  },
  customerFeatures: {
    noun: 'features of customers: ids, cutoffs and features',
    is: (value) => hasMembers(value, ['ids', 'cutoffs', 'features']),
  },
  model: {
    noun: 'a model',
    is: (value) => nounOf(value) === 'a model',
    from: {
      'a scorer': 'Use the model of the scorer: scorer.model.',
      'a selection': 'Use the model of the selection: selection.model.',
      'a text': 'Read the file: loadModel(path), with await.',
      'a list': 'Read the bytes: decodeModel(bytes).',
    },
  },
  scorer: {
    noun: 'a scorer',
    is: (value) => nounOf(value) === 'a scorer',
    from: {
      'a model': 'Turn it into a scorer: createScorer(model).',
      'a text': 'Read the file: readScorer(path), with await.',
      'a list': 'Read the bytes: loadScorer(bytes).',
    },
  },
  history: {
    noun: 'a history',
    is: (value) => nounOf(value) === 'a history' && !isClosed(value),
    from: {
      'a table': 'A history has several tables: openHistory({ customers, … }), with await.',
      'an object': 'Open it: openHistory(sources), with await.',
      'a text': 'Open it: openHistory(sources), with await.',
    },
  },
  historyKinds: {
    noun: 'the tables of a history, each with the kinds of its columns',
    is: (value) =>
      isPlainObject(value) &&
      Object.values(value as object).every((columns) => columns === undefined || isPlainObject(columns)),
    from: {
      'a history': 'Use its tables: history.tables.',
      'an object': 'Open the sources first: (await openHistory(sources)).tables.',
    },
  },
  customerHistory: {
    noun: 'the history of a customer: { customer, usage, … }',
    is: (value) => hasMembers(value, ['customer']),
    from: { 'a history': 'That is the history of all customers: give the rows of one.' },
  },
  backtest: {
    noun: 'a backtest: what backtest returned',
    is: (value) => hasMembers(value, ['folds', 'pooled', 'ids', 'outcome']),
  },
  backtestInTime: {
    noun: 'what backtest returned: folds with cutoffs, drift, pooled figures',
    is: (value) =>
      hasLists(value, ['folds', 'drift', 'notes'], ['cutoff', 'testRows', 'figures']) &&
      hasMembers(value, ['pooled', 'level']),
  },
  segmentFigures: {
    noun: 'a table by segment: what segmentTable returned',
    is: (value) =>
      hasLists(
        value,
        ['segments', 'attributes', 'worst', 'notes'],
        ['name', 'figures', 'mergedFrom', 'notes'],
      ) &&
      hasMembers(value, ['overall', 'level']) &&
      hasMembers((value as { readonly overall: unknown }).overall, ['figures', 'mergedFrom', 'notes']),
  },
  bestList: {
    noun: 'a list that bestList returned',
    is: (value) => hasMembers(value, ['rows', 'expectedCost']),
  },
  savings: {
    noun: 'what contactsForSameCatch returned',
    is: (value) => hasMembers(value, ['churnersCaught', 'withoutModel', 'withModel']),
  },
  cohort: {
    noun: 'a cohort that snapshotCohort returned',
    is: (value) => hasMembers(value, ['at', 'customers']),
    from: { 'a table': 'Turn it into a cohort: cohortFromTable(table).' },
  },
  population: {
    noun: 'a population that populationTable returned',
    is: (value) => hasMembers(value, ['table', 'cutoffs']),
  },
  reference: {
    noun: 'a percentile reference with groups',
    is: (value) => hasMembers(value, ['feature', 'groups']),
  },
  trees: {
    noun: 'a model of trees',
    is: (value) => hasMembers(value, ['features', 'ensemble']),
    from: {
      'a model': 'It has no trees: contributionImportance and permutationImportance work with any model.',
      'a scorer': 'Use the model of the scorer: scorer.model.',
    },
  },
  chunks: {
    noun: 'chunks of rows to go through, such as those of flatChunks',
    is: (value) =>
      typeof value === 'object' &&
      value !== null &&
      (Symbol.asyncIterator in value || Symbol.iterator in value),
    from: {
      'a dataset': 'It is in memory already: trainBoosting(dataset).',
      'a table': 'It is in memory already: trainBoosting(fromFlatTable(table, { label })).',
      'a text': 'Read the file in chunks: flatChunks(path, { label }).',
    },
  },
  rows: {
    noun: 'a list of row objects',
    is: Array.isArray,
    from: {
      'an object': 'Columns become a table with tableFrom(columns).',
      'a text': 'To read a file: readTable(path), with await.',
    },
  },
  columns: {
    noun: 'an object with a list for each column',
    is: isPlainObject,
    from: { 'a list': readRows, 'a text': 'To read a file: readTable(path), with await.' },
  },
  bytes: {
    noun: 'bytes',
    is: (value) => value instanceof Uint8Array,
    from: { 'a text': 'To read a file: readScorer(path) or loadModel(path), with await.' },
  },
  object: { noun: 'an object', is: isPlainObject },
  options: {
    noun: 'an object',
    is: (value) => value === undefined || (isPlainObject(value) && nounOf(value) === undefined),
  },
  trainedOn: {
    noun: 'the dataset that the model was trained on, or what a scorer takes from it',
    is: (value) => value === undefined || hasMembers(value, ['outcome', 'fingerprint']),
  },
  rule: { noun: 'a rule with a kind', is: (value) => hasMembers(value, ['kind']) },
  labelRule: {
    noun: 'a rule of a label with kind and horizon',
    is: (value) => hasMembers(value, ['kind', 'horizon']),
  },
  series: {
    noun: 'the months of a customer: firstMonth, tenureMonths, active, cancelled, signals',
    is: (value) => hasMembers(value, ['tenureMonths', 'active', 'cancelled', 'signals']),
  },
  rowFilter: {
    noun: 'a condition on rows, or a list of them',
    is: (value) => typeof value === 'object' && value !== null,
  },
  list: { noun: 'a list', is: isList },
  array: { noun: 'a list', is: Array.isArray },
  function: { noun: 'a function', is: (value) => typeof value === 'function' },
  text: { noun: 'a text', is: (value) => typeof value === 'string' },
  number: { noun: 'a number', is: (value) => typeof value === 'number' && !Number.isNaN(value) },
  day: { noun: 'a day: epochDay(text) makes one', is: (value) => Number.isInteger(value) },
} satisfies Readonly<Record<string, Kind>>

/** Kinds of arguments. */
export type ArgumentKind = keyof typeof kinds

/**
 * Refuses arguments that are not what the types say, for callers without types. The contents of objects are checked
 * where they are read.
 *
 * @param operation the public function, as the user called it
 * @param given each argument: name, value and required kind
 * @throws {HoldfastError} `value-type`, all arguments at once: what was given instead, and how to convert it
 */
export function checkArguments(
  operation: string,
  ...given: readonly (readonly [parameter: string, value: unknown, kind: ArgumentKind])[]
): void {
  if (given.every(([, value, kind]) => kinds[kind].is(value))) return
  const problems = given.flatMap(([parameter, value, kind]) => argumentProblems(parameter, value, kind))
  const [first, ...rest] = areSwapped(given) ? withSwap(operation, given, problems) : problems
  throw new HoldfastError(operation, [first!, ...rest])
}

/** Returns what is wrong with one argument; empty if nothing. */
export function argumentProblems(parameter: string, value: unknown, kind: ArgumentKind): Problem[] {
  const { noun, is, from }: Kind = kinds[kind]
  if (is(value)) return []
  if (kind === 'history' && isClosed(value)) return [{ ...closed, parameter }]
  const wayOut = from?.[whatIs(value)]
  const problem: Problem = { code: 'value-type', parameter, rule: `to be ${noun}`, received: value }
  return [wayOut === undefined ? problem : { ...problem, wayOut }]
}

const closed = {
  code: 'engine-failed',
  rule: 'to be open, but it has been closed',
  wayOut: 'Open it again: openHistory(sources), with await.',
} as const

function isClosed(history: unknown): boolean {
  const { engine } = (history ?? {}) as { readonly engine?: { readonly isClosed?: boolean } | null }
  return engine?.isClosed === true
}

function whatIs(value: unknown): string {
  if (isList(value)) return 'a list'
  if (typeof value === 'string') return 'a text'
  return nounOf(value) ?? (isPlainObject(value) ? 'an object' : typeof value)
}

function areSwapped(given: readonly (readonly [string, unknown, ArgumentKind])[]): boolean {
  const [first, second] = given
  if (first === undefined || second === undefined || first[2] === second[2]) return false
  return kinds[first[2]].is(second[1]) && kinds[second[2]].is(first[1]) && !kinds[first[2]].is(first[1])
}

function withSwap(
  operation: string,
  given: readonly (readonly [string, unknown, ArgumentKind])[],
  problems: readonly Problem[],
): Problem[] {
  const order = given.map(([parameter]) => parameter).join(', ')
  const wayOut = `The first two are swapped: ${operation}(${order}).`
  return problems.map((problem) => ({ ...problem, wayOut }))
}

/** True for `{}` and for objects of the caller's classes; not for lists, promises, maps, dates and our tables. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isList(value)) return false
  return (
    nounOf(value) !== 'a Promise' &&
    !(value instanceof Map || value instanceof Set || value instanceof Date || value instanceof RegExp)
  )
}

function hasMembers(value: unknown, members: readonly string[]): boolean {
  return isPlainObject(value) && members.every((name) => (value as Record<string, unknown>)[name] != null)
}

/** True if all members are lists, and each element of the first has the given members. */
function hasLists(value: unknown, lists: readonly string[], members: readonly string[]): boolean {
  if (!hasMembers(value, lists)) return false
  const [first, ...others] = lists.map((name) => (value as Record<string, unknown>)[name])
  return (
    Array.isArray(first) && others.every(Array.isArray) && first.every((each) => hasMembers(each, members))
  )
}
