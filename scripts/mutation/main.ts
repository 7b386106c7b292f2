// Changes the sources in small ways, one at a time, and says which changes no test notices. See CONTRIBUTING.md.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { seededRandom } from '../../src/base/random.js'
import { isEquivalent, staleEquivalents } from './equivalent.js'
import { type Mutant, mutantsOf } from './mutants.js'
import { mutationFolder } from './plan.js'
import { probedTests } from './probe.js'
import { survivorsOf } from './survivors.js'

const folders = ['feature', 'label', 'population', 'dataset', 'evaluate', 'lifecycle', 'score']

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    files: { type: 'string', default: '' },
    far: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

mkdirSync(mutationFolder, { recursive: true })
const sources = folders.flatMap((folder) => filesBelow(`src/${folder}`, '.ts'))
const all = sources.flatMap((file) => mutantsOf(file, readFileSync(file, 'utf8')))
const counted = all.filter((mutant) => mutant.file.includes(values.files) && !isEquivalent(mutant))
const mutants = sample(counted, Number(values.count), Number(values.seed))
if (values.list) {
  for (const mutant of mutants) console.log(lineOf(mutant))
  console.log(`${mutants.length} of ${counted.length} mutants, ${all.length - counted.length} equivalent`)
} else {
  await run()
}

async function run(): Promise<void> {
  for (const line of staleEquivalents(all)) console.log(`no longer in the sources: ${line}`)
  const probes = await probedTests(testFiles())
  const survivors = await survivorsOf(mutants, probes)
  const lines = survivors.map(({ mutant, note }) => `${lineOf(mutant)}${note}`)
  writeFileSync(`${mutationFolder}/survivors.txt`, lines.map((line) => `${line}\n`).join(''))
  console.log(`\n${survivors.length} of ${mutants.length} survive (seed ${values.seed}):`)
  for (const line of lines) console.log(line)
  const killed = mutants.length - survivors.length
  console.log(`${((100 * killed) / mutants.length).toFixed(1)} % killed`)
}

function sample(from: readonly Mutant[], count: number, seed: number): Mutant[] {
  const random = seededRandom(seed)
  const drawn = from
    .map((mutant) => ({ mutant, place: random.uniform() }))
    .toSorted((a, b) => a.place - b.place)
  const kept = new Set(drawn.slice(0, count).map(({ mutant }) => mutant))
  return from.filter((mutant) => kept.has(mutant))
}

/** What is built, printed or started anew would not run the changed sources. */
function testFiles(): string[] {
  const files = filesBelow('test', '.test.ts').filter(
    (file) => !/^test\/(package|examples|docs)\//.test(file),
  )
  if (values.far) return files
  const stages = new Set(mutants.map(({ file }) => file.split('/')[1]!))
  // Those that stand in no folder are of all stages.
  return files.filter((file) => {
    const [, stage, ...rest] = file.split('/')
    return rest.length === 0 || stages.has(stage!)
  })
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`)
    .toSorted()
}

function lineOf({ file, line, before, after }: Mutant): string {
  return `${file}:${line}  ${before} → ${after}`
}
