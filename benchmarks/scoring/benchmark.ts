import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { quantile } from 'simple-statistics'
import { scorerBundle } from '../../scripts/scorerBundle.mjs'
import { seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'
import { importLightgbm } from '../../src/learn/imported/importLightgbm.js'
import { importXgboost } from '../../src/learn/imported/importXgboost.js'
import { createScorer, encodeScorer } from '../../src/score/scorer.js'
import { openPython } from '../python.js'
import type { Benchmark, Measurement } from '../result.js'

const [trainRows, columnCount, scoredRows, rounds] = [20_000, 20, 5_000, 5]
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Size and start-up of the scorer, and single rows beside the fastest single-row paths of other libraries. */
export const benchmark: Benchmark = {
  about: 'what does the scorer weigh, how long does it load, and how long does one row take?',
  run: async () => {
    execFileSync(process.execPath, ['scripts/build.mjs', '--unchecked'], { cwd: root, stdio: 'inherit' })
    const { minified, compressed } = await scorerBundle()
    const results: Measurement[] = [
      { id: 'bundle.score.minified', value: minified, unit: 'bytes' },
      { id: 'bundle.score.compressed', value: compressed, unit: 'bytes' },
      ...importTimes(),
    ]
    const python = openPython()
    if ('reason' in python)
      return {
        peers: {},
        results,
        notices: [`Without single rows, for want of a model of peers: ${python.reason}.`],
      }
    const rows = await singleRows(python.command)
    return { peers: rows.versions, results: [...results, ...rows.results], notices: [] }
  },
}

/** Processor time over bare Node, ms: medians of 11 processes each, in turns. */
function importTimes(): Measurement[] {
  const programs = {
    bare: ['--input-type=module', '--eval', ''],
    'import.score': ['--input-type=module', '--eval', "import './dist/entries/score.js'"],
    'import.holdfast': ['--input-type=module', '--eval', "import './dist/index.js'"],
    'help.holdfast': ['dist/cli/main.js', '--help'],
  }
  const names = Object.keys(programs) as (keyof typeof programs)[]
  const times = new Map(names.map((name) => [name, [] as number[]]))
  for (let round = 0; round < 11; round++)
    for (const name of names) times.get(name)!.push(processorTime(programs[name]))
  const median = (name: keyof typeof programs): number => quantile(times.get(name)!, 0.5)
  return names
    .filter((name) => name !== 'bare')
    .map((name) => ({ id: name, value: median(name) - median('bare'), unit: 'ms' }))
}

/** Processor time of one process, user and system, ms: the shell counts that of its child. */
function processorTime(words: readonly string[]): number {
  const script = 'TIMEFORMAT="%U %S"; time "$0" "$@" > /dev/null'
  const { stderr, status } = spawnSync('bash', ['-c', script, process.execPath, ...words], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return (user! + system!) * 1000
}

interface Timed {
  readonly microseconds: readonly number[]
  readonly predictions: readonly number[]
}

/** The same models of LightGBM and XGBoost, in their library and here, one row after the other, in turns. */
async function singleRows(command: string) {
  const random = seededRandom(5)
  const draw = (count: number) => Array.from({ length: count * columnCount }, () => random.normal())
  const values = draw(trainRows)
  const margin = (row: number): number =>
    values
      .slice(row * columnCount, row * columnCount + 8)
      .reduce((sum, value, at) => sum + value * (at % 2 ? 0.5 : -0.7) + (value > 1 ? 0.8 : 0), -2)
  const labels = Array.from({ length: trainRows }, (_, row) =>
    random.uniform() < sigmoid(margin(row)) ? 1 : 0,
  )
  // Single precision, which XGBoost reads
  const asked = draw(scoredRows).map(Math.fround)
  const peers = new LineProcess(command, [fileURLToPath(new URL('peers.py', import.meta.url))])
  const own = new LineProcess(process.execPath, [fileURLToPath(new URL('child.mjs', import.meta.url))])
  try {
    const trained = (await peers.ask({ rows: trainRows, columns: columnCount, labels, values })) as {
      readonly models: Readonly<Record<'lightgbm' | 'xgboost', string>>
      readonly versions: Record<string, string>
    }
    const byName = Array.from({ length: scoredRows }, (_, row) =>
      Object.fromEntries(
        Array.from({ length: columnCount }, (__, at) => [`c${at}`, asked[row * columnCount + at]!]),
      ),
    )
    const results: Measurement[] = []
    for (const peer of ['lightgbm', 'xgboost'] as const) {
      const model =
        peer === 'lightgbm' ? importLightgbm(trained.models[peer]) : importXgboost(trained.models[peer])
      const bytes = encodeScorer(createScorer(model))
      await own.ask({ model: Buffer.from(bytes).toString('base64') })
      const turns: { own: Timed; reasons: Timed; peer: Timed }[] = []
      for (let round = 0; round <= rounds; round++) {
        const turn = {
          peer: (await peers.ask({ peer, rows: asked })) as Timed,
          own: (await own.ask({ rows: byName, reasons: 0 })) as Timed,
          reasons: (await own.ask({ rows: byName, reasons: 3 })) as Timed,
        }
        verify(peer, turn)
        // The first warms up both
        if (round > 0) turns.push(turn)
      }
      results.push(...figures(peer, turns))
      console.error(`${peer}: done`)
    }
    return { versions: trained.versions, results }
  } finally {
    peers.end()
    own.end()
  }
}

function verify(peer: string, turn: { own: Timed; reasons: Timed; peer: Timed }): void {
  turn.own.predictions.forEach((probability, row) => {
    const other = turn.peer.predictions[row]!
    if (Math.abs(probability - other) > 1e-6 || probability !== turn.reasons.predictions[row])
      throw new Error(`Row ${row}: holdfast says ${probability}, ${peer} ${other}.`)
  })
}

function figures(peer: string, turns: readonly { own: Timed; reasons: Timed; peer: Timed }[]): Measurement[] {
  const median = (of: (turn: (typeof turns)[0]) => Timed, share: number): number =>
    quantile(
      turns.map((turn) => quantile([...of(turn).microseconds], share)),
      0.5,
    )
  return ([0.5, 0.99] as const).flatMap((share): Measurement[] => {
    const name = share === 0.5 ? 'p50' : 'p99'
    const [own, reasons, theirs] = [
      median((turn) => turn.own, share),
      median((turn) => turn.reasons, share),
      median((turn) => turn.peer, share),
    ]
    return [
      { id: `row.${peer}.${name}`, value: own, unit: 'us', ratio: own / theirs },
      { id: `row.${peer}.reasons.${name}`, value: reasons, unit: 'us' },
      { id: `row.${peer}.peer.${name}`, value: theirs, unit: 'us', peer },
    ]
  })
}

/** A process that answers each line of JSON with one. */
class LineProcess {
  readonly #child
  readonly #lines

  constructor(command: string, words: readonly string[]) {
    this.#child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'], cwd: root })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async ask(question: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('The process ended.')
    return JSON.parse(value)
  }

  end(): void {
    this.#child.kill()
  }
}
