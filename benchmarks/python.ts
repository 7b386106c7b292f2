import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const environment = fileURLToPath(new URL('.venv/', import.meta.url))
const windows = process.platform === 'win32'
const python = `${environment}${windows ? 'Scripts/python.exe' : 'bin/python'}`

// One file for all benchmarks: two files would install over each other in the one environment.
const requirements = new URL('requirements.txt', import.meta.url)

/** Python with the packages of `benchmarks/requirements.txt`. */
export interface Python {
  /** The interpreter, for a process that stays. */
  readonly command: string
  /** Runs a script on JSON input and returns its JSON output. */
  readonly run: (script: URL, input: unknown) => unknown
}

/**
 * Returns Python, or the reason why there is none.
 *
 * The packages are installed into `benchmarks/.venv` at the first run and whenever `requirements.txt` changes.
 */
export function openPython(): Python | { readonly reason: string } {
  try {
    install()
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return { reason: 'python3 is not available' }
    // The whole message names addresses and paths of this machine: for the terminal, not for the result.
    console.error((error as { stderr?: string }).stderr ?? error)
    return { reason: 'pip could not install their packages' }
  }
  return { command: python, run: runScript }
}

function install(): void {
  const text = readFileSync(requirements, 'utf8')
  const mark = `${environment}installed-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  if (existsSync(mark)) return
  const quiet = { encoding: 'utf8', stdio: 'pipe' } as const
  execFileSync(windows ? 'python' : 'python3', ['-m', 'venv', environment], quiet)
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', fileURLToPath(requirements)], quiet)
  writeFileSync(mark, '')
}

function runScript(script: URL, input: unknown): unknown {
  const output = execFileSync(python, [fileURLToPath(script)], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return JSON.parse(output)
}
