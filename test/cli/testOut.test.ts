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
  expect(trained.output).toContain('the 1409 rows that were kept from the training')
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
})
