// Builds dist/: kernels to WebAssembly, TypeScript to ESM with declarations, and the command line made executable.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
execFileSync(process.execPath, ['scripts/kernels.mjs'], { stdio: 'inherit' })
rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
})
if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755)
