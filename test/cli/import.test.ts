import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readTable } from '../../src/table/readTable.node.js'
import { tableFrom } from '../../src/table/table.js'
import { writeTable } from '../../src/table/writeTable.node.js'
import { goldenCase } from '../learn/imported/goldenCases.js'
import { holdfast, temporaryFolder } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const golden = (name: string): string =>
  fileURLToPath(new URL(`../golden/learn/imported/${name}`, import.meta.url))

it.each(['lightgbm-categories.txt', 'lightgbm-codes.json', 'xgboost-one-hot.json'])(
  '%s becomes a model file that scores as its library does',
  async (file) => {
    const { columns, probability } = goldenCase(file.replace(/\..*/, ''))
    const rows = tableFrom({ ...columns, id: probability.map((_, row) => `C${row}`) })
    await writeTable(rows, at('rows.parquet'))
    const { code, output } = await holdfast(['import', golden(file), '--out', at('imported.model')])
    expect(code).toBe(0)
    expect(output).toMatch(/: (lightgbm|xgboost), 6 trees, 5 features: .* \(\d+ categories\)/)
    expect(output).toMatch(/The file does not say how many .* churned\. Risk bands start from 0\.\d{3}/)
    const told = await holdfast(['import', golden(file), '--base-rate', '0.2', '--out', at('told.model')])
    expect(told.output).not.toMatch(/Risk bands start/)
    const words = [
      'score',
      at('imported.model'),
      at('rows.parquet'),
      '--id',
      'id',
      '--out',
      at('scores.parquet'),
    ]
    const run = await holdfast(words)
    expect(run.code).toBe(0)
    // an imported file holds no ranges, and the golden rows hold codes that it has not seen: both are said
    expect(run.messages).toMatch(
      /^(unseen: column \w+: [^\n]*\n)*note: the model file does not say what numbers training has seen [^\n]*\n$/,
    )
    const scores = await readTable(at('scores.parquet'))
    for (const { id, probability: found } of scores.rows()) {
      expect(found).toBeCloseTo(probability[Number(String(id).slice(1))]!, 6)
    }
    expect(scores.rowCount).toBe(probability.length)
  },
)

it('texts that the file lacks are given in a file', async () => {
  const file = golden('xgboost-categories.json')
  const refused = await holdfast(['import', file, '--out', at('refused.model')])
  expect(refused.code).toBe(3)
  expect(refused.messages).toContain('in a JSON file with --categories: { "plan": [')
  const plans = ['basic', 'family', 'pro', 'straße']
  await writeFile(at('categories.json'), JSON.stringify({ plan: plans }))
  const words = [
    'import',
    file,
    '--categories',
    at('categories.json'),
    '--base-rate',
    '0.4',
    '--out',
    at('given.model'),
  ]
  expect(await holdfast(words)).toMatchObject({ code: 0, messages: '' })
})

it('a file that is no such model is refused with its name, a wrong option as such', async () => {
  await writeFile(at('notes.txt'), 'hello')
  const refused = await holdfast(['import', at('notes.txt'), '--out', at('refused.model')])
  expect(refused.code).toBe(3)
  expect(refused.messages).toContain('notes.txt: expected the model to begin as a LightGBM text file')
  const words = ['import', golden('lightgbm-numbers.txt'), '--rounds', '99', '--out', at('refused.model')]
  const usage = await holdfast(words)
  expect(usage.code).toBe(2)
  expect(usage.messages).toContain('expected --rounds to be at most 6, the rounds of the file, got 99')
  const missing = await holdfast(['import', at('none.txt'), '--out', at('refused.model')])
  expect(missing).toMatchObject({ code: 3 })
})
