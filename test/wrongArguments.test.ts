import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HoldfastError } from '../src/base/errors.js'
import * as holdfast from '../src/index.js'
import * as score from '../src/score/index.js'

// As a caller in plain JavaScript: nothing keeps them from giving anything.
type Call = (...args: unknown[]) => unknown
const exported: Readonly<Record<string, unknown>> = { ...holdfast, ...score }
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

/** What opens an engine whatever is said, and the class of errors itself. */
const leftOut = ['openDuckdb', 'HoldfastError', 'Bitmap']

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
        const said = await refusalOf(() => make(args))
        if (said === null) continue
        if (!(said instanceof HoldfastError)) wrong.push(`${what}: ${String(said)}`)
        else if (said.operation !== name) wrong.push(`${what} is refused by ${said.message}`)
      }
    }
    expect(wrong).toEqual([])
  },
)

const methods: [string, object, string[]][] = [
  ['model', holdfast.trainLogistic(dataset), ['probability', 'margin', 'contributions']],
  ['boosting', holdfast.trainBoosting(dataset, { rounds: 2 }), ['probability', 'margin', 'contributions']],
  ['scorer', scorer, ['scoreTable', 'scoreMatrix']],
  ['table', table, ['column', 'numbers', 'texts', 'days', 'booleans', 'with', 'select', 'take']],
]

test.each(methods)('the methods of a %s answer wrong arguments with a refusal', async (_, object, names) => {
  const wrong: string[] = []
  for (const name of names) {
    const method = (object as Record<string, Call | undefined>)[name]
    if (method === undefined) continue
    for (const [what, value] of Object.entries(values)) {
      const said = await refusalOf(() => method.call(object, value))
      if (said !== null && !(said instanceof HoldfastError)) wrong.push(`${name} of ${what}: ${String(said)}`)
    }
  }
  expect(wrong).toEqual([])
})

const later = Promise.resolve(table)
const wrongCalls: [string, Call, unknown[], string][] = [
  [
    'a table for a dataset',
    holdfast.trainBoosting as Call,
    [table],
    'trainBoosting: expected data to be a dataset: features and outcome, got a table. Make a dataset of it: fromFlatTable(table, { label }).',
  ],
  ['rows for columns', holdfast.tableFrom as Call, [[{ a: 1 }]], 'Make a table of it: tableFromRows(rows).'],
  [
    'columns for rows',
    holdfast.tableFromRows as Call,
    [{}],
    'tableFromRows: expected rows to be a list of row objects, got {} (object). Columns make a table by tableFrom(columns).',
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
    'Take the model of the scorer: scorer.model.',
  ],
  [
    'a split for a dataset',
    holdfast.trainLogistic as Call,
    [holdfast.splitRows(dataset)],
    'Take one of its two: split.train or split.test.',
  ],
  [
    'a model for a scorer',
    holdfast.encodeScorer as Call,
    [model],
    'Make a scorer of it: createScorer(model).',
  ],
  ['numbers for months', holdfast.monthly as Call, [2024, 11], "monthly('2024-11', '2025-02')"],
  [
    'a model for facts',
    holdfast.pictureNames as Call,
    [model],
    'Make them with modelReport(model, test) first.',
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
