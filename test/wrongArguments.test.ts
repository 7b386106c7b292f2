import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { HoldfastError } from '../src/base/errors.js'
import type { DuckdbOptions } from '../src/engine/duckdb.js'
import type { ChurnModel } from '../src/learn/contract.js'
import { everyName as holdfast } from './support/entries.js'

// As a caller in plain JavaScript: nothing keeps them from giving anything.
type Call = (...args: unknown[]) => unknown
const exported: Readonly<Record<string, unknown>> = holdfast
const functions = Object.entries(exported).filter(
  (entry): entry is [string, Call] => typeof entry[1] === 'function',
)

const table = holdfast.tableFrom({
  id: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
  x: [1, 2, 3, 4, 5, 6, 7, 8],
  churned: [0, 1, 0, 1, 0, 1, 0, 1],
})
const dataset = holdfast.fromFlatTable(table, { label: 'churned', id: 'id' })
const model = holdfast.trainPrior(dataset)
const scorer = holdfast.createScorer(model)

const values: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  NaN: Number.NaN,
  'a number': 7,
  // A path that may be written to.
  'a text': join(mkdtempSync(join(tmpdir(), 'holdfast-')), 'x'),
  'true or false': true,
  'a list': [],
  'a list of rows': [{ a: 1 }],
  'an object': {},
  'an object with a member': { a: 1 },
  'a table': table,
  'a dataset': dataset,
  'a model': model,
  'a scorer': scorer,
  'a promise': Promise.resolve(table),
  'a function': () => 1,
  'a symbol': Symbol('x'),
  'a big integer': 1n,
  bytes: Uint8Array.of(1, 2, 3),
  'a map': new Map(),
}

/** What has a test of its own below, and the class of errors itself. */
const leftOut = ['openDuckdb', 'HoldfastError']

/** Or says first that something else is missing. */
function asksToWait({ message, problems }: HoldfastError): boolean {
  if (message.includes('write await')) return true
  return problems.some(({ parameter, received }) => received === undefined && !parameter.includes('.'))
}

/** Without options, 20,000 customers are simulated: that is no wrong argument. */
function takesLong(name: string, args: readonly unknown[]): boolean {
  const place = { simulateTables: 0, simulateOperator: 0, writeOperator: 1 }[name]
  return place !== undefined && Object.keys(args[place] ?? {}).length === 0
}

test.each(functions.filter(([name]) => !leftOut.includes(name)))(
  '%s answers wrong arguments with a refusal in its own name',
  async (name, call) => {
    const isClass = /^class\b/.test(Function.prototype.toString.call(call))
    const make = (args: unknown[]): unknown =>
      isClass ? new (call as unknown as new (...args: unknown[]) => unknown)(...args) : call(...args)
    const wrong: string[] = []
    for (const [what, value] of Object.entries(values)) {
      for (const args of [
        [value],
        Array(Math.max(call.length, 2)).fill(value),
        [dataset, value],
        [model, value],
      ]) {
        if (takesLong(name, args)) continue
        const said = await refusalOf(() => make(args))
        if (said === null) continue
        if (!(said instanceof HoldfastError)) wrong.push(`${what}: ${String(said)}`)
        else if (said.operation !== name) wrong.push(`${what} is refused by ${said.message}`)
        else if (what === 'a promise' && args[0] === value && !asksToWait(said)) wrong.push(said.message)
      }
    }
    expect(wrong).toEqual([])
  },
)

/** What public functions return, with methods of its own or of what is in it. */
const months = 'ABCDEFGH'.split('').map((id) => ({ id, activatedAt: '2024-01-15' }))
const history = await holdfast.openHistory({
  customers: months.map((row, index) => ({ ...row, cancelledAt: index % 2 === 0 ? null : '2025-03-28' })),
  usage: months.map(({ id }) => ({ id, day: '2025-03-05', minutes: 3 })),
})
afterAll(() => history.close())
const engine = await holdfast.openDuckdb()
afterAll(() => engine.close())
const rules = [holdfast.sumOf('usage', 'minutes', { months: 1 })]
const one = { customer: { id: 'A', activatedAt: '2024-01-15' }, usage: [] }
const boosting = holdfast.trainBoosting(dataset, { rounds: 2 })
const logistic = holdfast.trainLogistic(dataset)
const returned: Record<string, object> = {
  table,
  dataset,
  split: holdfast.splitRows(dataset),
  prior: model,
  boosting,
  logistic,
  forest: holdfast.trainForest(dataset, { trees: 2 }),
  calibrated: holdfast.trainCalibrated(dataset, (data) => holdfast.trainLogistic(data), { folds: 2 }),
  blend: holdfast.blendModels([
    { model: boosting, weight: 0.5 },
    { model: logistic, weight: 0.5 },
  ]),
  scorer,
  evaluation: holdfast.evaluate(boosting, dataset),
  report: holdfast.modelReport(boosting, dataset),
  segments: holdfast.segmentTable(boosting.probability(dataset.features), dataset.outcome, {
    x: [1, 1, 1, 1, 2, 2, 2, 2],
  }),
  history,
  engine,
  'compiled rules': holdfast.compileRules(rules),
  'a followed customer': holdfast.followCustomer(one, rules),
  builders: holdfast.featureBuilders(history.tables),
  bitmap: holdfast.numberColumn('x', [1, null]).missing!,
  'a simulated operator': holdfast.simulateTables({ customers: 3, months: 3 }),
}

/**
 * What is left out: closing, the steps that rules are compiled to, pieces of SQL for engines, and the look-up of one bit, which
 * stands in the innermost loops.
 */
const noMethods = /^close$|program|dialect\.(exactSum|pair|second|bitCount)|[Bb]itmap\.has|missing\.has/

/** What was called is named, by itself (`scoreRow`) or with its class (`Table.numbers`). */
function isNamed({ operation }: HoldfastError, place: string): boolean {
  // Not in its type: what followers share with scorers
  return operation.split('.').at(-1) === place.split('.').at(-1) || place === 'a followed customer.asOf'
}

function methodsOf(value: unknown, path: string, seen: Set<unknown>, depth = 0): [string, object, Call][] {
  if (value === null || !['object', 'function'].includes(typeof value)) return []
  if (seen.has(value) || ArrayBuffer.isView(value) || depth > 3) return []
  seen.add(value)
  const found: [string, object, Call][] = []
  const roots = [Object, Array, Function, Map, Set].map((root) => root.prototype as object)
  for (
    let level = value as object;
    level !== null && !roots.includes(level);
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name === 'constructor' || name === 'prototype' || name === 'close') continue
      const member = (value as Record<string, unknown>)[name]
      const place = `${path}.${name}`
      if (noMethods.test(place)) continue
      if (typeof member === 'function') found.push([place, value as object, member as Call])
      else found.push(...methodsOf(member, place, seen, depth + 1))
    }
  }
  return found
}

test.each(Object.entries(returned))(
  'the methods of %s answer wrong arguments with a refusal',
  async (name, value) => {
    const wrong: string[] = []
    for (const [place, self, method] of methodsOf(value, name, new Set())) {
      for (const [what, given] of Object.entries(values)) {
        for (const args of [[given], [given, given], [table, given], ['x', given], [one, given]]) {
          const said = await refusalOf(() => method.apply(self, args))
          if (said === null) continue
          if (!(said instanceof HoldfastError)) wrong.push(`${place} of ${what}: ${String(said)}`)
          else if (!isNamed(said, place)) wrong.push(`${place} of ${what} is refused by ${said.operation}`)
        }
      }
    }
    expect(wrong).toEqual([])
  },
)

/** Datasets that models of the column x cannot read: without it, and of texts. */
const others = [
  { y: [1, 2, 3, 4, 5, 6, 7, 8], churned: [0, 1, 0, 1, 0, 1, 0, 1] },
  { x: ['u', 'v', 'u', 'v', 'u', 'v', 'u', 'v'], churned: [0, 1, 0, 1, 0, 1, 0, 1] },
].map((columns) => holdfast.fromFlatTable(holdfast.tableFrom(columns), { label: 'churned' }))
const someModels: [string, ChurnModel][] = (
  ['boosting', 'logistic', 'forest', 'calibrated', 'blend'] as const
).map((name) => [name, returned[name] as ChurnModel])

test.each(someModels)(
  'of a %s model that gets other columns than in training, the refusal is in the name of what was called',
  async (_, one) => {
    const wrong = new Set<string>()
    let refused = 0
    const call = async (name: string, run: () => unknown): Promise<void> => {
      const said = await refusalOf(run)
      if (said === null) return
      refused++
      if (!(said instanceof HoldfastError)) wrong.add(`${name}: ${String(said)}`)
      else if (!isNamed(said, name)) wrong.add(`${name} is refused by ${said.operation}`)
    }
    const own = holdfast.createScorer(one, dataset)
    for (const other of others) {
      const { features } = other
      const argumentLists = [
        [one, other],
        [one, features],
        [one, features, 'x'],
        [one, other, {}],
        [one, features, { baseRate: 0.3 }],
        [one, dataset, { train: other }],
        [own, other],
        [own, features],
        [other, () => one],
        [other, () => one, { folds: 2 }],
        [other, { startFrom: one }],
      ]
      for (const [name, run] of functions) {
        if (leftOut.includes(name) || /^class\b/.test(Function.prototype.toString.call(run))) continue
        for (const args of argumentLists) if (!takesLong(name, args)) await call(name, () => run(...args))
      }
      for (const args of [[features], [dataset.features, features], [features, dataset.features]])
        for (const name of [
          'probability',
          'margin',
          'contributions',
          'interactions',
          'interventionalContributions',
        ])
          await call(name, () => (one as unknown as Record<string, Call | undefined>)[name]?.(...args))
      await call('scoreMatrix', () => own.scoreMatrix(features))
      await call('unseenIn', () => own.unseenIn(features))
      const rows = holdfast.datasetToTable(other)
      await call('scoreTable', () => own.scoreTable(rows))
      await call('scoreRow', () => own.scoreRow(rows.row(0)))
    }
    expect([...wrong]).toEqual([])
    expect(refused).toBeGreaterThan(500)
  },
)

test('openDuckdb answers wrong arguments with a refusal', async () => {
  const wrong: string[] = []
  for (const [what, value] of Object.entries(values)) {
    const opened: unknown = await holdfast.openDuckdb(value as DuckdbOptions).then(
      (each) => each.close(),
      (error: unknown) => error,
    )
    const isRefused = opened instanceof HoldfastError && opened.operation === 'openDuckdb'
    if (value !== undefined && !isRefused) wrong.push(`${what}: ${String(opened)}`)
  }
  // These say nothing
  expect(wrong).toEqual(['null: undefined', 'an object: undefined'])
})

/** Rows of two cutoffs, as buildDataset makes them: what a backtest takes. */
const timed = {
  ids: ['A', 'B', 'C', 'D', 'A', 'B', 'C', 'D'],
  cutoffs: Int32Array.from([20089, 20089, 20089, 20089, 20120, 20120, 20120, 20120]),
  features: dataset.features,
  outcome: Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1),
  label: { name: 'x', gapDays: 0, horizonDays: 30 },
}

const trainers = [
  'backtest',
  'crossValidate',
  'trainCalibrated',
  'trainCalibratedAsync',
  'trainWithClassWeight',
] as const

test.each(trainers)('%s refuses what its training function returns where it is no model', async (name) => {
  const wrong: string[] = []
  for (const [what, value] of Object.entries(values)) {
    if (what === 'a model') continue
    const options = name === 'trainWithClassWeight' ? { churnerWeight: 2 } : { folds: 2 }
    const rule = name === 'backtest' ? { minTrainRows: 1 } : options
    const said = await refusalOf(() => (exported[name] as Call)(timed, () => value, rule))
    const text = String((said as Error | null)?.message)
    if (!text.startsWith(`${name}: expected what train returned to be a model`))
      wrong.push(`${what}: ${text}`)
  }
  expect(wrong).toEqual([])
})

test('parts of a report that are something else are refused by their name', async () => {
  const wrong: string[] = []
  const reports: [string, (options: object) => unknown][] = [
    ['modelReport', (options) => holdfast.modelReport(boosting, dataset, options)],
    ['predictionReport', (options) => holdfast.predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], options)],
  ]
  const crossed = await holdfast.crossValidate(dataset, (data) => holdfast.trainPrior(data), { folds: 2 })
  const later: Record<string, unknown> = { ...values, 'a cross-validation': crossed, 'a typo': { typo: 1 } }
  for (const [name, report] of reports)
    for (const part of ['train', 'backtest', 'segments', 'segments.0', 'offer', 'evaluate'])
      for (const [what, value] of Object.entries(later)) {
        const options = part === 'segments.0' ? { segments: [value] } : { [part]: value }
        const said = await refusalOf(() => report(options))
        const isRight =
          said === null || (said instanceof HoldfastError && said.message.startsWith(`${name}: `))
        const isAnswered = {
          train: /dataset|nothing/,
          segments: /nothing|a list$/,
          evaluate: /nothing|an object$/,
        }
        const mayPass = part in isAnswered ? isAnswered[part as 'train'].test(what) : what === 'nothing'
        if (!isRight || (said === null && !mayPass && part !== 'segments.0'))
          wrong.push(`${name} ${part} of ${what}: ${String(said)}`)
        if (
          said instanceof HoldfastError &&
          !said.problems.every(({ parameter }) => parameter.startsWith(part))
        )
          wrong.push(`${name} ${part} of ${what}: ${said.message}`)
      }
  expect(wrong).toEqual([])
})

test('a row that a table does not have is refused', () => {
  for (const row of [8, -1, 0.5, Number.NaN]) {
    expect(() => table.row(row)).toThrow('to be the number of a row, from 0 to 7')
    expect(() => table.cell('x', row)).toThrow('to be the number of a row, from 0 to 7')
    expect(() => table.take([0, row])).toThrow('to be numbers of rows, from 0 to 7')
  }
})

test('what takes a history or an engine that is closed says so, without SQL', async () => {
  const closed = await holdfast.openHistory({
    customers: months,
    usage: months.map(({ id }) => ({ id, day: '2025-03-05', minutes: 3 })),
  })
  await closed.close()
  const said = await refusalOf(() => closed.engine.query('SELECT 1 AS x'))
  expect(String(said)).toBe(
    'HoldfastError: engine.query: expected the engine to be open, but it has been closed. ' +
      'Open it, or its history, again; close it when its last answer is there.',
  )
  const wrong: string[] = []
  let refused = 0
  for (const [name, call] of functions) {
    if (leftOut.includes(name) || /^class\b/.test(Function.prototype.toString.call(call))) continue
    const noHistory = await refusalOf(() => call({}, scorer, {}))
    if (!String(noHistory).includes('expected history to be a history')) continue
    const error = await refusalOf(() => call(closed, scorer, {}))
    refused++
    if (!String(error).includes(`${name}: `) || !String(error).includes('history to be open'))
      wrong.push(`${name}: ${String(error)}`)
  }
  expect(wrong).toEqual([])
  expect(refused).toBeGreaterThan(10)
})

const later = Promise.resolve(table)
const wrongCalls: [string, Call, unknown[], string][] = [
  [
    'a table for a dataset',
    holdfast.trainBoosting as Call,
    [table],
    'trainBoosting: expected data to be a dataset: features and outcome, got a table. Turn it into a dataset: fromFlatTable(table, { label }).',
  ],
  [
    'rows for columns',
    holdfast.tableFrom as Call,
    [[{ a: 1 }]],
    'Turn it into a table: tableFromRows(rows).',
  ],
  [
    'columns for rows',
    holdfast.tableFromRows as Call,
    [{}],
    'tableFromRows: expected rows to be a list of row objects, got {} (object). Columns become a table with tableFrom(columns).',
  ],
  [
    'a path for bytes',
    holdfast.loadScorer as Call,
    ['x.model'],
    'loadScorer: expected bytes to be bytes, got "x.model" (string). To read a file: readScorer(path) or loadModel(path), with await.',
  ],
  [
    'arguments in another order',
    holdfast.evaluate as Call,
    [dataset, model],
    'The first two are swapped: evaluate(model, data).',
  ],
  [
    'a forgotten await',
    holdfast.fromFlatTable as Call,
    [later, { label: 'churned' }],
    'fromFlatTable: expected table to be a table, got a Promise. It is a Promise: write await before it.',
  ],
  [
    'a forgotten await for options',
    holdfast.trainPrior as Call,
    [dataset, later],
    'trainPrior: expected options to be an object, got a Promise. It is a Promise: write await before it.',
  ],
  [
    'a scorer for a model',
    holdfast.evaluate as Call,
    [scorer, dataset],
    'Use the model of the scorer: scorer.model.',
  ],
  [
    'a split for a dataset',
    holdfast.trainLogistic as Call,
    [holdfast.splitRows(dataset)],
    'Use one of its parts: split.train or split.test.',
  ],
  [
    'a model for a scorer',
    holdfast.encodeScorer as Call,
    [model],
    'Turn it into a scorer: createScorer(model).',
  ],
  [
    'a day for options',
    holdfast.scoreHistory as Call,
    [history, scorer, '2024-12-01'],
    `scoreHistory: expected options to be an object, got "2024-12-01" (string). Give { asOf: '2024-12-01' }.`,
  ],
  [
    'a dataset for options',
    holdfast.modelReport as Call,
    [boosting, dataset, dataset],
    'modelReport: expected options to be an object, got a dataset. Give { train }.',
  ],
  [
    'a promise in options',
    holdfast.modelReport as Call,
    [boosting, dataset, { train: later }],
    'modelReport: expected train to be a dataset: features and outcome, got a Promise. It is a Promise: write await before it.',
  ],
  [
    'columns of several lengths',
    holdfast.tableFrom as Call,
    [{ a: [1, 2], b: [1] }],
    'tableFrom: expected column b to have 2 values, got 1 (number).',
  ],
  [
    'a model for the facts of a report',
    holdfast.writeReport as Call,
    [model, 'report.html'],
    'writeReport: expected facts to be what modelReport returns, or its JSON read back, got a model. Create them with modelReport(model, test) first.',
  ],
  [
    'a forgotten await for the facts of a report',
    holdfast.reportHtml as Call,
    [later],
    'got a Promise. It is a Promise: write await before it.',
  ],
  [
    'a forgotten await for a table of a history',
    holdfast.openHistory as Call,
    [{ customers: months, usage: later }],
    'got a Promise. It is a Promise: write await before it.',
  ],
  [
    'a forgotten await for predictions',
    holdfast.rocAuc as Call,
    [later, [0, 1]],
    'got a Promise. It is a Promise: write await before it.',
  ],
  [
    'a part of the name of an option',
    holdfast.cancelled as Call,
    [{ horizon: 30 }],
    'Did you mean horizonDays?',
  ],
  [
    'a part of the name of a metric',
    holdfast.backtest as Call,
    [timed, () => model, { metrics: ['auc'] }],
    "Did you mean 'rocAuc'?",
  ],
  [
    'a part of the name of a metric of an interval',
    holdfast.bootstrapInterval as Call,
    [[0.5, 0.1], [1, 0], 'auc'],
    "Did you mean 'rocAuc'?",
  ],
  ['numbers for months', holdfast.monthly as Call, [2024, 11], "monthly('2024-11', '2025-02')"],
  [
    'a model for facts',
    holdfast.pictureNames as Call,
    [model],
    'Create them with modelReport(model, test) first.',
  ],
]

test.each(wrongCalls)('%s: the way out is said', async (_, call, args, text) => {
  const said = await refusalOf(() => call(...args))
  expect(said).toBeInstanceOf(HoldfastError)
  expect((said as HoldfastError).message).toContain(text)
})

/** What a call or its promise throws; null where it answers. */
async function refusalOf(call: () => unknown): Promise<unknown> {
  try {
    const answer = await call()
    // Chunks and streams begin when they are asked for the first.
    const iterable = answer as Partial<AsyncIterable<unknown>> | null | undefined
    if (typeof iterable === 'object' && iterable?.[Symbol.asyncIterator] !== undefined)
      await iterable[Symbol.asyncIterator]!().next()
    return null
  } catch (error) {
    return error ?? 'nothing'
  }
}
