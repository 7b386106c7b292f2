import { join } from 'node:path'
import type { Comparison, Target } from '../comparison.js'
import type { LibraryName } from '../contenders.js'
import { physicsData } from '../data/variants.js'
import {
  type Context,
  contendersOf,
  type DataFile,
  joinReports,
  type Part,
  type PartReport,
  scaled,
  seriesOf,
  storeData,
  threadsOf,
} from '../part.js'
import type { ForestSettings, TreeSettings } from '../protocol.js'
import { Session } from '../session.js'
import { settingsFor } from '../training.js'
import { inTurns, type Spin, withSpin } from '../turns.js'
import { verifiedAuc, verifyScores } from '../verify.js'

const peers = ['lightgbm', 'xgboost'] as const
const usualRounds = 5
// Models are the means here, not what is measured: rows enough that every tree gets all its leaves.
const trainRows = 100_000

/** A form of trees, and how to come by them. */
interface Shape {
  readonly words: string
  readonly settings: Partial<TreeSettings>
  /** A random forest in their place. */
  readonly forest?: Omit<ForestSettings, 'threads'>
  /** True: holdfast takes over the trees of LightGBM, larger than it grows them itself. */
  readonly imported?: boolean
}

/** Something that trained models do, many rows at a time or one. */
interface Measured {
  readonly about: string
  readonly unit: Comparison['unit']
  readonly targets: readonly Target[]
  /** Does the same once, looks at the answer, and compiles what will be timed. @throws where it is wrong */
  readonly verify: (session: Session, name: LibraryName, trees: number, data: DataFile) => Promise<unknown>
  readonly measure: (session: Session, name: LibraryName, trees: number) => Promise<number>
}

/** What a part measures, and with whom. */
interface Plan {
  readonly id: string
  /** Training rows of the data. */
  readonly rows: number
  readonly threads: number
  readonly peers: readonly LibraryName[]
  readonly works: readonly (readonly [Shape, Measured])[]
}

const leaves31: Shape = { words: '100trees.31leaves', settings: {} }
const depth3: Shape = { words: '100trees.depth3', settings: { depth: 3, leaves: 8 } }
const otherShapes: readonly Shape[] = [
  { words: '300trees.31leaves', settings: { trees: 300 } },
  depth3,
  { words: '100trees.depth6', settings: { depth: 6, leaves: 64 } },
  { words: '100trees.255leaves', settings: { leaves: 255 } },
  { words: '50trees.2047leaves', settings: { trees: 50, leaves: 2047 }, imported: true },
]
/** So many trees that what a call costs beside them does not count. */
const manyTrees: Shape = { words: '1000trees.31leaves', settings: { trees: 1000 } }
const forestTrees: Shape = {
  words: '100trees.forest',
  settings: {},
  forest: { trees: 100, minRows: 10, columnsPerSplit: 5 },
}

/**
 * Scoring from raw floats: 1 M rows by 100 trees of 31 leaves on one core and on two, a quarter of them by other trees
 * on one.
 */
export const scoring: Part = async (context) => {
  const rows = scaled(1_000_000, context)
  const reports: PartReport[] = []
  for (const threads of threadsOf(context, [1, 2])) {
    const many = scoringOf(rows, threads, context)
    const fewer = scoringOf(scaled(250_000, context), threads, context)
    const others = threads === 1 ? otherShapes.map((shape): [Shape, Measured] => [shape, fewer]) : []
    reports.push(
      await measured(
        { id: 'scoring', rows: 1_000_000, threads, peers, works: [[leaves31, many], ...others] },
        context,
      ),
    )
  }
  return joinReports(reports)
}

function scoringOf(rows: number, threads: number, context: Context): Measured {
  return {
    about: `scoring ${rows} rows`,
    unit: 'rows/s',
    targets: [
      { than: 'lightgbm', ratio: 10 },
      { than: 'xgboost', ratio: 5 },
    ],
    verify: (session, name, _trees, data) => verifyScores(session, name, rows, threads, data, context),
    measure: async (session, name) =>
      rows / (await session.ask(name, { command: 'score', rows, threads })).seconds,
  }
}

/** Exact contributions of every feature, on one core; those of a forest by holdfast alone. */
export const explaining: Part = async (context) => {
  const rows = scaled(4000, context, 200)
  const explain = async (session: Session, name: LibraryName, count: number): Promise<number> => {
    const { seconds, distance } = await session.ask(name, { command: 'explain', rows: count, threads: 1 })
    refuseDistance(name, distance!)
    return seconds
  }
  const measure: Measured['measure'] = async (session, name) => rows / (await explain(session, name, rows))
  const explanation: Measured = {
    about: `explaining ${rows} rows`,
    unit: 'rows/s',
    targets: [{ than: 'lightgbm', ratio: 2 }],
    verify: measure,
    measure,
  }
  const forestRows = scaled(200, context, 20)
  const measureForest: Measured['measure'] = async (session, name) =>
    (1000 * (await explain(session, name, forestRows))) / forestRows
  const forestExplanation: Measured = {
    about: `explaining ${forestRows} rows, each`,
    unit: 'ms',
    targets: [],
    verify: measureForest,
    measure: measureForest,
  }
  const works: Plan['works'] = [
    [leaves31, explanation],
    [depth3, explanation],
  ]
  const common = { id: 'explaining', rows: trainRows, threads: 1 }
  return joinReports([
    await measured({ ...common, peers, works }, context),
    await measured({ ...common, peers: [], works: [[forestTrees, forestExplanation]] }, context),
  ])
}

/** One row at a time, per tree; as a service gets rows, with reasons, by holdfast alone. */
export const singleRow: Part = async (context) => {
  const repeats = scaled(50_000, context, 500)
  const measure: Measured['measure'] = async (session, name, trees) =>
    ((await session.ask(name, { command: 'single', repeats })).seconds * 1e9) / trees
  const row: Measured = {
    about: 'one row at a time, each tree',
    unit: 'ns',
    targets: [],
    verify: measure,
    measure,
  }
  const works = [leaves31, depth3, manyTrees].map((shape): [Shape, Measured] => [shape, row])
  const measureReasons: Measured['measure'] = async (session, name) =>
    (await session.ask(name, { command: 'reasons', repeats })).seconds * 1e3
  const withReasons: Measured = {
    about: 'scoreRow with three reasons',
    unit: 'ms',
    targets: [],
    verify: measureReasons,
    measure: measureReasons,
  }
  const common = { rows: trainRows, threads: 1 }
  return joinReports([
    await measured({ ...common, id: 'single-row', peers, works }, context),
    await measured(
      { ...common, id: 'single-row.reasons', peers: [], works: [[leaves31, withReasons]] },
      context,
    ),
  ])
}

async function measured(plan: Plan, context: Context): Promise<PartReport> {
  const { id, rows, threads, works } = plan
  const data = storeData(context, physicsData(scaled(rows, context, 4000), scaled(20_000, context)))
  const names = contendersOf(plan.peers, context)
  const session = await Session.open(data.path, names, threads, context.programs)
  try {
    const comparisons = await withSpin(threads, context.programs, async (spin) => {
      const found: Comparison[] = []
      for (const [shape, work] of works) {
        if (shape.imported === true && !names.includes('lightgbm')) continue
        const words = `${id}.${shape.words}${threads === 1 ? '' : `.${threads}threads`}`
        found.push(await compareModels(words, threads, shape, work, session, data, context, spin))
      }
      return found
    })
    return { comparisons, versions: session.versions, notices: [] }
  } finally {
    await session.close()
  }
}

async function compareModels(
  id: string,
  threads: number,
  shape: Shape,
  { about, unit, targets, verify, measure }: Measured,
  session: Session,
  data: DataFile,
  context: Context,
  spin: Spin,
): Promise<Comparison> {
  const { names } = session
  const rounds = context.options.rounds ?? usualRounds
  context.say(`${id}: ${names.join(', ')}, ${rounds} rounds`)
  const trees = shape.forest?.trees ?? shape.settings.trees ?? settingsFor(threads).trees
  const auc = new Map<LibraryName, number>()
  // The peers first: holdfast may take over what they have grown.
  for (const name of names.toReversed()) {
    await grow(session, name, shape, threads, data, context)
    auc.set(name, await verifiedAuc(session, name, data, context))
    await verify(session, name, trees, data)
  }
  const { values, spins } = await inTurns(names, rounds, (name) => measure(session, name, trees), spin)
  const words = `${about}, ${threads} thread${threads > 1 ? 's' : ''}`
  return { id, about: words, unit, series: seriesOf(names, values, auc), targets, spins }
}

async function grow(
  session: Session,
  name: LibraryName,
  { settings, forest, imported }: Shape,
  threads: number,
  data: DataFile,
  { folder }: Context,
): Promise<void> {
  const rows = Math.min(trainRows, data.trainRows)
  if (imported === true && name === 'holdfast') {
    const file = join(folder, 'model.txt')
    await session.ask('lightgbm', { command: 'save', output: file })
    await session.ask(name, { command: 'import', file })
  } else if (forest !== undefined) {
    await session.ask(name, { command: 'forest', rows, settings: { ...forest, threads } })
  } else {
    await session.ask(name, { command: 'train', rows, settings: { ...settingsFor(threads), ...settings } })
  }
}

/** Contributions must add up: to 1e-9 here, to what single precision gives in the peers. */
function refuseDistance(name: LibraryName, distance: number): void {
  const limit = name === 'holdfast' ? 1e-9 : 1e-3
  if (!(distance <= limit)) throw new Error(`Contributions of ${name} miss the margin by ${distance}.`)
}
