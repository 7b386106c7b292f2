import { statSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentOf, flatLines, holdfast, temporaryFolder, writeLines } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const good = flatLines(60)
const [header, ...goodRows] = good as [string, ...string[]]
const flat = await writeLines(at('flat.csv'), good)
await writeFile(at('config.json'), '{}')

// Whoever types commands has no functions and no options of objects
const libraryWords =
  /readTable|openHistory|fromFlatTable|buildDataset|splitRows|scoreTable|scoreRow|saveScorer|decodeModel|badRows|maxRejectShare|maxBytes|completeUntil|asOf\b|types: \{|missing: \[|columns: \{|error\.problems|writeTable|epochDay/

/** Runs a command that must be refused: exit code 3, nothing written, no stack, no word of the library. */
async function refused(words: readonly string[]): Promise<string> {
  const before = await contentOf(folder)
  const { code, output, messages } = await holdfast([...words, '--rejects', at('rejects.csv')])
  expect({ code, output }, messages).toEqual({ code: 3, output: '' })
  expect(messages).not.toMatch(/\n\s+at |failed/)
  expect(messages).not.toMatch(libraryWords)
  expect(await contentOf(folder)).toEqual(before)
  return messages
}

const trainFlat = async (name: string, lines: readonly string[], more: readonly string[] = []) =>
  refused(['train', await writeLines(at(name), lines), '--id', 'id', '--out', at('no.model'), ...more])

beforeAll(async () => {
  await holdfast(['train', flat, '--id', 'id', '--out', at('flat.model')])
})

describe('a flat file', () => {
  const cases: readonly [string, readonly string[], string][] = [
    [
      'a missing column',
      ['id,fee,calls,plan,chrun', ...goodRows],
      'FILE: expected column churn to be one of id, fee, calls, plan, chrun. Did you mean chrun?',
    ],
    [
      'text in a number column',
      [...good, 'X1,cheap,3,more,no', 'X2,dear,3,more,no'],
      'FILE, row 61, column fee: expected fee to be a number, got "cheap" (string) (2 times). Write blank for missing, name the mark with --missing \'?\', or read the column as text with --text-columns fee.',
    ],
    [
      'not a number',
      [...good, 'X1,NaN,3,more,no'],
      'FILE, row 61, column fee: expected fee to be a finite number, got "NaN" (string). Write blank for missing.',
    ],
    [
      'an infinite number',
      [...good, 'X1,9,3,more,no', 'X2,-Infinity,3,more,no'],
      'FILE, row 62, column fee: expected fee to be a finite number, got "-Infinity" (string). Write blank for missing.',
    ],
    [
      'a repeated id',
      [...good, 'C7,9,3,more,no'],
      'FILE, row 61, column id: expected id column id to occur once (it is already in row 7), got "C7" (string). Keep one row per customer; give a raw history with several rows each with --history.',
    ],
    [
      'a row without id',
      [...good, ',9,3,more,no'],
      'FILE, row 61, column id: expected id column id to have a value in every row. Fill it in the source.',
    ],
    [
      'a row with too many fields',
      [...good, 'X1,9,3,more,no,no'],
      'FILE, row 61: expected the row to have as many fields as the header (5), got "X1 | 9 | 3 | more | no | no" (string). Put values that hold the delimiter in quotes.',
    ],
    [
      'one class only',
      [header, ...goodRows.map((row) => row.replace(/yes$/, 'no'))],
      'FILE: expected label column churn to hold both churned and stayed customers, not "no" alone. A model learns from the difference between the two: add rows of the other outcome.',
    ],
    [
      'three classes',
      [...good, 'X1,9,3,more,perhaps'],
      'FILE: expected label column churn to hold two different values, not 3 (',
    ],
    ['a header without rows', [header], 'FILE: expected the file to have at least one row.'],
    [
      'a column of dates',
      ['id,since,churn', 'A,2024-01-31,yes', 'B,2024-02-01,no'],
      'FILE: expected table to have at least one column that can be a feature. Column since was left out: it holds days, and --as-of, the day of the forecast, is not given.',
    ],
    [
      'years of a century that nobody knows',
      ['id,birth,churn', 'A,31.12.48,yes', 'B,30.11.55,no'],
      'It is 2048-12-31 with --date-format birth=DD.MM.YY; where it is 1948-12-31, with --date-format birth=DD.MM.19YY, or read',
    ],
    [
      'a minus behind half of the numbers',
      ['id,age,churn', 'A,18-,yes', 'B,40,no'],
      'It is -18 with --decimal age=.: say so, or read',
    ],
    [
      'an unknown delimiter',
      good.map((line) => line.replaceAll(',', '~')),
      'FILE: expected column churn to be one of id~fee~calls~plan~churn. It was read as one column: separate values by comma, semicolon, tab or bar.',
    ],
    [
      'two columns of one name',
      ['id,fee,fee,plan,churn', ...goodRows],
      'FILE, column fee: expected column fee to occur once. Columns 2 and 3 have the same name; rename one of them.',
    ],
    [
      'a column without a name',
      ['id,fee,,plan,churn', ...goodRows],
      'FILE: expected the name of column 3 not to be blank. The first line must hold the column names: add it there.',
    ],
    [
      'quotes that never close',
      [...good, '"X1,9,3,more,no'],
      'FILE, row 61: expected the row to open and close its quotes around whole fields. Double a quote within quotes.',
    ],
  ]
  it.each(cases)('%s', async (title, lines, sentence) => {
    const name = `${title.replaceAll(' ', '-')}.csv`
    expect(await trainFlat(name, lines)).toContain(sentence.replace('FILE', at(name)))
  })

  it('an empty file', async () => {
    await writeFile(at('empty.csv'), '')
    const messages = await refused(['train', at('empty.csv'), '--out', at('no.model')])
    expect(messages).toBe(
      `holdfast train: ${at('empty.csv')}: expected the file to have a header and rows.\n`,
    )
  })

  it('many problems at once: all of them, and how to go on', async () => {
    const bad = [
      'X1,cheap,3,more,no',
      'X2,9,Infinity,more,no',
      'C7,9,3,more,no',
      ',9,3,more,no',
      'X3,9',
      'X4,9,3,more,perhaps',
    ]
    const messages = await trainFlat('many.csv', [...good, ...bad], ['--exclude', 'plam'])
    expect(messages).toContain('holdfast train: 6 problems\n')
    for (const fact of [
      'row 65: expected the row to have as many fields',
      'row 61, column fee: expected fee to be a number, got "cheap"',
      'row 62, column calls: expected calls to be a finite number, got "Infinity"',
      'row 64, column id: expected id column id to have a value in every row',
      'row 63, column id: expected id column id to occur once (it is already in row 7), got "C7"',
      'expected column plam to be one of id, fee, calls, plan, churn. Did you mean plan?',
    ])
      expect(messages).toContain(`${at('many.csv')}${fact.startsWith('row') ? ', ' : ': '}${fact}`)
    expect(messages).toMatch(/\nOr continue without such rows: with --bad-rows set-aside .*\n$/)
  })

  it('so many bad rows that something else is wrong', async () => {
    const bad = Array.from({ length: 70 }, () => 'C1,9,3,more,no')
    const messages = await trainFlat('double.csv', [...good, ...bad], ['--bad-rows', 'set-aside'])
    // 70 of 130 rows
    expect(messages).toContain(
      'expected the share of rows to set aside to be at most 0.5 (--max-reject-share), got 0.5385',
    )
    expect(messages).toContain('row 61, column id: expected id column id to occur once')
  })

  it('a huge field is no problem', async () => {
    const lines = [
      `${header},note`,
      ...goodRows.map((row, index) => `${row},${index === 3 ? 'x'.repeat(3e6) : 'a'}`),
    ]
    const path = await writeLines(at('huge.csv'), lines)
    expect((await holdfast(['train', path, '--id', 'id', '--out', at('huge.model')])).code).toBe(0)
  })

  it.each([
    ['Windows line ends', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n')), []],
    ['a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`), []],
    ['semicolons', (text: string) => Buffer.from(text.replaceAll(',', ';')), []],
    ['UTF-16, named', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'), ['--encoding', 'utf-16le']],
  ])('%s: the same model as from the usual file', async (_, encode, more) => {
    await writeFile(at('other.csv'), encode(await readFile(flat, 'utf8')))
    await holdfast(['train', at('other.csv'), '--id', 'id', '--out', at('other.model'), ...more])
    expect(await readFile(at('other.model'))).toEqual(await readFile(at('flat.model')))
  })

  it('UTF-16 that is not named', async () => {
    await writeFile(at('utf16.csv'), Buffer.from(`\ufeff${await readFile(flat, 'utf8')}`, 'utf16le'))
    expect(await refused(['train', at('utf16.csv'), '--out', at('no.model')])).toMatch(
      /utf16\.csv: expected the file to be readable text .* It is probably utf-16le: read it with --encoding utf-16le, or convert it to UTF-8\.\n$/,
    )
  })
})

describe('files in the wrong place', () => {
  const train = (file: string, more: readonly string[] = []) =>
    refused(['train', file, '--out', at('no.model'), ...more])
  const score = (model: string, file: string, more: readonly string[] = []) =>
    refused(['score', model, file, '--out', at('no.csv'), ...more])

  it('a file that is not there, with the nearest name', async () => {
    expect(await train(at('flta.csv'))).toContain('expected the file to exist. Did you mean flat.csv?')
  })

  it('a folder instead of a file', async () => {
    expect(await train(folder)).toContain('It is a folder: give the tables of a raw history with --history.')
  })

  it('a file that is no table', async () => {
    expect(await train(at('flat.model'))).toContain('expected the file name to end in .csv')
    await writeFile(at('text.parquet'), 'id,fee\n')
    expect(await train(at('text.parquet'))).toContain('expected the file to be a readable Parquet file')
  })

  it('model and table swapped', async () => {
    expect(await score(flat, at('flat.model'))).toContain(
      'The model comes first: holdfast score churn.model customers.csv.',
    )
  })

  it('a model that is not there, a folder, something else', async () => {
    expect(await score(at('none.model'), flat)).toContain(
      `${at('none.model')}: expected the model file to exist.`,
    )
    expect(await score(folder, flat)).toContain('expected the model file to be a file that can be read')
    expect(await score(at('config.json'), flat)).toContain(
      'expected the model file to begin as a holdfast model file does',
    )
  })

  it('a model that was cut short or edited', async () => {
    const bytes = await readFile(at('flat.model'))
    await writeFile(at('cut.model'), bytes.subarray(0, bytes.length / 2))
    expect(await score(at('cut.model'), flat)).toContain(
      `${at('cut.model')}: expected the model file to have ${bytes.length} bytes, as its beginning says, got ${Math.floor(bytes.length / 2)} (number). Get the file again from where it was made, or train the model again.`,
    )
    await writeFile(at('edited.model'), bytes.toString('utf8').replace('"calls"', '"cells"'))
    expect(await score(at('edited.model'), flat)).toContain(
      `${at('edited.model')}: expected the model file to have the content that its checksum was made of, but a byte was changed.`,
    )
  })

  it('a file without the columns of the model', async () => {
    const one = await writeLines(at('no-calls.csv'), ['id,fee,call,plan', 'A,1,2,more'])
    expect(await score(at('flat.model'), one)).toContain(
      `${one}: expected column calls to be one of id, fee, call, plan. Did you mean call?`,
    )
    const other = await writeLines(at('other-columns.csv'), ['a,b', '1,2'])
    expect(await score(at('flat.model'), other)).toContain(
      `${other}: expected the file to hold the columns that the model was trained on, but it lacks calls, fee, plan, got "a, b"`,
    )
  })

  it('--id that is no column', async () => {
    expect(await score(at('flat.model'), flat, ['--id', 'idd'])).toContain(
      'expected column idd to be one of id, fee, calls, plan, churn. Did you mean id?',
    )
  })

  it('--positive that does not occur', async () => {
    expect(await train(flat, ['--positive', 'gone'])).toContain(
      `${flat}: expected --positive to be the value of label column churn that means churned, one of "no", "yes", got "gone"`,
    )
  })

  it('--positive of another kind than the label', async () => {
    const numbers = await writeLines(at('numbers.csv'), ['fee,churn', '1,0', '2,1', '3,0', '4,1'])
    const { code, messages } = await holdfast([
      'train',
      numbers,
      '--positive',
      'yes',
      '--out',
      at('no.model'),
    ])
    expect(code).toBe(3)
    expect(messages).toContain(
      'expected --positive to be the value of label column churn that means churned, one of 0, 1, got "yes" (string). Name it with --positive.',
    )
  })
})

describe('files to write', () => {
  it('are looked at before anything is read or written', async () => {
    await mkdir(at('taken.csv'))
    const words = ['score', at('flat.model'), flat, '--bad-rows', 'set-aside']
    const outs = [at('fine.csv'), join(folder, 'none', 'a.csv'), at('taken.csv'), flat, at('fine.csv')]
    const messages = await refused([...words, ...outs.flatMap((path) => ['--out', path])])
    expect(messages).toContain('holdfast score: 4 problems')
    expect(messages).toContain(`expected --out to be in a folder that exists, got ${JSON.stringify(outs[1])}`)
    expect(messages).toContain('expected --out to be a file, got')
    expect(messages).toContain('Inputs are never overwritten: name another file.')
    expect(messages).toContain('expected --out to differ from the file of the other --out')
  })

  it('a model in a folder that is not there is refused before training', async () => {
    const path = join(folder, 'none', 'a.model')
    expect(await refused(['train', flat, '--out', path])).toBe(
      `holdfast train: expected --out to be in a folder that exists, got ${JSON.stringify(path)} (string). Create the folder ${join(folder, 'none')} first.\n`,
    )
  })

  it('where nothing can be written, also by the superuser, is refused before training', async () => {
    // No file can be made there by anybody, though rights may say so
    const messages = await refused(['train', flat, '--out', '/proc/a.model'])
    expect(messages).toContain('expected --out to be in a folder that can be written to')
    expect(messages).toContain('name another folder')
  })

  it('a device is not a file: it would be replaced', async () => {
    expect(await refused(['train', flat, '--out', '/dev/null'])).toContain('expected --out to be a file, got')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it('a folder of pictures that is a file, or below one, is refused before the customers are read', async () => {
    const words = ['report', at('flat.model'), flat, '--out', at('page.html'), '--pictures']
    expect(await refused([...words, flat])).toContain('expected --pictures to be a folder')
    expect(await refused([...words, join(flat, 'pictures')])).toContain(`${flat} is a file; name a folder.`)
  })

  it('a folder to simulate into that is a file', async () => {
    const { code, messages } = await holdfast([
      'simulate',
      '--out',
      flat,
      '--customers',
      '10',
      '--months',
      '3',
    ])
    expect(code).toBe(3)
    expect(messages).toContain('expected --out to be a folder')
  })
})
