// Builds dist/: kernels to WebAssembly, declarations, and the entries and the command line bundled into few files, since
// Node takes about a millisecond to find and load each. What has not changed is not compiled again. With --unchecked
// types are not checked: `npm run types` does that.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const require = createRequire(import.meta.url)
execFileSync(process.execPath, ['scripts/kernels.mjs'], { stdio: 'inherit' })
const flags = process.argv.includes('--unchecked') ? ['--noCheck'] : []
// By its path: both compilers have a command tsc. TypeScript 6 is there for typedoc, which needs its interface.
const compiler = join(dirname(require.resolve('typescript-7/package.json')), 'bin/tsc')
const modules = '.cache/modules'
if (!existsSync('dist')) rmSync(join(modules, '.tsbuildinfo'), { force: true })
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', ...flags], { stdio: 'inherit' })
removeWithoutSource(modules)
removeWithoutSource('dist')
await bundle()
chmodSync('dist/cli/main.js', 0o755)
// The compiler leaves this file alone where nothing changed; its time says when dist/ was last up to date.
const now = new Date()
utimesSync(join(modules, '.tsbuildinfo'), now, now)

/**
 * One file for each entry, and shared ones: a class is there once, whichever entries are imported. Packages that every
 * program with holdfast loads are bundled, in the part that is used; what is loaded when asked for stays a package.
 */
async function bundle() {
  const { metafile } = await build({
    entryPoints: [
      'index.js',
      'cli/main.js',
      ...readdirSync(join(modules, 'entries'))
        .filter((file) => file.endsWith('.js'))
        .map((file) => join('entries', file)),
    ].map((file) => join(modules, file)),
    outbase: modules,
    outdir: 'dist',
    bundle: true,
    splitting: true,
    chunkNames: 'shared/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
    // Written for require, which a bundle of modules does not have
    external: ['commander'],
    plugins: [{ name: 'packages', setup: leavePackagesThatLoadWhenAskedFor }],
  })
  const written = new Set(Object.keys(metafile.outputs))
  for (const file of javascriptIn('dist')) if (!written.has(file)) rmSync(file)
  writeFileSync('dist/licenses.txt', licenses(Object.keys(metafile.inputs)))
}

function leavePackagesThatLoadWhenAskedFor({ onResolve }) {
  onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
    kind === 'dynamic-import' && !path.startsWith('node:') ? { path, external: true } : undefined,
  )
}

/** The licenses of the packages that are bundled. */
function licenses(inputs) {
  const packages = inputs.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
  return [...new Set(packages)]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
      if (file === undefined) throw new Error(`${name} has no license file`)
      return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
    .join('\n----\n\n')
}

function javascriptIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(folder, file))
}

function removeWithoutSource(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    const source = file.replace(/\.d\.ts$|\.js$/, '.ts')
    const isBundled = folder === 'dist' && file.endsWith('.js')
    if (source !== file && !isBundled && !existsSync(join('src', source))) rmSync(join(folder, file))
  }
}
