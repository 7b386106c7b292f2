import type { Comparison, Target } from '../comparison.js'
import type { LibraryName } from '../contenders.js'
import { physicsData } from '../data/variants.js'
import { type Context, contendersOf, type DataFile, type Part, scaled, seriesOf, storeData } from '../part.js'
import type { TreeSettings } from '../protocol.js'
import { Session } from '../session.js'
import { settingsFor } from '../training.js'
import { inTurns, type Spin, withSpin } from '../turns.js'
import { verifiedAuc, verifyScores } from '../verify.js'

const peers = ['lightgbm', 'xgboost'] as const
const usualRounds = 5
// Models are the means here, not what is measured: rows enough that every tree gets all its leaves.
const trainRows = 100_000

/** A form of trees. */
interface Shape {
  readonly words: string
  readonly settings: Partial<TreeSettings>
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

const leaves31: Shape = { words: '100trees.31leaves', settings: {} }
const depth3: Shape = { words: '100trees.depth3', settings: { depth: 3, leaves: 8 } }
const otherShapes: readonly Shape[] = [
  { words: '300trees.31leaves', settings: { trees: 300 } },
  depth3,
  { words: '100trees.depth6', settings: { depth: 6, leaves: 64 } },
  { words: '100trees.255leaves', settings: { leaves: 255 } },
]

/** Scoring from raw floats on one core: 1 M rows by 100 trees of 31 leaves, a quarter of them by other trees. */
export const scoring: Part = (context) => {
  const scoringOf = (rows: number): Measured => ({
    about: `scoring ${rows} rows`,
    unit: 'rows/s',
    targets: [
      { than: 'lightgbm', ratio: 10 },
      { than: 'xgboost', ratio: 5 },
    ],
    verify: (session, name, _trees, data) => verifyScores(session, name, rows, data, context),
    measure: async (session, name) =>
      rows / (await session.ask(name, { command: 'score', rows, threads: 1 })).seconds,
  })
  const many = scoringOf(scaled(1_000_000, context))
  const fewer = scoringOf(scaled(250_000, context))
  return measured('scoring', context, 1_000_000, [
    [leaves31, many],
    ...otherShapes.map((shape): [Shape, Measured] => [shape, fewer]),
  ])
}

/** Exact contributions of every feature, on one core. */
export const explaining: Part = (context) => {
  const rows = scaled(4000, context, 200)
  const measure: Measured['measure'] = async (session, name) => {
    const { seconds, distance } = await session.ask(name, { command: 'explain', rows, threads: 1 })
    refuseDistance(name, distance!)
    return rows / seconds
  }
  const explanation: Measured = {
    about: `explaining ${rows} rows`,
    unit: 'rows/s',
    targets: [{ than: 'lightgbm', ratio: 2 }],
    verify: measure,
    measure,
  }
  return measured('explaining', context, trainRows, [
    [leaves31, explanation],
    [depth3, explanation],
  ])
}

/** One row at a time, per tree. */
export const singleRow: Part = (context) => {
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
  return measured('single-row', context, trainRows, [
    [leaves31, row],
    [depth3, row],
  ])
}

async function measured(
  id: string,
  context: Context,
  rows: number,
  works: readonly (readonly [Shape, Measured])[],
): ReturnType<Part> {
  const data = storeData(context, physicsData(scaled(rows, context, 4000), scaled(20_000, context)))
  const names = contendersOf(peers, context)
  const session = await Session.open(data.path, names, 1, context.programs)
  try {
    const comparisons = await withSpin(1, context.programs, async (spin) => {
      const found: Comparison[] = []
      for (const [shape, work] of works) {
        found.push(await compareModels(`${id}.${shape.words}`, shape, work, session, data, context, spin))
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
  const settings: TreeSettings = { ...settingsFor(1), ...shape.settings }
  const auc = new Map<LibraryName, number>()
  for (const name of names) {
    await session.ask(name, { command: 'train', rows: Math.min(trainRows, data.trainRows), settings })
    auc.set(name, await verifiedAuc(session, name, data, context))
    await verify(session, name, settings.trees, data)
  }
  const { values, spins } = await inTurns(
    names,
    rounds,
    (name) => measure(session, name, settings.trees),
    spin,
  )
  return { id, about: `${about}, 1 thread`, unit, series: seriesOf(names, values, auc), targets, spins }
}

/** Contributions must add up: to 1e-9 here, to what single precision gives in the peers. */
function refuseDistance(name: LibraryName, distance: number): void {
  const limit = name === 'holdfast' ? 1e-9 : 1e-3
  if (!(distance <= limit)) throw new Error(`Contributions of ${name} miss the margin by ${distance}.`)
}
