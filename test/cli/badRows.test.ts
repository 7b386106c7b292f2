import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTable } from '../../src/table/readTable.node.js'
import { bytesOf, contentOf, flatLines, holdfast, temporaryFolder, writeLines } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const good = flatLines(60)
const bad = ['X1,cheap,3,more,no', 'C7,9,3,more,no', ',9,3,more,no', 'X2,9', 'X3,NaN,Infinity,more,no']
const flat = await writeLines(at('flat.csv'), good)
// The bad rows first, so that every good one has another number than in the file without them
const mixed = await writeLines(at('mixed.csv'), [
  good[0]!,
  ...bad.slice(2),
  ...good.slice(1),
  ...bad.slice(0, 2),
])
await holdfast(['train', flat, '--id', 'id', '--out', at('flat.model')])
const aside = ['--bad-rows', 'set-aside', '--rejects', at('rejects.csv')]

async function rejects(): Promise<unknown[][]> {
  const table = await readTable(at('rejects.csv'), { types: { value: 'text' } })
  return table.rows().map((row) => [row['row'], row['column'], row['code'], row['value']])
}

const everyReject = [
  [1, 'id', 'value-missing', null],
  [2, null, 'length-differs', 'X2 | 9'],
  [3, 'fee', 'value-not-finite', 'NaN'],
  [3, 'calls', 'value-not-finite', 'Infinity'],
  [64, 'fee', 'value-type', 'cheap'],
  [65, 'id', 'duplicate-id', 'C7'],
]

describe('--bad-rows set-aside of a flat file', () => {
  it('lists every rejected row with its reason and says how many', async () => {
    const { code, messages } = await holdfast([
      'train',
      mixed,
      '--id',
      'id',
      '--out',
      at('a.model'),
      ...aside,
    ])
    expect(code).toBe(0)
    // Five rows; one of them breaks two rules
    expect(messages).toBe(
      `numbers: fee, calls\ncategories: plan (2)\nset aside: 5 rows, with reasons, in ${at('rejects.csv')}\n`,
    )
    expect(await rejects()).toEqual(everyReject)
  })

  it('trains as if the bad rows had never been there', async () => {
    await holdfast(['train', mixed, '--id', 'id', '--out', at('a.model'), ...aside])
    expect(await bytesOf(at('a.model'))).toBe(await bytesOf(at('flat.model')))
  })

  it('gives the same files twice', async () => {
    const words = ['score', at('flat.model'), mixed, '--id', 'id', '--out', at('scores.csv'), ...aside]
    expect((await holdfast(words)).code).toBe(0)
    const first = await contentOf(folder)
    expect(await rejects()).toEqual(everyReject)
    await holdfast(words)
    expect(await contentOf(folder)).toEqual(first)
  })

  it('scores every other row, under its number in the file', async () => {
    const named = ['score', at('flat.model'), mixed, '--id', 'id', '--out', at('named.csv'), ...aside]
    const numbered = ['score', at('flat.model'), mixed, '--out', at('numbered.csv'), ...aside]
    await holdfast(named)
    const names = (await readTable(at('named.csv'))).rows().map((row) => row['id'])
    expect(names).toHaveLength(60)
    await holdfast(numbered)
    const numbers = (await readTable(at('numbered.csv'))).rows().map((row) => row['row'])
    // Customer Cn is in row n + 3; without --id the row without id (1) and the one that repeats C7 (65) are rows like others
    expect(numbers.filter((row) => row !== 1 && row !== 65)).toEqual(
      names.map((name) => Number(String(name).slice(1)) + 3),
    )
  })

  it('evaluates the other rows', async () => {
    const { code, output, messages } = await holdfast(['evaluate', at('flat.model'), mixed, ...aside])
    expect(code).toBe(0)
    expect(output).toContain('62 customers')
    // the model was trained on four fifths of 60 rows, which are among these 62
    expect(messages).toMatch(
      /^set aside: 3 rows, with reasons, in .*rejects\.csv\nWARNING: THE MODEL WAS TRAINED ON THESE CUSTOMERS: 48 of the 62 rows [^\n]*\n$/,
    )
  })

  it('with no bad row the list is empty: one of an earlier run does not stay', async () => {
    await holdfast(['train', mixed, '--id', 'id', '--out', at('a.model'), ...aside])
    const { messages } = await holdfast(['train', flat, '--id', 'id', '--out', at('a.model'), ...aside])
    expect(messages).toBe(
      `numbers: fee, calls\ncategories: plan (2)\nset aside: no row, in ${at('rejects.csv')}\n`,
    )
    expect(Buffer.from(await bytesOf(at('rejects.csv')), 'hex').toString()).toBe(
      'table,file,row,column,code,rule,value\n',
    )
  })

  it('the rejects file may not be a file that is read, nor the result', async () => {
    const words = ['score', at('flat.model'), mixed, '--bad-rows', 'set-aside', '--out', at('b.csv')]
    const before = await contentOf(folder)
    for (const [path, sentence] of [
      [mixed, 'expected --rejects to differ from the files that are read'],
      [at('b.csv'), 'expected --rejects to differ from the file of --out'],
    ] as const) {
      const { code, messages } = await holdfast([...words, '--rejects', path])
      expect(code).toBeGreaterThanOrEqual(2)
      expect(messages).toContain(sentence)
    }
    expect(await contentOf(folder)).toEqual(before)
  })
})

describe('--bad-rows refuse', () => {
  it('writes nothing: no model, no scores, no rejects, nothing left over', async () => {
    const before = await contentOf(folder)
    for (const words of [
      ['train', mixed, '--id', 'id', '--out', at('none.model')],
      ['score', at('flat.model'), mixed, '--id', 'id', '--out', at('none.csv'), '--out', at('none.parquet')],
      ['evaluate', at('flat.model'), mixed],
    ]) {
      const { code, output } = await holdfast([...words, '--rejects', at('none-rejects.csv')])
      expect({ code, output }).toEqual({ code: 3, output: '' })
    }
    expect(await contentOf(folder)).toEqual(before)
  })
})
