import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { runCommandLine } from '../../src/cli/runCommandLine.js'

/** What a command line did. */
export interface Ran {
  readonly code: number
  /** Standard output. */
  readonly output: string
  /** Standard error. */
  readonly messages: string
}

/** Runs a command line in this process, piped unless `isTerminal`. */
export async function holdfast(words: readonly string[], isTerminal = false): Promise<Ran> {
  let [output, messages] = ['', '']
  const code = await runCommandLine(words, {
    output: (text) => {
      output += text
    },
    message: (text) => {
      messages += text
    },
    isTerminal,
  })
  return { code, output, messages }
}

/** Returns a new folder that is removed after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes lines to a file and returns its path. */
export async function writeLines(path: string, lines: readonly string[]): Promise<string> {
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

/** Returns the bytes of a file as text that can be compared. */
export async function bytesOf(path: string): Promise<string> {
  return (await readFile(path)).toString('hex')
}

/** Returns every file of a folder with its bytes. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  const entries = names.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(await Promise.all(entries.map(async (path) => [path, await bytesOf(path)])))
}

/**
 * Returns the lines of a flat CSV file: `id`, `fee`, `calls`, `plan`, `churn`. Those who call little leave: of fewer than
 * 10 calls nine in ten, of the others one in ten.
 */
export function flatLines(rowCount: number): string[] {
  const random = seededRandom(1)
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const calls = random.integer(40)
    const churn = random.uniform() < (calls < 10 ? 0.9 : 0.1) ? 'yes' : 'no'
    return `C${row + 1},${(5 + random.uniform() * 20).toFixed(2)},${calls},${random.uniform() < 0.5 ? 'start' : 'more'},${churn}`
  })
  return ['id,fee,calls,plan,churn', ...rows]
}
