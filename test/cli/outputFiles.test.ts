import { lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { contentOf, flatLines, holdfast, temporaryFolder, writeLines } from './holdfast.js'

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const file = await writeLines(at('flat.csv'), flatLines(60))
const train = ['train', file, '--id', 'id', '--learner', 'prior']
await holdfast([...train, '--out', at('flat.model')])
const score = ['score', at('flat.model'), file]

it('an output that is a symbolic link stays one, and its file is written', async () => {
  await mkdir(at('models'))
  await symlink('models/dated.model', at('latest.model'))
  expect((await holdfast([...train, '--out', at('latest.model')])).code).toBe(0)
  expect((await lstat(at('latest.model'))).isSymbolicLink()).toBe(true)
  expect(await readdir(at('models'))).toEqual(['dated.model'])
})

it('a link to a folder that is not there, and links in a circle, are refused before the work', async () => {
  await symlink('absent/file.model', at('lost.model'))
  await symlink('absent', at('lost'))
  await symlink('circle.model', at('circle.model'))
  const lost = await holdfast([...train, '--out', at('lost.model')])
  expect([lost.code, lost.messages]).toEqual([
    3,
    expect.stringContaining(`Create the folder ${at('absent')} first`),
  ])
  const circle = await holdfast([...train, '--out', at('circle.model')])
  expect([circle.code, circle.messages]).toEqual([3, expect.stringContaining('links form a loop')])
  const simulate = await holdfast(['simulate', '--out', at('lost')])
  expect([simulate.code, simulate.messages]).toEqual([3, expect.stringContaining('create that folder first')])
})

it('a link is the file that it leads to where outputs are compared with each other and with inputs', async () => {
  await symlink('new.csv', at('new-link.csv'))
  await symlink('flat.csv', at('flat-link.csv'))
  const twice = await holdfast([...score, '--out', at('new.csv'), '--out', at('new-link.csv')])
  expect([twice.code, twice.messages]).toEqual([
    2,
    expect.stringContaining('differ from the file of the other'),
  ])
  const input = await holdfast([...score, '--out', at('flat-link.csv')])
  expect([input.code, input.messages]).toEqual([3, expect.stringContaining('Inputs are never overwritten')])
})

// Each command with each of its paths blank, as a variable of a shell is that is not set
const blank: [string, string[]][] = [
  ['--out', ['train', file, '--out', '']],
  ['--out', ['train', file, '--out', ' ']],
  ['--test-out', [...train, '--out', at('x.model'), '--test-out', '']],
  ['--rejects', [...train, '--out', at('x.model'), '--rejects', '']],
  ['--history', ['train', '--history', '', '--out', at('x.model')]],
  ['the argument file', ['train', '', '--out', at('x.model')]],
  ['--out', [...score, '--out', '']],
  ['--out', [...score, '--out', at('x.csv'), '--out', '']],
  ['the argument model', ['score', '', file, '--out', at('x.csv')]],
  ['the argument model and the argument file', ['evaluate', '', '']],
  ['--pictures', ['report', at('flat.model'), file, '--out', at('x.html'), '--pictures', '']],
  ['--train', ['report', at('flat.model'), file, '--out', at('x.html'), '--train', '']],
  ['--out', ['simulate', '--out', '']],
  ['--out', ['tag', '--history', folder, '--out', '']],
  ['--categories', ['import', file, '--out', at('x.model'), '--categories', '']],
]
it.each(blank)('a blank %s is refused at once: %j', async (name, words) => {
  const before = await contentOf(folder)
  const { code, messages } = await holdfast(words)
  expect([code, messages]).toEqual([2, `error: ${name} is blank; name a file or folder\n`])
  expect(await contentOf(folder)).toEqual(before)
})

it.each([
  ['UTF-8 with a byte-order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16, as some shells write', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 with the higher byte first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
])('a map of a history in %s is read', async (_, encoded) => {
  await writeLines(at('people.csv'), ['id,activatedAt', 'A,2024-01-15', 'B,2024-02-15'])
  await writeLines(at('use.csv'), ['id,day,minutes', 'A,2025-03-31,12', 'B,2025-03-30,3'])
  await writeFile(at('map.json'), encoded('{ "customers": "people.csv", "usage": "use.csv" }'))
  const { code, messages, output } = await holdfast([
    'tag',
    '--history',
    at('map.json'),
    '--out',
    at('tags.csv'),
  ])
  expect([code, messages]).toEqual([0, expect.not.stringContaining('JSON')])
  expect(output).toContain('tagged 2 customers')
})
