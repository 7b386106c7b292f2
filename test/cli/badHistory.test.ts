import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTable } from '../../src/table/readTable.node.js'
import { contentOf, holdfast, temporaryFolder, writeLines } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const months = Array.from({ length: 12 }, (_, month) => `2024-${String(month + 1).padStart(2, '0')}`)
const ids = Array.from({ length: 20 }, (_, index) => `C${index + 1}`)
const tables = {
  customers: ['id,activatedAt,cancelledAt,region', ...ids.map((id) => `${id},2023-06-15,,north`)],
  usage: ['id,day,minutes', ...ids.flatMap((id) => months.map((month) => `${id},${month}-28,30`))],
  bills: ['id,period,amount', ...ids.flatMap((id) => months.map((month) => `${id},${month},20`))],
}
type Tables = Readonly<Record<string, readonly string[]>>

async function history(name: string, changed: Tables = {}): Promise<string> {
  await mkdir(at(name))
  for (const [table, lines] of Object.entries({ ...tables, ...changed }))
    await writeLines(at(`${name}/${table}.csv`), lines)
  return at(name)
}

const good = await history('good')
const today = ['--today', '2025-01-01']

/** Runs a command that must be refused: exit code 3, nothing written, no stack. */
async function refused(words: readonly string[]): Promise<string> {
  const before = await contentOf(folder)
  const { code, output, messages } = await holdfast([...words, '--rejects', at('rejects.csv')])
  expect({ code, output }, messages).toEqual({ code: 3, output: '' })
  expect(messages).not.toMatch(
    /\n\s+at |failed|openHistory|badRows|maxRejectShare|fromFlatTable|completeUntil|asOf\b|types: \{ \w|missing: \[|columns: \{ \w|from, columns \}/,
  )
  expect(await contentOf(folder)).toEqual(before)
  return messages
}

const tag = (path: string, more: readonly string[] = []) => [
  'tag',
  '--history',
  path,
  '--out',
  at('stages.csv'),
  ...today,
  ...more,
]

describe('a raw history', () => {
  const { customers, usage, bills } = tables
  const cases: readonly [string, Tables, string][] = [
    [
      'a missing column',
      { usage: ['customer,day,minutes', ...usage.slice(1)] },
      'usage.csv, table usage: expected column id to exist (needed in usage); the columns are customer, day, minutes. Map your names to ours in a .json file for --history: { "usage": { "from": …, "columns": { "id": … } } }.',
    ],
    [
      'a column that is nearly called so',
      { bills: ['id,periods,amount', ...bills.slice(1)] },
      'bills.csv, table bills: expected column period to exist (needed in bills); the columns are id, periods, amount. Did you mean periods? Map your names to ours',
    ],
    [
      'text in a number column',
      { usage: [...usage, 'C1,2024-12-29,many', 'C2,2024-12-29,few'] },
      'usage.csv, table usage, row 241, column minutes: expected minutes to be a number, got "many" (string) (2 times). Write blank for missing, or name the mark with --missing \'?\', or read the column as text in a .json file for --history: { "usage": { "from": …, "types": { "minutes": "text" } } }.',
    ],
    [
      'not a number',
      { bills: [...bills, 'C1,2024-12,NaN'] },
      'bills.csv, table bills, row 241, column amount: expected amount to be finite, got "NaN" (string). Correct it in the source.',
    ],
    [
      'a day that no calendar has',
      { usage: [...usage, 'C1,2024-02-30,3'] },
      'usage.csv, table usage, row 241, column day: expected day to be a date written YYYY-MM-DD, got "2024-02-30" (string).',
    ],
    [
      'a repeated id',
      { customers: [...customers, 'C3,2023-06-15,,south'] },
      'customers.csv, table customers, row 21, column id: expected id to occur once among the customers, got "C3" (string). Keep one row per customer; what changes over time belongs in plans. For customers who came back or have several products, see subscriptionPeriods.',
    ],
    [
      'a row without id',
      { usage: [...usage, ',2024-12-29,3'] },
      'usage.csv, table usage, row 241, column id: expected id to have a value in every row. Fill it in the source.',
    ],
    [
      'the id of nobody',
      { usage: [...usage, 'C99,2024-12-29,3'] },
      'usage.csv, table usage, row 241, column id: expected id to be the id of a customer, got "C99" (string). Add the customer to customers, or check that both tables write ids the same way.',
    ],
    [
      'an event before activation',
      { usage: [...usage, 'C1,2023-05-01,3'] },
      'usage.csv, table usage, row 241, column day: expected day to be on or after the activation of the customer, got "2023-05-01" (string). Correct activatedAt, or leave out what happened before it.',
    ],
    [
      'a date in the future',
      { usage: [...usage, 'C1,2025-06-01,3'] },
      'usage.csv, table usage, row 241, column day: expected day to be on or before today (2025-01-01), got "2025-06-01" (string). Correct the date, or give the day of the export with --today.',
    ],
    [
      'an empty table',
      { usage: ['id,day,minutes'] },
      'usage.csv, table usage: expected table usage to have rows',
    ],
  ]
  it.each(cases)('%s', async (title, changed, sentence) => {
    const name = title.replaceAll(' ', '-')
    const messages = await refused(tag(await history(name, changed)))
    expect(messages).toContain(`${at(name)}/${sentence}`)
  })

  it('many problems at once: all of them, of all tables', async () => {
    const path = await history('many', {
      customers: [...customers, 'C3,2023-06-15,,south', 'X1,2023-06-15,2023-01-01,south'],
      usage: [...usage, 'C1,2024-12-29,many', 'C99,2024-12-29,3', 'C1,2023-05-01,3', 'C1,2025-06-01,3'],
      bills: ['id,month,amount', ...bills.slice(1)],
    })
    const messages = await refused(tag(path))
    for (const fact of [
      'row 21, column id: expected id to occur once among the customers, got "C3"',
      'row 22, column cancelledAt: expected cancelledAt to be on or after activatedAt, got "2023-01-01"',
      'row 241, column minutes: expected minutes to be a number, got "many"',
      'row 242, column id: expected id to be the id of a customer, got "C99"',
      'row 243, column day: expected day to be on or after the activation of the customer, got "2023-05-01"',
      'row 244, column day: expected day to be on or before today (2025-01-01), got "2025-06-01"',
      'expected column period to exist (needed in bills)',
    ])
      expect(messages).toContain(fact)
    expect(messages).toContain('holdfast tag: 7 problems\n')
    expect(messages).toMatch(/\nOr continue without such rows: with --bad-rows set-aside .*\n$/)
  })
})

describe('--bad-rows set-aside of a history', () => {
  it('every rejected row with its reason, the same file twice, and the count', async () => {
    const path = await history('aside', {
      customers: [...tables.customers, 'C3,2023-06-15,,south', ',2023-06-15,,south'],
      usage: [...tables.usage, 'C1,2024-12-29,many', 'C1,2023-05-01,few'],
      bills: [...tables.bills, 'C1,2024-12', 'C99,2024-12,3'],
    })
    const words = tag(path, ['--bad-rows', 'set-aside', '--rejects', at('aside.csv')])
    const { code, messages } = await holdfast(words)
    expect(code, messages).toBe(0)
    expect(messages).toBe(`set aside: 6 rows, with reasons, in ${at('aside.csv')}\n`)
    const rejects = await readTable(at('aside.csv'), { types: { value: 'text' } })
    expect(
      rejects.rows().map((row) => [row['table'], row['row'], row['column'], row['code'], row['value']]),
    ).toEqual([
      ['customers', 22, 'id', 'value-missing', null],
      ['customers', 21, 'id', 'duplicate-id', 'C3'],
      ['usage', 241, 'minutes', 'value-type', 'many'],
      ['usage', 242, 'minutes', 'value-type', 'few'],
      ['usage', 242, 'day', 'event-before-activation', '2023-05-01'],
      ['bills', 241, null, 'length-differs', 'C1,2024-12'],
      ['bills', 242, 'id', 'id-unknown', 'C99'],
    ])
    const first = await contentOf(folder)
    await holdfast(words)
    expect(await contentOf(folder)).toEqual(first)
  })

  it('tags as if the bad rows had never been there', async () => {
    const path = await history('none-bad', { usage: [...tables.usage, 'C1,2024-12-29,many'] })
    await holdfast(tag(good))
    const clean = await readTable(at('stages.csv'))
    await holdfast(tag(path, ['--bad-rows', 'set-aside', '--rejects', at('one.csv')]))
    expect((await readTable(at('stages.csv'))).rows()).toEqual(clean.rows())
  })

  it('too many bad rows are refused, with the rules that they break', async () => {
    const future = tag(good, ['--today', '2024-03-01', '--bad-rows', 'set-aside'])
    const messages = await refused(future)
    // Of each customer's 12 months of usage, those from March on
    expect(messages).toContain(
      'expected the share of rows of usage to set aside to be at most 0.5 (--max-reject-share), got 0.8333',
    )
    expect(messages).toContain('expected day to be on or before today (2024-03-01), got "2024-03-28"')
  })
})

describe('the path of a history', () => {
  it('that is not there, or no folder', async () => {
    expect(await refused(tag(at('none')))).toContain(
      `expected --history to exist, got ${JSON.stringify(at('none'))}`,
    )
    expect(await refused(tag(join(good, 'usage.csv')))).toContain(
      'expected --history to be a folder or a .json file',
    )
  })

  it('without customers', async () => {
    await mkdir(at('empty'))
    expect(await refused(tag(at('empty')))).toContain(
      `expected the folder ${at('empty')} to hold customers.parquet (or .csv, .tsv, .csv.gz, .jsonl, .ndjson), got "an empty folder"`,
    )
  })

  it('with customers alone', async () => {
    await mkdir(at('alone'))
    await cp(join(good, 'customers.csv'), at('alone/customers.csv'))
    expect(await refused(tag(at('alone')))).toContain(
      'expected the history to have at least one history table (usage, bills, payments, plans, contacts, devices, calls)',
    )
  })

  it('with two files of one table, of which one would be left out silently', async () => {
    const path = await history('twice')
    await writeFile(join(path, 'usage.jsonl'), '{}\n')
    expect(await refused(tag(path))).toContain(
      'expected table usage to be in the folder once, got "usage.csv, usage.jsonl"',
    )
  })

  it('with a file that is called nearly as a table: a note', async () => {
    const path = await history('nearly')
    await writeLines(join(path, 'payment.csv'), ['id,day,amount', 'C1,2024-03-01,5'])
    const { code, messages } = await holdfast(tag(path))
    expect(code).toBe(0)
    expect(messages).toBe(`note: ${join(path, 'payment.csv')} is not read. Did you mean payments.csv?\n`)
  })

  it('with a folder of files for a table', async () => {
    const path = await history('parts')
    await mkdir(join(path, 'contacts'))
    await writeLines(join(path, 'contacts/a.csv'), ['id,day,kind', 'C1,2024-03-01,complaint'])
    await writeLines(join(path, 'contacts/b.csv'), ['id,day,kind', 'C99,2024-03-01,complaint'])
    expect(await refused(tag(path))).toContain(
      'contacts/b.csv, table contacts, row 1, column id: expected id to be the id of a customer',
    )
    await writeLines(join(path, 'contacts/c.jsonl'), ['{}'])
    expect(await refused(tag(path))).toContain(
      `expected the files of ${join(path, 'contacts')} to be of one format, got ".csv, .jsonl"`,
    )
  })

  it('to write over a table of it, or beside the files of one', async () => {
    const path = await history('inputs')
    await mkdir(join(path, 'contacts'))
    await writeLines(join(path, 'contacts/a.csv'), ['id,day,kind', 'C1,2024-03-01,complaint'])
    for (const out of ['usage.csv', 'contacts/scores.csv']) {
      const words = ['tag', '--history', path, ...today, '--out', join(path, out)]
      expect(await refused(words)).toContain('expected --out to differ from the files that are read')
    }
  })
})

describe('a configuration', () => {
  const config = async (name: string, content: unknown): Promise<string> => {
    await writeFile(at(name), typeof content === 'string' ? content : JSON.stringify(content))
    return at(name)
  }

  it('maps names and is relative to itself', async () => {
    await writeLines(at('people.csv'), ['cust,start', ...ids.map((id) => `${id},2023-06-15`)])
    const path = await config('mapped.json', {
      customers: { from: 'people.csv', columns: { id: 'cust', activatedAt: 'start' } },
      usage: 'good/usage.csv',
      bills: { from: 'good/bills.csv' },
    })
    expect(await holdfast(tag(path))).toMatchObject({ code: 0, messages: '' })
  })

  it.each<[string, unknown, readonly string[]]>([
    ['no JSON', '{"customers": ', ['expected the configuration to be JSON. Unexpected end of JSON input.']],
    ['a list', ['a'], ['expected the configuration to be an object']],
    [
      'everything wrong at once',
      { customer: 'c.csv', usage: { from: 'u.csv', colums: {} }, bills: 5 },
      [
        'expected usage.colums to be one of from, columns, types, decimal, thousands, dateFormat, encoding. Did you mean columns?',
        'expected bills to be { from, columns?, types?, decimal?, thousands?, dateFormat?, encoding? }, got 5 (number). A table is mapped to a file, or to { "from": file,',
        'expected table customer to be one of customers, usage,',
        'Did you mean customers?',
      ],
    ],
    [
      'files that are not there',
      { customers: 'good/customer.csv', usage: 'good/usage.csv' },
      ['good/customer.csv, table customers: expected the file to exist. Did you mean customers.csv?'],
    ],
  ])('%s', async (title, content, sentences) => {
    const messages = await refused(tag(await config(`${title.replaceAll(' ', '-')}.json`, content)))
    for (const sentence of sentences) expect(messages).toContain(sentence)
    if (title !== 'files that are not there')
      expect(messages).toContain(`${title.replaceAll(' ', '-')}.json: `)
  })
})

describe('days and models that do not fit', async () => {
  const flat = await writeLines(at('flat.csv'), [
    'fee,churn',
    ...ids.map((_, index) => `${index},${index % 2}`),
  ])
  await holdfast(['train', flat, '--out', at('flat.model')])

  it('a history scored with a model of a flat file', async () => {
    const words = ['score', at('flat.model'), '--history', good, '--out', at('no.csv')]
    const sentence = `${at('flat.model')}: expected the model to be of a history. It was trained on a file with one row per customer: give such a file instead of --history.`
    expect(await refused(words)).toContain(sentence)
    expect(await refused(['evaluate', at('flat.model'), '--history', good])).toContain(sentence)
  })

  it('a history that is too short for a test', async () => {
    const words = ['train', '--history', good, ...today, '--out', at('no.model')]
    expect(await refused([...words, '--horizon-days', '300'])).toContain(
      'expected the history to hold two cutoffs with 3 months before and a complete outcome window after them',
    )
    expect(await refused([...words, '--cutoffs', '2024-06..2024-06'])).toContain(
      'expected --cutoffs to end on or after 2024-07-01, when the outcome of the first cutoff 2024-06-01 is known, got "2024-06-01"',
    )
  })

  it('attributes that are no columns of the customers', async () => {
    const words = ['train', '--history', good, ...today, '--attributes', 'regoin', '--out', at('no.model')]
    expect(await refused(words)).toContain(
      'expected --attributes to name columns of customers, which are id, activatedAt, cancelledAt, region, got "regoin" (string). Did you mean region?',
    )
  })

  it('a table that has ended, with the flag that says otherwise', async () => {
    const ended = await history('ended', { bills: tables.bills.filter((line) => !/-1[012],/.test(line)) })
    expect(await refused(tag(ended, ['--as-of', '2024-12-01']))).toContain(
      'expected --as-of to be at most 2024-10-01, the first day for which bills is not complete, got "2024-12-01" (string). Use 2024-10-01 or an earlier day, or give --complete-until bills=<day> if it is complete for longer.',
    )
    const given = ['--complete-until', 'usage=2024-12-29', '--complete-until', 'bills=2024-11-01']
    expect(await refused(tag(ended, [...given, '--as-of', '2024-12-01']))).toContain(
      'expected --as-of to be at most 2024-11-01',
    )
    const { code, messages } = await holdfast(tag(ended))
    expect(code).toBe(0)
    expect(messages).toMatch(
      /note: Table bills is complete only until 2024-10-01.*give --complete-until bills=<day>\./,
    )
  })

  it.each([
    ['usge=2024-11-01', /Expected table=YYYY-MM-DD with one of customers, usage.* Did you mean usage\?/],
    ['usage=November', /Expected a date written YYYY-MM-DD/],
    ['usage=2024-11-01=2024-12-01', /Expected table=YYYY-MM-DD/],
  ])('--complete-until %s', async (value, message) => {
    const { code, messages } = await holdfast(tag(good, ['--complete-until', value]))
    expect(code).toBe(2)
    expect(messages).toMatch(message)
  })

  it.each([
    [['2024-11-01', 'usage=2024-11-01'], /Expected one day for all tables, or table=day/],
    [['usage=2024-11-01', 'usage=2024-12-01'], /Expected usage once/],
  ])('--complete-until twice: %s', async (values, message) => {
    const { messages } = await holdfast(
      tag(
        good,
        values.flatMap((value) => ['--complete-until', value]),
      ),
    )
    expect(messages).toMatch(message)
  })

  it('a day that the history does not reach, and a history that is complete earlier than its last row', async () => {
    expect(await refused(tag(good, ['--as-of', '2025-03-01']))).toContain(
      'expected --as-of to be at most 2024-12-29',
    )
    expect(await refused(tag(good, ['--complete-until', '2024-10-01', '--as-of', '2024-12-01']))).toContain(
      'expected --as-of to be at most 2024-10-01',
    )
  })
})
