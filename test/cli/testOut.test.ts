import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readTable } from '../../src/table/readTable.node.js'
import { holdfast, temporaryFolder } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const telco = 'examples/data/telco.csv'

it('--test-out writes the kept rows whole: evaluate gives the figures of train on them, and warns of the others', async () => {
  const words = [
    'train',
    telco,
    '--label',
    'churn',
    '--learner',
    'logistic',
    '--test-out',
    at('kept.csv'),
    '--out',
    at('a.model'),
  ]
  const trained = await holdfast(words)
  expect(trained).toMatchObject({
    code: 0,
    messages: expect.stringMatching(/^numbers: .*\ncategories: .*\n$/),
  })
  expect(trained.output).toContain('the 1409 held-out rows')
  const [kept, whole] = [await readTable(at('kept.csv')), await readTable(telco)]
  expect(kept.columnNames).toEqual(whole.columnNames)
  expect(kept.rowCount).toBe(1409)

  const honest = await holdfast(['evaluate', at('a.model'), at('kept.csv'), '--label', 'churn'])
  expect(honest).toMatchObject({ code: 0, messages: '' })
  const auc = /ROC AUC +(0\.\d{4})/
  expect(auc.exec(honest.output)![1]).toBe(auc.exec(trained.output)![1])

  const onTraining = await holdfast(['evaluate', at('a.model'), telco, '--label', 'churn'])
  expect(onTraining.messages).toContain('WARNING: THE MODEL WAS TRAINED ON THESE CUSTOMERS')
  expect(onTraining.output).toContain('TRAINED ON')

  const report = await holdfast(['report', at('a.model'), telco, '--train', telco, '--out', at('r.md')])
  expect(report.messages).toContain('WARNING: THE MODEL WAS TRAINED ON THESE CUSTOMERS')
  expect(await readFile(at('r.md'), 'utf8')).toContain('The model was trained on these very customers')
})

it('report believes the model, not --train, on which rows it was trained: the whole file makes no kept row one of them', async () => {
  const learner = ['--label', 'churn', '--learner', 'logistic']
  await holdfast(['train', telco, ...learner, '--test-out', at('kept.csv'), '--out', at('b.model')])
  const pageOf = async (...words: string[]) => {
    const { messages } = await holdfast([
      'report',
      at('b.model'),
      at('kept.csv'),
      ...words,
      '--out',
      at('p.md'),
    ])
    // The text has no-break spaces between numbers and units
    return { messages, text: (await readFile(at('p.md'), 'utf8')).replaceAll('\u00a0', ' ') }
  }
  // Of 7,043 rows a fifth are kept: 1,409; 4 of those compared have the values of one of the 5,634 others.
  const same = '4 of whose rows are equal to rows of the training, as chance may leave them'
  const [alone, besideAll] = [await pageOf(), await pageOf('--train', telco)]
  expect(alone.messages).toBe('')
  for (const { text } of [alone, besideAll]) {
    expect(text).toContain(same)
    expect(text).toContain('Trained on 5,634 rows, tested on 1,409.')
    expect(text).toContain('**Trained on**: 5,634 rows\n')
    expect(text).not.toContain('too good')
  }
  const note =
    'The 7,043 rows given as training data are not the 5,634 rows that the model was trained on. ' +
    'Comparisons of test and training data use the rows given.'
  expect(besideAll.messages).toBe(`note: ${note}\n`)
  expect(besideAll.text).toContain(note)
  expect(besideAll.text).toContain('**Given as training data**: 7,043 rows with 1,869 churners')
  expect(besideAll.text).toContain('| given as training | 7,043 |')
  expect(besideAll.text).toContain('shift (PSI)')
})

it('customers whose names are written as numbers are kept as they are written', async () => {
  const rows = Array.from({ length: 200 }, (_, row) => `${row}.0,${row % 7},${row % 3 === 0 ? 'yes' : 'no'}`)
  await writeFile(at('names.csv'), `id,x,churn\n${rows.join('\n')}\n`)
  const words = ['train', at('names.csv'), '--id', 'id', '--label', 'churn', '--learner', 'prior']
  const { output } = await holdfast([...words, '--test-out', at('names-kept.csv'), '--out', at('n.model')])
  // A fifth of the 67 who left, 13, and of the 133 who stayed, 27
  expect(output).toContain('the 40 held-out rows')
  const kept = (await readFile(at('names-kept.csv'), 'utf8')).trim().split('\n')
  expect(kept).toHaveLength(41)
  expect(kept.slice(1).every((line) => rows.includes(line))).toBe(true)
})

it('of many columns the first fifty are named and the others counted', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `n${index}`)
  const rows = Array.from({ length: 40 }, (_, row) => [
    row % 2,
    ...names.map((_, index) => (row * (index + 3)) % 101),
  ])
  await writeFile(at('wide.csv'), [['churn', ...names], ...rows].map((cells) => cells.join(',')).join('\n'))
  const words = ['train', at('wide.csv'), '--label', 'churn', '--learner', 'prior', '--out', at('wide.model')]
  const { code, messages } = await holdfast(words)
  expect(code, messages).toBe(0)
  expect(messages).toContain(`numbers: ${names.slice(0, 50).join(', ')} and 10 more\n`)
})
