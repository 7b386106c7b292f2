import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeOperator } from '../../src/entries/simulate.js'
import { flatLines, holdfast, temporaryFolder, writeLines } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const flat = await writeLines(at('flat.csv'), flatLines(400))
const operator = at('operator')
const money = [
  '--customer-value',
  '200',
  '--offer-cost',
  '10',
  '--contact-cost',
  '1',
  '--acceptance',
  '0.3',
  '--currency',
  '€',
]

beforeAll(async () => {
  await writeOperator(operator, { customers: 300, months: 12, seed: 5 })
  await holdfast(['train', flat, '--id', 'id', '--learner', 'logistic', '--out', at('flat.model')])
  await holdfast(['train', '--history', operator, '--learner', 'logistic', '--out', at('history.model')])
})

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

describe('report', () => {
  it('of a file: page, text and facts of the same customers, with money and segments', async () => {
    const outs = ['a.html', 'a.md', 'a.json'].flatMap((name) => ['--out', at(name)])
    const words = [
      'report',
      at('flat.model'),
      flat,
      '--train',
      flat,
      '--segments',
      'plan',
      '--title',
      'Spring',
      '--date',
      '1 May',
      ...money,
      ...outs,
    ]
    const { code, output, messages } = await holdfast(words)
    expect(code).toBe(0)
    // four fifths of 400 were trained on, and one of the others has the values of one of them
    expect(messages).toContain('WARNING: THE MODEL WAS TRAINED ON THESE CUSTOMERS: 321 of the 400 rows')
    expect(output).toBe(`wrote ${at('a.html')}, ${at('a.md')}, ${at('a.json')}\n`)
    const facts = JSON.parse(await readFile(at('a.json'), 'utf8'))
    expect(facts).toMatchObject({
      title: 'Spring',
      date: '1 May',
      data: { test: { rows: 400 }, train: { rows: 400 } },
      profit: { currency: '€', customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.3 },
      segments: [{ attributes: ['plan'] }],
    })
    expect(await readFile(at('a.html'), 'utf8')).toContain('<title>Spring</title>')
    const text = await readFile(at('a.md'), 'utf8')
    expect(text).toMatch(/^# Spring\n/)
    expect(text).toContain('of whom the model was trained on')
  })

  it('of a history, with its pictures', async () => {
    const words = [
      'report',
      at('history.model'),
      '--history',
      operator,
      '--out',
      at('h.html'),
      '--pictures',
      at('pictures'),
    ]
    const { code, output, messages } = await holdfast(words)
    expect(code).toBe(0)
    const [, asOf] = /\bas of (\d{4}-\d\d-\d\d)\n/.exec(messages)!
    // Dated by the day on which it was made, and as of when and within what the customers leave
    const page = parseHTML(await readFile(at('h.html'), 'utf8')).document
    const [made, predicts] = [...page.querySelectorAll('.by p')].map((line) => line.textContent!)
    expect(made).toMatch(/^\w+ · \d{4}-\d\d-\d\d$/)
    expect(predicts).toContain(
      'whether a customer cancels within 30 days after the cutoff (label cancelled_30d)',
    )
    expect(predicts).toContain(`Tested as of ${asOf}.`)
    const files = await readdir(at('pictures'))
    expect(output).toBe(`wrote ${at('h.html')} and ${files.length} files in ${at('pictures')}\n`)
    expect(files).toEqual(expect.arrayContaining(['gains.svg', 'gains.png', 'gains.csv']))
  })

  it.each([
    ['an ending that is none', ['--out', at('r.pdf')], 2, '.html, .md or .json'],
    ['a part of the money', ['--out', at('r.html'), '--customer-value', '200'], 2, '--offer-cost'],
    ['a segment that is no feature', ['--out', at('r.html'), '--segments', 'plann'], 2, 'Did you mean plan?'],
    ['a share that is none', ['--out', at('r.html'), ...money, '--acceptance', '30'], 2, '--acceptance'],
    ['an input as output', ['--out', at('flat.json'), '--out', at('flat.json')], 2, 'the other --out'],
    ['a training file that is not there', ['--out', at('r.html'), '--train', at('none.csv')], 3, 'none.csv'],
  ])('%s is refused, and nothing is written', async (_, words, code, message) => {
    const ran = await holdfast(['report', at('flat.model'), flat, ...words])
    expect(ran.messages).toContain(message)
    expect(ran.code).toBe(code)
    expect(await exists(at('r.html'))).toBe(false)
  })

  it('of a history, flags of files are refused', async () => {
    const words = [
      'report',
      at('history.model'),
      '--history',
      operator,
      '--out',
      at('r.html'),
      '--train',
      flat,
    ]
    const { code, messages } = await holdfast(words)
    expect(code).toBe(2)
    expect(messages).toContain('--train cannot be used with --history')
  })
})
