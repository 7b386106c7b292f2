import { textTable } from '../../src/base/textTable.js'
import { type Dataset, takeDatasetRows } from '../../src/dataset/dataset.js'
import { learnerNames, learners } from '../../src/learn/learners.js'
import type { Benchmark, Measurement, Report } from '../result.js'
import { type BesideBest, besideBest, type Contender, outcomeOf, savingsOf, verdictOf } from './bestPeer.js'
import { cdnowSet } from './cdnow.js'
import { type FigureName, type FoldFigures, figureNames, foldFigures, spreadOf } from './figures.js'
import { flatNames, flatSet } from './flatSets.js'
import { operatorSet } from './operatorSet.js'
import { askPeers, type PeerAnswer, packageOf } from './peers.js'
import type { QualitySet } from './qualitySet.js'

/** Figures of one model on one set. */
interface Row {
  readonly set: string
  readonly model: string
  /** Package; left out for holdfast. */
  readonly peer?: string
  /** Shape (folds, rows tested). */
  readonly probabilities: readonly ArrayLike<number>[]
  readonly figures: FoldFigures
  /** Share of the cost that is saved, by fold; null where nobody knows what decisions cost. */
  readonly savings: readonly number[] | null
}

/** Compared fold by fold, because folds differ more than models do. */
const pairedFigures: readonly FigureName[] = ['rocAuc', 'logLoss']

/** Quality of all learners with their defaults, beside the usual libraries on the same rows. */
export const benchmark: Benchmark = {
  about: 'how well does each learner predict with its defaults, and the usual libraries beside it?',
  run: async (args) => {
    const { sets, notices } = await openSets(args)
    const own = new Map(sets.map((set) => [set, learnerNames.map((name) => learnerRow(set, name))]))
    const peers = askPeers(sets)
    const rows = sets.flatMap((set) => [...own.get(set)!, ...('reason' in peers ? [] : peerRows(set, peers))])
    return {
      peers: 'reason' in peers ? {} : peers.versions,
      results: [
        ...rows.flatMap(measurements),
        ...rows.flatMap((row) => comparisons(row, rows)),
        ...sets.flatMap((set) =>
          defaultBesideBest(set, rows).flatMap((beside) => besideMeasurements(set, beside)),
        ),
      ],
      notices: [...notices, ...('reason' in peers ? [`Without peers: ${peers.reason}.`] : [])],
      text: sets.map((set) => setText(set, rows)).join('\n\n'),
    } satisfies Report
  },
}

const openers: Readonly<Record<string, () => Promise<QualitySet | null>>> = {
  ...Object.fromEntries(flatNames.map((name) => [name, () => flatSet(name)])),
  cdnow: cdnowSet,
  operator: operatorSet,
}

async function openSets(args: readonly string[]): Promise<{ sets: QualitySet[]; notices: string[] }> {
  const names = Object.keys(openers)
  const unknown = args.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw new Error(`No set is called ${unknown.join(', ')}. There is: ${names.join(', ')}.`)
  }
  const wanted = names.filter((name) => args.length === 0 || args.includes(name))
  const notices = args.length === 0 ? [] : [`Only ${wanted.join(', ')} was asked for.`]
  const sets: QualitySet[] = []
  for (const name of wanted) {
    const set = await openers[name]!()
    if (set === null) notices.push(`${name} was LEFT OUT: its file is not there, see benchmarks/README.md.`)
    else sets.push(set)
  }
  if (sets.length === 0) throw new Error(notices.join(' '))
  return { sets, notices }
}

function learnerRow(set: QualitySet, name: (typeof learnerNames)[number]): Row {
  const probabilities = set.folds.map(({ train, test }) => {
    const part = (rows: readonly number[]): Dataset => takeDatasetRows(set.dataset, rows)
    return learners[name].train(part(train)).probability(part(test).features)
  })
  return rowOf(set, name, probabilities)
}

function rowOf(set: QualitySet, model: string, probabilities: readonly ArrayLike<number>[]): Row {
  const outcomes = set.folds.map(({ test }) => outcomeOf(set, test))
  const savings =
    set.costs === undefined
      ? null
      : set.folds.map(({ test }, fold) => savingsOf(set, test, probabilities[fold]!))
  return { set: set.name, model, probabilities, figures: foldFigures(probabilities, outcomes), savings }
}

function peerRows(set: QualitySet, peers: PeerAnswer): Row[] {
  return Object.entries(peers.predictions[set.name]!).map(([model, probabilities]) => {
    const row = rowOf(set, model, probabilities)
    verifyRuler(row.figures.rocAuc, peers.rocAuc[set.name]![model]!, model)
    return { ...row, peer: packageOf(model) }
  })
}

/** Our AUC of the peer's predictions must be the peer's own. */
function verifyRuler(ours: readonly number[], theirs: readonly number[], model: string): void {
  const fold = ours.findIndex((value, index) => Math.abs(value - theirs[index]!) > 1e-10)
  if (fold >= 0)
    throw new Error(`AUC of ${model}, fold ${fold}: ${ours[fold]} here, ${theirs[fold]} by scikit-learn`)
}

function measurements({ set, model, peer, figures, savings }: Row): Measurement[] {
  const owner = peer === undefined ? {} : { peer }
  return [
    ...figureNames.flatMap((name) => spreadMeasurements(`${set}.${model}.${name}`, figures[name], owner)),
    ...(savings === null ? [] : spreadMeasurements(`${set}.${model}.savings`, savings, owner)),
  ]
}

/** The default learner of holdfast beside the best peer of the set; empty without peers. */
function defaultBesideBest(set: QualitySet, rows: readonly Row[]): BesideBest[] {
  const own = rows.filter((row) => row.set === set.name)
  const peers = own.filter(({ peer }) => peer !== undefined)
  const boosting = own.find(({ model }) => model === 'boosting')!
  return peers.length === 0 ? [] : besideBest(set, contenderOf(boosting), peers.map(contenderOf))
}

function contenderOf({ model, probabilities, figures, savings }: Row): Contender {
  const means = {
    rocAuc: spreadOf(figures.rocAuc).mean,
    logLoss: spreadOf(figures.logLoss).mean,
    ...(savings === null ? {} : { savings: spreadOf(savings).mean }),
  }
  return { model, probabilities, means }
}

function besideMeasurements(
  set: QualitySet,
  { figure, difference, standardError }: BesideBest,
): Measurement[] {
  const id = `${set.name}.boosting.minus.bestPeer.${figure}`
  return [
    { id, value: difference, unit: '1' },
    { id: `${id}.standardError`, value: standardError, unit: '1' },
  ]
}

/** Each learner of holdfast minus each peer, fold by fold. */
function comparisons(row: Row, rows: readonly Row[]): Measurement[] {
  if (row.peer === undefined) return []
  const own = rows.filter(
    ({ set, peer, model }) => set === row.set && peer === undefined && model !== 'prior',
  )
  return own.flatMap(({ model, figures }) =>
    pairedFigures.flatMap((name) => {
      const differences = figures[name].map((value, fold) => value - row.figures[name][fold]!)
      return spreadMeasurements(`${row.set}.${model}.minus.${row.model}.${name}`, differences, {})
    }),
  )
}

function spreadMeasurements(id: string, values: readonly number[], owner: { peer?: string }): Measurement[] {
  const { mean, sd } = spreadOf(values)
  return [
    { id, value: mean, unit: '1', ...owner },
    ...(sd === null ? [] : [{ id: `${id}.sd`, value: sd, unit: '1', ...owner }]),
  ]
}

function setText(set: QualitySet, rows: readonly Row[]): string {
  const { name, dataset, folds, costs } = set
  const headings = ['', 'AUC', '± sd', 'AP', 'log loss', 'Brier', 'tdl', 'ECE10']
  const table = textTable(
    [...headings, ...(costs === undefined ? [] : ['savings'])].map((heading, column) => ({
      heading,
      right: column > 0,
    })),
    rows.filter((row) => row.set === name).map(cellsOf),
  )
  const cut = folds.length === 1 ? 'one split by time' : `${folds.length} folds`
  const beside = defaultBesideBest(set, rows).map(besideText)
  return [`${name}: ${dataset.outcome.length} rows, ${cut}`, table, ...beside].join('\n')
}

function cellsOf({ model, peer, figures, savings }: Row): string[] {
  const spread = figureNames.map((figure) => spreadOf(figures[figure]))
  const [auc, ...others] = spread.map(({ mean }, index) =>
    mean.toFixed(figureNames[index] === 'topDecileLift' ? 3 : 4),
  )
  const sd = spread[0]!.sd
  return [
    peer === undefined ? `holdfast ${model}` : model,
    auc!,
    sd === null ? '' : sd.toFixed(4),
    ...others,
    ...(savings === null ? [] : [spreadOf(savings).mean.toFixed(4)]),
  ]
}

function besideText(beside: BesideBest): string {
  const { figure, best, difference, standardError } = beside
  const sign = difference < 0 ? '−' : '+'
  const size = Math.abs(difference).toFixed(4)
  return `boosting less the best peer, ${figure}: ${sign}${size} ± ${standardError.toFixed(4)} (${best}): ${verdictOf(beside)}`
}
