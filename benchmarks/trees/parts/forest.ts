import type { Comparison, Target } from '../comparison.js'
import type { LibraryName } from '../contenders.js'
import { telcoData } from '../data/customers.js'
import { physicsData } from '../data/variants.js'
import { installPackages, rangerPackages } from '../packages.js'
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
import type { ForestSettings } from '../protocol.js'
import { Session } from '../session.js'
import { inTurns, withSpin } from '../turns.js'
import { verifiedAuc } from '../verify.js'

const targets: readonly Target[] = [
  { than: 'sklearn-forest', ratio: 0.5 },
  { than: 'ranger', ratio: 0.5 },
]

const withoutRanger = `ranger was left out: R has no ranger here. --install-ranger installs ${rangerPackages.join(', ')}.`

// Rows of the run before the clock: few, as ml-random-forest takes rows to the power of 1.7.
const warmRows = 2000

interface ForestPlan {
  readonly id: string
  readonly about: string
  readonly data: DataFile
  readonly rows: number
  readonly settings: Omit<ForestSettings, 'threads'>
  readonly peers: readonly LibraryName[]
  readonly rounds: number
  readonly aucTolerance?: number
}

/** Random forests with equal trees, least rows in a leaf and columns tried per split. */
export const forest: Part = async (context) => {
  const own = 'forest' in (await import('holdfast/models')).learners
  const notices = [
    ...(own ? [] : ['The forest of holdfast was left out: this build has none.']),
    ...(context.programs.rscript === undefined ? [withoutRanger] : []),
  ]
  const reports: PartReport[] = []
  for (const plan of await telcoPlans(context, notices)) reports.push(await comparePlan(plan, own, context))
  reports.push(await comparePlan(largePlan(context), own, context))
  return joinReports([...reports, { comparisons: [], versions: {}, notices }])
}

async function telcoPlans(context: Context, notices: string[]): Promise<ForestPlan[]> {
  const data = storeData(context, await telcoData())
  const rows = scaled(data.trainRows, context)
  const plan: ForestPlan = {
    id: 'forest.telco',
    about: `telco, ${rows} rows, 500 trees`,
    data,
    rows,
    settings: { trees: 500, minRows: 10, columnsPerSplit: 4 },
    peers: ['sklearn-forest', 'ranger'],
    rounds: context.options.rounds ?? 5,
  }
  if (!context.options.peers.includes('ml-random-forest')) return [plan]
  if (!installPackages()) {
    notices.push('ml-random-forest was left out: npm could not install it.')
    return [plan]
  }
  notices.push('ml-random-forest grew 2 trees, in 1 round: a forest of 500 would take it very long.')
  const few: ForestPlan = {
    ...plan,
    id: 'forest.telco.2trees',
    about: `telco, ${rows} rows, 2 trees`,
    settings: { ...plan.settings, trees: 2 },
    peers: ['ml-random-forest'],
    rounds: 1,
  }
  return [plan, few]
}

function largePlan(context: Context): ForestPlan {
  const rows = scaled(200_000, context)
  return {
    id: 'forest.200k',
    about: `${rows} rows × 28 numbers, 20 trees`,
    data: storeData(context, physicsData(rows, scaled(100_000, context))),
    rows,
    settings: { trees: 20, minRows: 10, columnsPerSplit: 5 },
    peers: ['sklearn-forest', 'ranger'],
    rounds: context.options.rounds ?? 3,
    aucTolerance: 0.002,
  }
}

async function comparePlan(plan: ForestPlan, own: boolean, context: Context): Promise<PartReport> {
  const names = contendersOf(plan.peers, context).filter((name) => own || name !== 'holdfast')
  if (names.length === 0) return { comparisons: [], versions: {}, notices: [] }
  const reports: PartReport[] = []
  for (const threads of threadsOf(context, [1])) {
    reports.push(await compareForests(plan, names, threads, context))
  }
  return joinReports(reports)
}

async function compareForests(
  plan: ForestPlan,
  names: readonly LibraryName[],
  threads: number,
  context: Context,
): Promise<PartReport> {
  const id = `${plan.id}.${threads}thread`
  context.say(`${id}: ${names.join(', ')}, ${plan.rounds} rounds`)
  const session = await Session.open(plan.data.path, names, threads, context.programs)
  const settings: ForestSettings = { ...plan.settings, threads }
  const auc = new Map<LibraryName, number>()
  const warm = {
    rows: Math.min(plan.rows, warmRows),
    settings: { ...settings, trees: Math.min(settings.trees, 20) },
  }
  const grow = async (name: LibraryName, round: number): Promise<number> => {
    const { seconds } = await session.ask(name, { command: 'forest', rows: plan.rows, settings })
    if (round === 0) auc.set(name, await verifiedAuc(session, name, plan.data, context))
    return seconds
  }
  try {
    for (const name of names) {
      await session.ask(name, { command: 'forest', ...warm })
      await verifiedAuc(session, name, plan.data, context)
    }
    const { values, spins } = await withSpin(threads, context.programs, (spin) =>
      inTurns(names, plan.rounds, grow, spin),
    )
    const { about, aucTolerance } = plan
    const comparison: Comparison = {
      id,
      about: `${about}, ${threads} thread${threads > 1 ? 's' : ''}`,
      unit: 's',
      series: seriesOf(names, values, auc),
      targets,
      ...(aucTolerance === undefined ? {} : { aucTolerance }),
      spins,
    }
    return { comparisons: [comparison], versions: session.versions, notices: [] }
  } finally {
    await session.close()
  }
}
