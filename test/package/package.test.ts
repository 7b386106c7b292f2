import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flatLines } from '../cli/holdfast.js'

// The package as its users get it: packed, installed from the tarball into a project of its own, and used from there.

const root = process.cwd()
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const isWindows = process.platform === 'win32'
// What npm tells its own scripts would lead the inner npm back into this folder
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(lifecycle|package|command|config_local_prefix|config_prefix)|INIT_CWD|NODE_OPTIONS|VITEST)/.test(
        name,
      ),
  ),
)
let project: string

async function run(folder: string, command: string, ...words: string[]): Promise<string> {
  const isScript = command === 'npm' || command === 'npx'
  const { stdout } = await promisify(execFile)(command, words, {
    cwd: folder,
    env: environment,
    shell: isWindows && isScript,
  })
  return stdout
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'holdfast-package-'))
  await run(root, 'npm', 'pack', '--pack-destination', project)
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'))!
  await writeFile(join(project, 'package.json'), '{ "name": "shop", "private": true, "type": "module" }\n')
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  await run(project, 'npm', 'install', `./${tarball}`, ...flags)
})

afterAll(() => rm(project, { recursive: true, force: true }))

describe('the command line', () => {
  const holdfast = (...words: string[]) => run(project, 'npx', '--no-install', 'holdfast', ...words)

  it('npx holdfast --version, in a project that installed it and in the repository itself', async () => {
    expect(await holdfast('--version')).toBe(`${version}\n`)
    expect(await run(root, 'npx', '--no-install', 'holdfast', '--version')).toBe(`${version}\n`)
  })

  it('trains and scores', async () => {
    await writeFile(join(project, 'shop.csv'), `${flatLines(60).join('\n')}\n`)
    const trained = await holdfast('train', 'shop.csv', '--id', 'id', '--out', 'shop.model')
    expect(trained).toContain('wrote shop.model: boosting, trained on 48 rows')
    await holdfast('score', 'shop.model', 'shop.csv', '--id', 'id', '--out', 'scores.csv')
    const lines = (await readFile(join(project, 'scores.csv'), 'utf8')).trim().split('\n')
    expect(lines[0]).toBe('id,probability,band,reason1,reason2,reason3')
    expect(lines).toHaveLength(61)
  })

  it('a refused input ends with exit code 3', async () => {
    await expect(holdfast('train', 'none.csv', '--out', 'none.model')).rejects.toMatchObject({ code: 3 })
  })

  it('a reader that closes the pipe early is no failure', async () => {
    const script = `
      import { spawn } from 'node:child_process'
      const child = spawn(process.execPath, ['node_modules/holdfast/dist/cli/main.js', 'train', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.destroy()
      let said = ''
      child.stderr.on('data', (text) => { said += text })
      child.on('close', (code) => console.log(JSON.stringify({ code, said })))`
    const ran = await run(project, process.execPath, '--input-type=module', '-e', script)
    expect(JSON.parse(ran)).toEqual({ code: 0, said: '' })
  })
})

describe('holdfast/score', () => {
  it('loads nothing beside itself: no engine, no native code, no package, nothing of Node', async () => {
    await writeFile(
      join(project, 'hooks.mjs'),
      `import { appendFileSync } from 'node:fs'
       export async function load(url, context, next) {
         appendFileSync('loaded.txt', url + '\\n')
         return next(url, context)
       }`,
    )
    await writeFile(
      join(project, 'register.mjs'),
      `import { register } from 'node:module'
       register('./hooks.mjs', import.meta.url)`,
    )
    const script = `import('holdfast/score').then(() => {
      const { sharedObjects } = process.report.getReport()
      console.log(JSON.stringify(sharedObjects.filter((path) => /node_modules|[.]node$/.test(path))))
    })`
    const native = await run(project, process.execPath, '--import', './register.mjs', '-e', script)
    expect(JSON.parse(native)).toEqual([])
    const loaded = (await readFile(join(project, 'loaded.txt'), 'utf8')).trim().split('\n')
    const packages = loaded.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
    expect([...new Set(packages)]).toEqual(['holdfast'])
    expect(loaded.filter((url) => url.startsWith('node:'))).toEqual([])
  })

  it('scores with a model that the command line trained', async () => {
    await writeFile(join(project, 'shop.csv'), `${flatLines(60).join('\n')}\n`)
    await run(
      project,
      'npx',
      '--no-install',
      'holdfast',
      'train',
      'shop.csv',
      '--id',
      'id',
      '--out',
      'one.model',
    )
    await run(
      project,
      'npx',
      '--no-install',
      'holdfast',
      'score',
      'one.model',
      'shop.csv',
      '--id',
      'id',
      '--out',
      'one.csv',
    )
    const script = `
      import { readFileSync } from 'node:fs'
      import { loadScorer } from 'holdfast/score'
      const scorer = loadScorer(readFileSync('one.model'))
      const [names, ...rows] = readFileSync('shop.csv', 'utf8').trim().split('\\n').map((line) => line.split(','))
      for (const [id, fee, calls, plan] of rows)
        console.log(id + ',' + scorer.scoreRow({ fee: Number(fee), calls: Number(calls), plan }).probability)`
    const alone = await run(project, process.execPath, '--input-type=module', '-e', script)
    const written = (await readFile(join(project, 'one.csv'), 'utf8')).trim().split('\n').slice(1)
    const batch = written.map((line) => line.split(',').slice(0, 2).join(','))
    expect(alone.trim().split('\n').sort()).toEqual(batch.sort())
  })
})

describe('the types', () => {
  it.each([
    ['nodenext', 'nodenext', 'typescript'],
    ['esnext', 'bundler', 'typescript-7'],
  ])(
    'a consumer with module %s and resolution %s compiles strictly with %s',
    async (module, resolution, compiler) => {
      await writeFile(
        join(project, 'consumer.ts'),
        `import { bestList, cancelled, churnPlan, compareModels, evaluate, fromFlatTable, HoldfastError, monthly, readTable, splitRows, trainBoosting, type ChurnModel } from 'holdfast'
import { tenure } from 'holdfast/features'
import { calibrationTable } from 'holdfast/metrics'
import { loadScorer, type Score } from 'holdfast/score'
import { simulateTables } from 'holdfast/simulate'

export async function trained(path: string): Promise<ChurnModel> {
  const { train, test } = splitRows(fromFlatTable(await readTable(path), { label: 'churn' }), { testShare: 0.2 })
  const model = trainBoosting(train, { seed: 1 })
  const auc: number = evaluate(model, test).rocAuc.value
  if (auc < 0.5) throw new Error('worse than chance')
  return model
}

export function scored(bytes: Uint8Array): Score {
  return loadScorer(bytes).scoreRow({ fee: 9.5, calls: null })
}

export const customers: number = simulateTables({ customers: 10, months: 3 }).customers.rowCount

// Inferred types that a project which writes declarations must be able to name
export const options = { seed: 1 }
export const compared = (model: ChurnModel, other: ChurnModel, rows: ReturnType<typeof fromFlatTable>) =>
  compareModels(model.probability(rows.features), other.probability(rows.features), rows.outcome)
export const plan = churnPlan({ label: cancelled({ gapDays: 7, horizonDays: 30 }), features: [tenure()], cutoffs: monthly('2024-06', '2024-11') })
export const ranked = bestList([0.5, 0.1], { customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.3 })
export const curve = calibrationTable([0.5, 0.1], [1, 0])

export function codeOf(error: unknown): string {
  return error instanceof HoldfastError ? error.code : 'unknown'
}

// @ts-expect-error a seed is a number
trainBoosting({} as never, { seed: 'one' })
`,
      )
      const types = join(root, 'node_modules', '@types')
      const flags = [
        '--strict',
        '--declaration',
        '--outDir',
        `declarations-${compiler}`,
        '--exactOptionalPropertyTypes',
        '--target',
        'es2022',
        '--module',
        module,
      ]
      const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc')
      const words = [
        tsc,
        ...flags,
        '--moduleResolution',
        resolution,
        '--typeRoots',
        types,
        '--types',
        'node',
        'consumer.ts',
      ]
      await expect(run(project, process.execPath, ...words)).resolves.toBe('')
    },
  )
})
