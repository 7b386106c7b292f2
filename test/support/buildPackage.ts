import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Builds dist/ before the tests of the package where a source is newer. */
export function setup(): void {
  const sources = ['tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs', ...filesBelow('src')]
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs))
  if (newest > builtAt())
    execFileSync(process.execPath, ['scripts/build.mjs', '--unchecked'], { stdio: 'inherit' })
}

function builtAt(): number {
  return statSync('.cache/modules/.tsbuildinfo', { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
}
