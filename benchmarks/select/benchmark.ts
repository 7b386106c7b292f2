import { fileURLToPath } from 'node:url'
import { textTable } from '../../src/base/textTable.js'
import { type Dataset, takeDatasetRows } from '../../src/dataset/dataset.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { learners } from '../../src/learn/learners.js'
import type { SelectionRule } from '../../src/select/chooseTrial.js'
import { selectModel } from '../../src/select/selectModel.js'
import { readTable } from '../../src/table/readTable.node.js'
import { type FoldFigures, foldFigures, spreadOf } from '../quality/figures.js'
import { askPeers, packageOf } from '../quality/peers.js'
import { foldsByRow, type QualitySet } from '../quality/qualitySet.js'
import type { Benchmark, Measurement, Report } from '../result.js'

const setNames = ['telco', 'mlc-churn'] as const
const budgetSeconds = 60
/** The default rule first; what the other takes of the same trials is measured beside it. */
const rules = ['one-standard-error', 'best'] as const satisfies readonly SelectionRule[]
/** What a choice is measured by. */
const figureNames = ['rocAuc', 'logLoss'] as const

/** Figures of one model on one set, fold by fold. */
interface Row {
  readonly set: string
  readonly model: string
  readonly peer?: string
  readonly figures: FoldFigures
  /** Of the choice: what was taken on each fold, and how long it took. */
  readonly taken?: readonly string[]
  readonly seconds?: readonly number[]
}

/** `selectModel` inside each fold's training rows, beside the default boosting model and the usual libraries. */
export const benchmark: Benchmark = {
  about: `how well does selectModel predict with ${budgetSeconds} s for each choice, its default model and the usual libraries beside it?`,
  run: async (args) => {
    const sets = await Promise.all(
      setNames.filter((name) => args.length === 0 || args.includes(name)).map(flatSet),
    )
    if (sets.length === 0) throw new Error(`There is: ${setNames.join(', ')}.`)
    const peers = askPeers(sets)
    const rows: Row[] = []
    for (const set of sets) rows.push(...(await chosenAndDefault(set)))
    if (!('reason' in peers)) {
      for (const set of sets) {
        for (const [model, probabilities] of Object.entries(peers.predictions[set.name]!)) {
          const figures = foldFigures(probabilities, outcomesOf(set))
          rows.push({ set: set.name, model, peer: packageOf(model), figures })
        }
      }
    }
    return {
      peers: 'reason' in peers ? {} : peers.versions,
      results: rows.flatMap((row) => measurements(row)),
      notices: [
        ...('reason' in peers ? [`Without peers: ${peers.reason}.`] : []),
        ...rows.flatMap(({ set, model, taken }) =>
          taken === undefined ? [] : [`${model} takes on ${set}, fold by fold: ${taken.join('; ')}.`],
        ),
      ],
      text: sets.map((set) => setText(set, rows)).join('\n\n'),
      trial: args.length > 0,
    } satisfies Report
  },
}

async function flatSet(name: string): Promise<QualitySet> {
  const file = fileURLToPath(new URL(`../../examples/data/${name.replace('-', '_')}.csv`, import.meta.url))
  const dataset = fromFlatTable(await readTable(file), { label: 'churn' })
  return { name, dataset, folds: foldsByRow(dataset.outcome.length) }
}

function outcomesOf({ dataset, folds }: QualitySet): Uint8Array[] {
  return folds.map(({ test }) => Uint8Array.from(test, (row) => dataset.outcome[row]!))
}

/** In turns: the choices on a fold, then the default model on it. */
async function chosenAndDefault(set: QualitySet): Promise<Row[]> {
  const chosen = rules.map((rule) => ({ rule, predictions: [] as Float64Array[], taken: [] as string[] }))
  const usual: Float64Array[] = []
  const seconds: number[] = []
  for (const { train, test } of set.folds) {
    const part = (rows: readonly number[]): Dataset => takeDatasetRows(set.dataset, rows)
    const [training, features] = [part(train), part(test).features]
    const first = await selectModel(training, { budgetSeconds, rule: rules[0] })
    seconds.push(first.seconds)
    const maxTrials = first.trials.filter(({ learner }) => learner !== 'blend').length
    for (const { rule, predictions, taken } of chosen) {
      const options = { rule, maxTrials, resume: first.state }
      const selection = rule === rules[0] ? first : await selectModel(training, options)
      predictions.push(selection.model.probability(features))
      taken.push(selection.chosen.name)
    }
    usual.push(learners.boosting.train(training).probability(features))
  }
  const outcomes = outcomesOf(set)
  return [
    ...chosen.map(({ rule, predictions, taken }, index) => ({
      set: set.name,
      model: `select.${rule}`,
      figures: foldFigures(predictions, outcomes),
      taken,
      ...(index === 0 ? { seconds } : {}),
    })),
    { set: set.name, model: 'boosting', figures: foldFigures(usual, outcomes) },
  ]
}

/** Mean, standard deviation and every fold. */
function measurements({ set, model, peer, figures, seconds }: Row): Measurement[] {
  const owner = peer === undefined ? {} : { peer }
  const quality = figureNames.flatMap((name) => {
    const id = `${set}.${model}.${name}`
    const { mean, sd } = spreadOf(figures[name])
    return [
      { id, value: mean, unit: '1', ...owner },
      { id: `${id}.sd`, value: sd!, unit: '1', ...owner },
      ...figures[name].map((value, fold) => ({ id: `${id}.fold${fold}`, value, unit: '1', ...owner })),
    ]
  })
  const times = (seconds ?? []).map((value, fold) => ({
    id: `${set}.${model}.seconds.fold${fold}`,
    value,
    unit: 's',
  }))
  return [...quality, ...times]
}

function setText({ name }: QualitySet, rows: readonly Row[]): string {
  const own = rows.filter(({ set }) => set === name)
  const table = textTable(
    ['', 'AUC', 'log loss', 'log loss by fold'].map((heading, column) => ({ heading, right: column > 0 })),
    own.map(({ model, figures }) => [
      model,
      spreadOf(figures.rocAuc).mean.toFixed(4),
      spreadOf(figures.logLoss).mean.toFixed(4),
      figures.logLoss.map((value) => value.toFixed(4)).join(' '),
    ]),
  )
  return `${name}\n${table}`
}
