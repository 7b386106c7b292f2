// Packs the package and looks at the tarball as its users will get it: entry points, types, and what is inside.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-pack-'))
const run = (command, ...args) =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
const bin = (name) => join('node_modules', '.bin', name)
try {
  const [packed] = JSON.parse(run('npm', 'pack', '--json', '--pack-destination', folder))
  const tarball = join(folder, packed.filename)
  const strangers = packed.files
    .map((file) => file.path)
    .filter((path) => /(^|\/)(test|benchmarks|src)\/|\.map$|\.tgz$|\.tsbuildinfo$/.test(path))
  if (strangers.length > 0)
    throw new Error(`the tarball holds files that users do not need: ${strangers.join(', ')}`)
  console.log(run(bin('publint'), tarball, '--strict').trim())
  console.log(run(bin('attw'), tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii').trim())
  console.log(`${packed.filename}: ${packed.files.length} files, ${Math.round(packed.size / 1024)} kB packed`)
} catch (error) {
  if (error.stdout) console.error(error.stdout)
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
