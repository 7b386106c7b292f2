import { fileURLToPath } from 'node:url'
import { textTable } from '../../src/base/textTable.js'
import { type Dataset, takeDatasetRows } from '../../src/dataset/dataset.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { learnerNames, learners } from '../../src/learn/learners.js'
import { readTable } from '../../src/table/readTable.node.js'
import type { Benchmark, Measurement, Report } from '../result.js'
import { cdnowSet } from './cdnow.js'
import { type FigureName, type FoldFigures, figureNames, foldFigures, spreadOf } from './figures.js'
import { askPeers, type PeerAnswer, packageOf } from './peers.js'
import { foldsByRow, type QualitySet } from './qualitySet.js'

/** Figures of one model on one set. */
interface Row {
  readonly set: string
  readonly model: string
  /** Package; left out for holdfast. */
  readonly peer?: string
  readonly figures: FoldFigures
}

/** Compared fold by fold, because folds differ more than models do. */
const pairedFigures: readonly FigureName[] = ['rocAuc', 'logLoss']

/** Quality of all learners with their defaults, beside the usual libraries on the same rows. */
export const benchmark: Benchmark = {
  about: 'how well does each learner predict with its defaults, and the usual libraries beside it?',
  run: async (args) => {
    const { sets, notices } = await openSets(args)
    const peers = askPeers(sets)
    const rows = sets.flatMap((set) => [
      ...learnerNames.map((name) => learnerRow(set, name)),
      ...('reason' in peers ? [] : peerRows(set, peers)),
    ])
    return {
      peers: 'reason' in peers ? {} : peers.versions,
      results: [...rows.flatMap(measurements), ...rows.flatMap((row) => comparisons(row, rows))],
      notices: [...notices, ...('reason' in peers ? [`Without peers: ${peers.reason}.`] : [])],
      text: sets.map((set) => setText(set, rows)).join('\n\n'),
    } satisfies Report
  },
}

const flatNames = ['telco', 'mlc-churn'] as const
const setNames: readonly string[] = [...flatNames, 'cdnow']

async function openSets(args: readonly string[]): Promise<{ sets: QualitySet[]; notices: string[] }> {
  const unknown = args.filter((name) => !setNames.includes(name))
  if (unknown.length > 0) {
    throw new Error(`No set is called ${unknown.join(', ')}. There is: ${setNames.join(', ')}.`)
  }
  const wanted = setNames.filter((name) => args.length === 0 || args.includes(name))
  const notices = args.length === 0 ? [] : [`Only ${wanted.join(', ')} was asked for.`]
  const sets = await Promise.all(flatNames.filter((name) => wanted.includes(name)).map(flatSet))
  if (wanted.includes('cdnow')) {
    const cdnow = await cdnowSet()
    if (cdnow === null) notices.push('cdnow was left out: its file is not there, see benchmarks/README.md.')
    else sets.push(cdnow)
  }
  if (sets.length === 0) throw new Error(notices.join(' '))
  return { sets, notices }
}

async function flatSet(name: string): Promise<QualitySet> {
  const file = fileURLToPath(new URL(`../../examples/data/${name.replace('-', '_')}.csv`, import.meta.url))
  const dataset = fromFlatTable(await readTable(file), { label: 'churn' })
  return { name, dataset, folds: foldsByRow(dataset.outcome.length) }
}

function outcomesOf({ dataset, folds }: QualitySet): Uint8Array[] {
  return folds.map(({ test }) => Uint8Array.from(test, (row) => dataset.outcome[row]!))
}

function learnerRow(set: QualitySet, name: (typeof learnerNames)[number]): Row {
  const probabilities = set.folds.map(({ train, test }) => {
    const part = (rows: readonly number[]): Dataset => takeDatasetRows(set.dataset, rows)
    return learners[name].train(part(train)).probability(part(test).features)
  })
  return { set: set.name, model: name, figures: foldFigures(probabilities, outcomesOf(set)) }
}

function peerRows(set: QualitySet, peers: PeerAnswer): Row[] {
  return Object.entries(peers.predictions[set.name]!).map(([model, probabilities]) => {
    const figures = foldFigures(probabilities, outcomesOf(set))
    verifyRuler(figures.rocAuc, peers.rocAuc[set.name]![model]!, model)
    return { set: set.name, model, peer: packageOf(model), figures }
  })
}

/** Our AUC of the peer's predictions must be the peer's own. */
function verifyRuler(ours: readonly number[], theirs: readonly number[], model: string): void {
  const fold = ours.findIndex((value, index) => Math.abs(value - theirs[index]!) > 1e-10)
  if (fold >= 0)
    throw new Error(`AUC of ${model}, fold ${fold}: ${ours[fold]} here, ${theirs[fold]} by scikit-learn`)
}

function measurements({ set, model, peer, figures }: Row): Measurement[] {
  const owner = peer === undefined ? {} : { peer }
  return figureNames.flatMap((name) => spreadMeasurements(`${set}.${model}.${name}`, figures[name], owner))
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

function setText({ name, dataset, folds }: QualitySet, rows: readonly Row[]): string {
  const table = textTable(
    ['', 'AUC', '± sd', 'AP', 'log loss', 'Brier', 'tdl', 'ECE10'].map((heading, column) => ({
      heading,
      right: column > 0,
    })),
    rows
      .filter(({ set }) => set === name)
      .map(({ model, peer, figures }) => {
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
        ]
      }),
  )
  return `${name}: ${dataset.outcome.length} rows, ${folds.length === 1 ? 'one split by time' : `${folds.length} folds`}\n${table}`
}
