// Compiles the kernels, AssemblyScript in <name>.as.ts of the folders below, to WebAssembly, and writes their bytes
// into <name>Bytes.ts beside them, so that the package needs no file at run time. What is up to date is left alone.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'
import { fillKernel } from './fillKernel.mjs'

const folders = ['src/learn/tree/kernels', 'src/learn/logistic/kernels', 'src/evaluate/interval/kernels']
const flags = [
  ...['--runtime', 'stub', '--noAssert', '--optimizeLevel', '3', '--shrinkLevel', '0'],
  // Made by the caller; 65,536 pages of 64 kB are all that there can be.
  ...['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
]
/** One memory for all threads. */
const shared = ['--sharedMemory', '--enable', 'threads']
/** Copies into memory that threads share are several times slower: what has no threads has a memory of its own. */
const withoutThreads = 'src/learn/logistic/kernels/logistic.as.ts'

writeWhole(`${folders[0]}/training-fill.as.ts`, fillKernel())
const compiler = readFileSync('node_modules/assemblyscript/package.json', 'utf8')
const script = readFileSync('scripts/kernels.mjs', 'utf8')

for (const folder of folders) {
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.as.ts'))
    .sort()
  // An entry is a source that exports to the outside; the parts that it imports are named `<entry>-<part>.as.ts`.
  for (const entry of sources.filter((file) => !file.includes('-'))) {
    const name = entry.slice(0, -'.as.ts'.length)
    const target = `${folder}/${name}Bytes.ts`
    const fingerprint = fingerprintOf(folder, sources, name)
    if (existsSync(target) && readFileSync(target, 'utf8').includes(fingerprint)) continue
    writeBytes(target, name, fingerprint, await compile(`${folder}/${entry}`))
  }
}

function fingerprintOf(folder, sources, name) {
  const parts = sources.filter((file) => file.startsWith(`${name}.`) || file.startsWith(`${name}-`))
  const texts = parts.map((file) => `${file}\n${readFileSync(`${folder}/${file}`, 'utf8')}`)
  return createHash('sha256')
    .update([script, compiler, ...texts].join('\n'))
    .digest('hex')
}

async function compile(path) {
  let bytes
  const { error, stderr } = await asc.main(
    [
      ...[path, '--baseDir', '.', '--outFile', 'kernels.wasm', ...flags],
      ...(path === withoutThreads ? [] : shared),
    ],
    {
      writeFile: (name, contents) => {
        if (name === 'kernels.wasm') bytes = contents
      },
    },
  )
  const said = stderr.toString()
  if (error !== null || said !== '') {
    console.error(said)
    throw error ?? new Error(`${path}: the compiler had something to say, see above`)
  }
  return bytes
}

function writeBytes(target, name, fingerprint, bytes) {
  const text = [
    `// Made by scripts/kernels.mjs from ${name}.as.ts; do not edit. Sources: ${fingerprint}`,
    `/** The kernels of ${name}.as.ts as WebAssembly, in base64. */`,
    `export const ${name}Bytes =`,
    `  '${Buffer.from(bytes).toString('base64')}'`,
    '',
  ].join('\n')
  writeWhole(target, text)
  console.log(`${target}: ${Math.round(bytes.length / 1024)} kB`)
}

/** Written beside and renamed: a process that reads meanwhile sees the old text or the new one. */
function writeWhole(target, text) {
  if (existsSync(target) && readFileSync(target, 'utf8') === text) return
  const temporary = `${target}.${process.pid}`
  writeFileSync(temporary, text)
  renameSync(temporary, target)
}
