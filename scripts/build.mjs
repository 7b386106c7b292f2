// Builds dist/: kernels to WebAssembly, declarations, and the entries and the command line bundled into few files, since
// Node takes about a millisecond to find and load each. What has not changed is not compiled again. With --unchecked
// types are not checked: `npm run types` does that.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'

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
 * One file for each entry, one for what scores, and one for each stage: a class is there once, whichever entries are
 * imported. Packages that every program with holdfast loads are bundled, in the part that is used; what is loaded when
 * asked for stays a package, or a file of its own.
 */
async function bundle() {
  const scoring = await modulesOf('entries/score')
  const names = [
    'index',
    'cli/main',
    ...readdirSync(join(modules, 'entries'))
      .filter((file) => file.endsWith('.js'))
      .map((file) => `entries/${file.slice(0, -'.js'.length)}`),
  ]
  const reached = new Set()
  const options = bundling(names)
  const build = await rolldown({
    ...options,
    plugins: [...options.plugins, { name: 'reached', buildEnd: staticModules(reached) }],
  })
  const stageOf = (id) => {
    const stage = /^(\w+)[/\\]/.exec(relative(modules, id))?.[1]
    return reached.has(id) && stage !== undefined && stage !== 'entries' && stage !== 'cli' ? stage : null
  }
  const { output } = await build.write({
    dir: 'dist',
    format: 'esm',
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared/[name]-[hash].js',
    codeSplitting: {
      groups: [
        { name: 'score', priority: 2, test: (id) => scoring.has(id) },
        { name: stageOf, debugName: 'stages', priority: 1 },
      ],
    },
  })
  const written = new Set(output.map(({ fileName }) => join('dist', fileName)))
  for (const file of javascriptIn('dist')) if (!written.has(file)) rmSync(file)
  writeFileSync('dist/licenses.txt', licenses(output.flatMap(({ moduleIds = [] }) => moduleIds)))
}

function bundling(names) {
  return {
    input: Object.fromEntries(names.map((name) => [name, resolve(modules, `${name}.js`)])),
    platform: 'node',
    // What it gives to import decodes its WebAssembly with a Buffer of its own: 54 ms in place of 14
    resolve: { alias: { cephes: require.resolve('cephes') } },
    // Written for require, which a bundle of modules does not have
    external: ['commander', /^node:/],
    plugins: [
      {
        name: 'packages that are loaded when asked for',
        resolveDynamicImport: (id) =>
          typeof id === 'string' && !id.startsWith('.') ? { id, external: true } : null,
      },
    ],
  }
}

/** The modules that an entry needs, without those of which it uses nothing. */
async function modulesOf(name) {
  const build = await rolldown(bundling([name]))
  const { output } = await build.generate({ format: 'esm' })
  return new Set(output[0].moduleIds)
}

/** Fills a set with the modules that entries import, without those that they load when asked to. */
function staticModules(reached) {
  return function buildEnd() {
    const left = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id).isEntry)
    while (left.length > 0) {
      const id = left.pop()
      if (reached.has(id)) continue
      reached.add(id)
      left.push(...(this.getModuleInfo(id)?.importedIds ?? []))
    }
  }
}

/** The licenses of the packages that are bundled. */
function licenses(inputs) {
  const folders = inputs.flatMap(
    (file) => /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(file)?.[0] ?? [],
  )
  return [...new Set(folders)]
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
