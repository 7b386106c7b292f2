// Builds dist/: kernels to WebAssembly, TypeScript to ESM with declarations, and the command line made executable.
// What has not changed is not built again. With --unchecked types are not checked: `npm run types` does that.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
execFileSync(process.execPath, ['scripts/kernels.mjs'], { stdio: 'inherit' })
const flags = process.argv.includes('--unchecked') ? ['--noCheck'] : []
// By its path: both compilers have a command tsc. TypeScript 6 is there for typedoc, which needs its interface.
const compiler = join(dirname(require.resolve('typescript-7/package.json')), 'bin/tsc')
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', ...flags], { stdio: 'inherit' })
removeWithoutSource()
chmodSync('dist/cli/main.js', 0o755)
// The compiler leaves this file alone where nothing changed; its time says when dist/ was last up to date.
const now = new Date()
utimesSync('dist/.tsbuildinfo', now, now)

function removeWithoutSource() {
  for (const file of readdirSync('dist', { recursive: true })) {
    const source = file.replace(/\.(js|d\.ts)$/, '.ts')
    if (source !== file && !existsSync(join('src', source))) rmSync(join('dist', file))
  }
}
