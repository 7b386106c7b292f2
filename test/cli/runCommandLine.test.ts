import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { flatLines, holdfast, temporaryFolder, writeLines } from './holdfast.js'

const folder = await temporaryFolder()
const flat = await writeLines(join(folder, 'flat.csv'), flatLines(60))
const out = join(folder, 'any.model')
const commands = ['train', 'evaluate', 'score', 'tag', 'simulate']

describe('help and version', () => {
  it.each(commands)('%s --help shows its options and an example of itself', async (command) => {
    const { code, output, messages } = await holdfast([command, '--help'])
    expect(code).toBe(0)
    expect(messages).toBe('')
    expect(output).toContain(`Usage: holdfast ${command}`)
    expect(output).toMatch(new RegExp(`Examples?:\n  holdfast ${command} `))
  })

  it('--help names every command and the exit codes', async () => {
    const { code, output } = await holdfast(['--help'])
    expect(code).toBe(0)
    for (const command of commands) expect(output).toContain(`  ${command} `)
    expect(output).toContain(
      'Exit codes: 0 done, 1 holdfast failed, 2 wrong command line, 3 input refused and nothing written, 4 written',
    )
  })

  it('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(await holdfast(['--version'])).toEqual({ code: 0, output: `${version}\n`, messages: '' })
  })
})

describe('a wrong command line ends with 2 and a sentence', () => {
  const history = ['--history', folder]
  it.each<[string, readonly string[], RegExp]>([
    ['a misspelt command', ['scor'], /unknown command 'scor'\n\(Did you mean score\?\)/],
    [
      'a misspelt option',
      ['train', flat, '--out', out, '--lable', 'x'],
      /unknown option '--lable'\n\(Did you mean --label\?\)/,
    ],
    ['no file to write', ['score', out, flat], /required option '--out <file>' not specified/],
    ['no model', ['score', '--out', 'x.csv'], /missing required argument 'model'/],
    [
      'no input',
      ['train', '--out', out],
      /either a file with one row per customer or --history <path>, got neither/,
    ],
    ['two inputs', ['train', flat, ...history, '--out', out], /got both/],
    ['tag without a history', ['tag', '--out', 'x.csv'], /required option '--history <path>' not specified/],
    ['tag with a file', ['tag', flat, '--out', 'x.csv', ...history], /too many arguments for 'tag'/],
    [
      'an option of files with a history',
      ['train', ...history, '--id', 'id', '--out', out],
      /--id cannot be used with --history/,
    ],
    [
      'options of histories with a file',
      ['train', flat, '--today', '2025-01-01', '--cutoffs', '2025-01..2025-02', '--out', out],
      /--today, --cutoffs cannot be used with a file/,
    ],
    [
      'an unknown learner',
      ['train', flat, '--out', out, '--learner', 'woods'],
      /Allowed choices are prior, logistic, forest, boosting/,
    ],
    [
      'an unknown way with bad rows',
      ['train', flat, '--out', out, '--bad-rows', 'drop'],
      /Allowed choices are refuse, set-aside/,
    ],
    [
      'a number that is none',
      ['train', flat, '--out', out, '--seed', ''],
      /'--seed <number>' argument '' is invalid. Expected a whole number/,
    ],
    [
      'a fraction of a reason',
      ['score', out, flat, '--out', 'x.csv', '--reasons', '1.5'],
      /Expected a whole number/,
    ],
    [
      'a date that is none',
      ['score', out, ...history, '--out', 'x.csv', '--as-of', 'soon'],
      /argument 'soon' is invalid. Expected a date written YYYY-MM-DD/,
    ],
    [
      'a day that no calendar has',
      ['evaluate', out, ...history, '--cutoff', '2025-02-30'],
      /Expected a date/,
    ],
    [
      'cutoffs in words',
      ['train', ...history, '--cutoffs', 'last year', '--out', out],
      /Expected two months with \.\. between them, such as 2025-01\.\.2025-10/,
    ],
    [
      'cutoffs backwards',
      ['train', ...history, '--cutoffs', '2025-03..2025-01', '--out', out],
      /Expected two months/,
    ],
    [
      'an unknown encoding',
      ['train', flat, '--encoding', 'utf-99', '--out', out],
      /Expected the name of an encoding/,
    ],
    [
      'a share in per cent',
      ['train', flat, '--test-share', '20', '--out', out],
      /holdfast train: expected --test-share to be a number above 0 and below 1, got 20/,
    ],
    [
      'a seed of more than 32 bits',
      ['train', flat, '--seed', '4294967296', '--out', out],
      /expected --seed to be an integer of at least -2147483648 and at most 4294967295/,
    ],
    [
      'an unknown label of a history',
      ['train', ...history, '--label', 'gone', '--out', out],
      /expected --label to be cancelled, silent or value-dropped/,
    ],
    [
      'days of a label by months',
      ['train', ...history, '--label', 'value-dropped', '--horizon-days', '60', '--out', out],
      /expected --horizon-days to be left out/,
    ],
    [
      'no day to look at',
      ['train', ...history, '--label', 'silent', '--horizon-days', '0', '--out', out],
      /expected --horizon-days to be an integer of at least 1, got 0/,
    ],
    [
      'a table as model file',
      ['train', flat, '--out', join(folder, 'm.csv')],
      /expected --out to be a model file, without the ending of a table/,
    ],
  ])('%s', async (_, words, sentence) => {
    const ran = await holdfast(words)
    expect(ran.messages).toMatch(sentence)
    expect(ran).toMatchObject({ code: 2, output: '' })
    expect(ran.messages).not.toMatch(/\n\s+at /)
  })

  it('several wrong values are all named', async () => {
    const words = [
      'simulate',
      '--out',
      join(folder, 'op'),
      '--customers',
      '0',
      '--months',
      '99',
      '--first-month',
      'May',
    ]
    const { code, messages } = await holdfast(words)
    expect(code).toBe(2)
    expect(messages).toContain('holdfast simulate: 3 problems')
    for (const flag of ['--customers', '--months', '--first-month'])
      expect(messages).toContain(`expected ${flag} to be`)
  })
})

describe('progress', () => {
  it('is drawn where a person looks, and wiped out at the end', async () => {
    const { code, messages } = await holdfast(['train', flat, '--id', 'id', '--out', out], true)
    expect(code).toBe(0)
    expect(messages).toMatch(/█+░* \d+\/\d+/)
    expect(messages.endsWith('\r\u001b[2K')).toBe(true)
  })

  it('is not shown where messages are piped', async () => {
    const ran = await holdfast(['train', flat, '--id', 'id', '--out', out])
    expect(ran).toMatchObject({ code: 0, messages: 'numbers: fee, calls\ncategories: plan (2)\n' })
    const simulated = await holdfast([
      'simulate',
      '--out',
      join(folder, 'quiet'),
      '--customers',
      '20',
      '--months',
      '3',
    ])
    expect(simulated).toMatchObject({ code: 0, messages: '' })
  })
})
