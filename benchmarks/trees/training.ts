import type { Comparison, Target } from './comparison.js'
import type { LibraryName } from './contenders.js'
import { type Context, contendersOf, type DataFile, type PartReport, seriesOf } from './part.js'
import type { TreeSettings } from './protocol.js'
import { Session } from './session.js'
import { inTurns, type Spin, withSpin } from './turns.js'
import { verifiedAuc } from './verify.js'

/** Settings of every training, the same for all libraries. */
export const settingsFor = (threads: number): TreeSettings => ({
  trees: 100,
  leaves: 31,
  depth: null,
  bins: 255,
  learningRate: 0.1,
  l2: 1,
  minRows: 20,
  threads,
})

/** Libraries of boosted trees with their default way of adding up. */
export const boostingPeers = ['lightgbm', 'xgboost', 'sklearn-hgb'] as const

/** What the engine promises beside each of them. */
export const trainingTargets: readonly Target[] = [
  { than: 'lightgbm', ratio: 0.5 },
  { than: 'xgboost', ratio: 0.4 },
  { than: 'sklearn-hgb', ratio: 0.4 },
]

// Values of the run before the clock, 50,000 rows × 28: enough to compile every loop, few enough to cost little.
const warmValues = 1_400_000

/** A training to compare. */
export interface TrainingPlan {
  /** First words of the ids; threads and figures follow. */
  readonly id: string
  readonly about: string
  readonly data: DataFile
  readonly rows: number
  readonly peers: readonly LibraryName[]
  readonly rounds: number
  readonly targets: readonly Target[]
  readonly aucTolerance?: number
}

/** Compares trainings in processes that stay: times of a warm process, binning within them and apart. */
export async function compareWarm(
  plan: TrainingPlan,
  threads: number,
  context: Context,
): Promise<PartReport> {
  const names = contendersOf(plan.peers, context)
  const session = await Session.open(plan.data.path, names, threads, context.programs)
  try {
    return await withSpin(threads, context.programs, (spin) =>
      warmTurns(plan, session, threads, context, spin),
    )
  } finally {
    await session.close()
  }
}

async function warmTurns(
  plan: TrainingPlan,
  session: Session,
  threads: number,
  context: Context,
  spin: Spin,
): Promise<PartReport> {
  const { names, versions } = session
  const { data, rows, rounds } = plan
  const id = `${plan.id}.${threads}thread`
  context.say(`${id}: ${names.join(', ')}, ${rounds} rounds`)
  const train = (name: LibraryName, count: number) =>
    session.ask(name, { command: 'train', rows: count, settings: settingsFor(threads) })
  for (const name of names) {
    await train(name, Math.min(rows, Math.ceil(warmValues / data.columns)))
    await verifiedAuc(session, name, data, context)
  }
  const auc = new Map<LibraryName, number>()
  const binning = names.map((): number[] => [])
  const { values, spins } = await inTurns(
    names,
    rounds,
    async (name, round) => {
      const answer = await train(name, rows)
      if (answer.binning != null) binning[names.indexOf(name)]!.push(answer.binning)
      if (round === 0) auc.set(name, await verifiedAuc(session, name, data, context))
      return answer.seconds
    },
    spin,
  )
  const { about, targets, aucTolerance } = plan
  const whole: Comparison = {
    id,
    about: `${about}, ${threads} thread${threads > 1 ? 's' : ''}, binning included`,
    unit: 's',
    series: seriesOf(names, values, auc),
    targets,
    ...(aucTolerance === undefined ? {} : { aucTolerance }),
    spins,
  }
  return { comparisons: [whole, ...binningOf(id, names, binning)], versions, notices: [] }
}

function binningOf(
  id: string,
  names: readonly LibraryName[],
  binning: readonly (readonly number[])[],
): Comparison[] {
  const told = names.filter((_, index) => binning[index]!.length > 0)
  if (told.length === 0) return []
  const series = seriesOf(
    told,
    told.map((name) => binning[names.indexOf(name)]!),
  )
  return [{ id: `${id}.binning`, about: 'binning alone', unit: 's', series, targets: [], spins: [] }]
}

/**
 * Compares first trainings in fresh processes: the start of the runtime, the import of the library, and the first call
 * from the data in memory to the model.
 */
export async function compareCold(
  plan: TrainingPlan,
  threads: number,
  context: Context,
): Promise<PartReport> {
  const names = contendersOf(plan.peers, context)
  const id = `${plan.id}.${threads}thread.cold`
  context.say(`${id}: ${names.join(', ')}, ${plan.rounds} rounds`)
  const startup = names.map((): number[] => [])
  const call = names.map((): number[] => [])
  const versions: Record<string, string> = {}
  const coldRun = async (name: LibraryName, round: number): Promise<number> => {
    const session = await Session.open(plan.data.path, [name], threads, context.programs)
    try {
      const { seconds } = await session.ask(name, {
        command: 'train',
        rows: plan.rows,
        settings: settingsFor(threads),
      })
      if (round === 0) await verifiedAuc(session, name, plan.data, context)
      startup[names.indexOf(name)]!.push(session.startup)
      call[names.indexOf(name)]!.push(seconds)
      Object.assign(versions, session.versions)
      return session.importing + seconds
    } finally {
      await session.close()
    }
  }
  const { values, spins } = await withSpin(threads, context.programs, (spin) =>
    inTurns(names, plan.rounds, coldRun, spin),
  )
  const comparison = (
    words: string,
    about: string,
    rounds: readonly (readonly number[])[],
    targets: readonly Target[],
  ): Comparison => ({
    id: `${id}${words}`,
    about: `${plan.about}, fresh process: ${about}`,
    unit: 's',
    series: seriesOf(names, rounds),
    targets,
    spins: words === '' ? spins : [],
  })
  return {
    comparisons: [
      comparison('', 'import and first training', values, plan.targets),
      comparison('.firstCall', 'first training alone', call, plan.targets),
      comparison('.startup', 'start of the runtime alone', startup, []),
    ],
    versions,
    notices: [],
  }
}
