import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readmeTable } from '../../benchmarks/quality/readmeTable.js'
import { resultSchema } from '../../benchmarks/result.js'
import { speedTable } from '../../benchmarks/trees/readmeTable.js'
import { runCommandLine } from '../../src/cli/runCommandLine.js'
import { entries, everyName } from '../support/entries.js'
import { agrees, pageExamples, runExample } from '../support/runExample.js'

const home = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-pages-'))
const page = (name: string): string => readFileSync(join(home, name), 'utf8')
const readmeCommands = [...page('README.md').matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap((block) =>
  block[1]!.trim().split('\n'),
)

const messages: string[] = []
/** Runs a command line `npx holdfast …` in this process; what it says is in `messages`. */
async function exitCodeOf(line: string): Promise<number> {
  messages.length = 0
  const terminal = { output: () => {}, message: (text: string) => messages.push(text), isTerminal: false }
  return await runCommandLine(line.split(' ').slice(2), terminal)
}

beforeAll(async () => {
  copyFileSync('examples/data/telco.csv', join(folder, 'telco.csv'))
  process.chdir(folder)
  // As README.md says before its first block
  expect(await exitCodeOf(readmeCommands.find((line) => line.includes(' simulate --out operator '))!)).toBe(0)
})
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

const trainingSetPage = 'examples/from-your-tables-to-a-training-set.md'
const subscriptionsPage = 'examples/software-as-a-service.md'

/** What the imports of a page bring: a name that the entry does not have is no name. */
function importedBy(code: string): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [, names, entry] of code.matchAll(/^import \{([^}]*)\} from '(holdfast[^']*)'/gm)) {
    const module: Readonly<Record<string, unknown>> = entries[entry as keyof typeof entries]
    for (const name of names!.split(',').map((each) => each.trim())) {
      expect(Object.keys(module), `imported from ${entry}`).toContain(name)
      found[name] = module[name]
    }
  }
  return found
}

// The blocks of a page are one program: a later one goes on with the names of the earlier. PITFALLS.md has pieces of
// programs, without what they import.
const runPage = async (name: string): Promise<void> => {
  const code = pageExamples(page(name), name)
    .map((example) => example.code)
    .join('\n')
  const scope = name === 'PITFALLS.md' ? everyName : importedBy(code)
  const shown = await runExample(code, { ...scope, readFile })
  expect(shown.length).toBeGreaterThan(2)
  for (const claim of shown) {
    const { expression, expected, received } = claim
    const message = `${expression}\nshown: ${JSON.stringify(expected)}\ngiven: ${JSON.stringify(received)}`
    expect.soft(agrees(claim), message).toBe(true)
  }
}
it.each(['README.md', 'examples/guide.md', 'PITFALLS.md', trainingSetPage, subscriptionsPage])(
  'the code of %s shows what it gives',
  runPage,
)

it('the figures that another page takes from PITFALLS.md are those of the section that it names', () => {
  const sections = page('PITFALLS.md').split(/^## /m).slice(1)
  const sectionOf = (anchor: string): string =>
    sections.find((text) => text.split('\n')[0]!.toLowerCase().replaceAll(' ', '-') === anchor) ?? ''
  const pieces = page(trainingSetPage)
    .split('\n')
    .flatMap((line) => [...line.matchAll(/(.*?)\]\(\.\.\/PITFALLS\.md#([\w-]+)\)/g)])
  expect(pieces.length).toBeGreaterThan(2)
  for (const [, text, anchor] of pieces) {
    const figures = text!.match(/\d+/g) ?? []
    expect(figures.length, text).toBeGreaterThan(1)
    for (const figure of figures) expect(sectionOf(anchor!), text).toMatch(new RegExp(`\\b${figure}\\b`))
  }
})

describe('the commands of README.md', () => {
  const scripts = Object.keys((JSON.parse(page('package.json')) as { scripts: object }).scripts)

  it('name scripts that there are', () => {
    const named = readmeCommands.flatMap((command) =>
      [...command.matchAll(/npm (?:run )?(\w+)/g)].map((match) => match[1]!),
    )
    expect(named.filter((name) => !['ci', 'install'].includes(name) && !scripts.includes(name))).toEqual([])
    expect(named.length).toBeGreaterThan(2)
  })

  it('run one after the other, each to its end', async () => {
    const lines = readmeCommands.filter((command) =>
      /^npx holdfast (?!simulate --out operator )/.test(command),
    )
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) {
      const code = await exitCodeOf(line)
      // A machine that is busy may need more time than a budget gives: 4 says so, and the model is written.
      const ends = line.includes('--budget') ? [0, 4] : [0]
      expect(ends, `${line}\n${messages.join('')}`).toContain(code)
    }
  })
})

it('the measured table of benchmarks/README.md is that of the last result of the benchmark', () => {
  const { results } = resultSchema.parse(JSON.parse(page('benchmarks/results/quality.json')))
  const shown = /<!-- quality:begin -->\n([\s\S]*?)\n<!-- quality:end -->/.exec(
    page('benchmarks/README.md'),
  )?.[1]
  expect(shown).toBe(readmeTable(results))
})

it('the table of speeds of benchmarks/README.md is that of the last result of the benchmark', () => {
  const { results } = resultSchema.parse(JSON.parse(page('benchmarks/results/trees.json')))
  const shown = /<!-- speed:begin -->\n([\s\S]*?)\n<!-- speed:end -->/.exec(page('benchmarks/README.md'))?.[1]
  expect(shown).toBe(speedTable(results))
})

it('every relative link of the pages leads somewhere', async () => {
  for (const name of [
    'README.md',
    'CONTRIBUTING.md',
    'PITFALLS.md',
    'examples/guide.md',
    trainingSetPage,
    subscriptionsPage,
    'GLOSSARY.md',
    'src/README.md',
    'benchmarks/README.md',
  ]) {
    const links = [...page(name).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map((match) => match[1]!)
    for (const link of links) {
      await expect(
        readFile(join(home, name, '..', link)).catch((error: { code: string }) => error.code),
        `${name}: ${link}`,
      ).resolves.not.toBe('ENOENT')
    }
  }
})
