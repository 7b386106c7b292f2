import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { InferenceSession } from 'onnxruntime-web'
import { beforeAll, describe, expect, it } from 'vitest'
import { readScorer } from '../../src/score/scorer.node.js'
import { flatLines, holdfast, type Ran, temporaryFolder, writeLines } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const model = at('churn.model')
const row = { fee: 12.5, calls: 3, plan: 'more' }

beforeAll(async () => {
  await writeLines(at('customers.csv'), flatLines(300))
  const words = [
    'train',
    at('customers.csv'),
    '--label',
    'churn',
    '--id',
    'id',
    '--learner',
    'logistic',
    '--out',
    model,
  ]
  expect(await holdfast(words)).toMatchObject({ code: 0 })
})

const exported = (...words: readonly string[]): Promise<Ran> => holdfast(['export', model, ...words])
const probability = async (): Promise<number> => (await readScorer(model)).scoreRow(row).probability

describe('holdfast export', () => {
  it('--to sql writes a query that scores as the model does', async () => {
    const words = [
      '--dialect',
      'duckdb',
      '--table',
      'customers',
      '--schema',
      'main',
      '--id',
      'no',
      '--columns',
      'fee=price',
    ]
    const { code, output } = await exported('--to', 'sql', ...words, '-o', at('churn.sql'))
    expect(code).toBe(0)
    expect(output).toBe(`wrote ${at('churn.sql')}: logistic as an SQL query, 3 features: calls, fee, plan\n`)
    const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    await duckdb.run("CREATE TABLE customers AS SELECT 'C7' AS no, 12.5 AS price, 3 AS calls, 'more' AS plan")
    const read = await duckdb.runAndReadAll(await readFile(at('churn.sql'), 'utf8'))
    const [score] = read.getRowObjectsJS()
    expect(score).toMatchObject({ id: 'C7' })
    expect(score!['probability']).toBeCloseTo(await probability(), 12)
  })

  it('--to sql takes a SELECT in the place of a table', async () => {
    const query = "SELECT 12.5 AS fee, 3 AS calls, 'more' AS plan"
    const words = ['--dialect', 'postgresql', '--query', query]
    expect(await exported('--to', 'sql', ...words, '-o', at('query.sql'))).toMatchObject({ code: 0 })
    expect(await readFile(at('query.sql'), 'utf8')).toContain(`FROM (\n${query}\n) AS input`)
  })

  it('--to onnx writes a model with the features as inputs', async () => {
    expect(await exported('--to', 'onnx', '--out', at('churn.onnx'))).toMatchObject({ code: 0, messages: '' })
    const session = await InferenceSession.create(new Uint8Array(await readFile(at('churn.onnx'))))
    expect(session.inputNames).toEqual(['calls', 'fee', 'plan'])
  })

  it('--to module writes a module that scores as the model does', async () => {
    expect(await exported('--to', 'module', '-o', at('churn.mjs'))).toMatchObject({ code: 0, messages: '' })
    const { score } = await import(/* @vite-ignore */ pathToFileURL(at('churn.mjs')).href)
    expect(score(row).probability).toBe(await probability())
  })

  const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--to', 'java', '-o', at('x')], 2, /--to <form>' argument 'java' is invalid/],
    [['-o', at('x')], 2, /--to/],
    [['--to', 'onnx'], 2, /--out/],
    [
      ['--to', 'sql', '-o', at('x')],
      2,
      /1\. expected --dialect to be one of duckdb, postgresql.*\n.*--table to be given/,
    ],
    [['--to', 'sql', '--dialect', 'oracle', '--table', 't', '-o', at('x')], 2, /'oracle' is invalid/],
    [
      ['--to', 'sql', '--dialect', 'duckdb', '--table', 't', '--query', 'q', '-o', at('x')],
      2,
      /--query in its place/,
    ],
    [
      ['--to', 'sql', '--dialect', 'duckdb', '--query', 'q', '--schema', 's', '-o', at('x')],
      2,
      /--schema to be given with --table/,
    ],
    [
      ['--to', 'sql', '--dialect', 'duckdb', '--table', 't', '--columns', 'fee', '-o', at('x')],
      2,
      /feature=column/,
    ],
    [
      ['--to', 'sql', '--dialect', 'duckdb', '--table', 't', '--columns', 'fees=x', '-o', at('x')],
      3,
      /Did you mean fee\?/,
    ],
    [
      ['--to', 'onnx', '--table', 't', '--as-of', '2025-01-01', '-o', at('x')],
      2,
      /--as-of to be given with --to sql only/,
    ],
    [['--to', 'onnx', '-o', model], 3, /Inputs are never overwritten/],
    [['--to', 'onnx', '-o', at('x.csv')], 2, /Name it churn.sql, churn.onnx or churn.mjs/],
    [['--to', 'onnx', '-o', at('no/x')], 3, /folder/],
  ]
  it.each(wrong)('%j is refused, with exit code %i', async (words, code, message) => {
    const ran = await exported(...words)
    expect(ran.messages).toMatch(message)
    expect(ran.code).toBe(code)
    await expect(readFile(at('x'))).rejects.toThrow()
  })
})
