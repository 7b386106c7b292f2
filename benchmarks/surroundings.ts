import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Result } from './result.js'

const root = new URL('..', import.meta.url)

/** Returns what figures depend on besides the code: never a host name, a user or a path. */
export function machine(): Result['machine'] {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: Math.max(1, processors.length),
    memory: Math.round((totalmem() / 2 ** 30) * 10) / 10,
  }
}

/** Returns the versions of node and holdfast. */
export function ownVersions(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
  return { node: process.versions.node, holdfast: version }
}

/** Returns the commit of the checkout and whether `src` or `benchmarks` differ from it. */
export function codeState(): Pick<Result, 'commit' | 'edited'> {
  try {
    const commit = git('rev-parse', 'HEAD')
    // Results are written by the run itself, they are not the measured code.
    const changes = git('status', '--porcelain', '--', 'src', 'benchmarks', ':!benchmarks/results')
    return { commit, edited: changes !== '' }
  } catch {
    return { commit: null, edited: false }
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}
