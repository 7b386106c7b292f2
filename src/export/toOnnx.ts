import { checkArguments } from '../base/arguments.js'
import { type Problem, refuse } from '../base/errors.js'
import type { Scorer } from '../score/scorer.js'
import { elementType, onnxBytes } from './onnxFile.js'
import { OnnxGraph } from './onnxGraph.js'
import { OnnxScore } from './onnxScore.js'
import {
  type ExportedFeature,
  readingsOf,
  refuseDays,
  type ScoringPlan,
  scoringPlanOf,
} from './scoringParts.js'

const operation = 'toOnnx'
/** Versions of the format and its operators: the first with trees of 64 bits, of onnxruntime since 1.20. */
const versions = { ir: 10, core: 21, ml: 5 } as const
const outputs = ['probability', 'margin', 'band'] as const

/**
 * Returns a scorer as the bytes of an ONNX model, for model servers and runtimes of other languages.
 *
 * Inputs: one for each feature, under its name, of shape (rows, 1).
 *
 *     number     tensor(double); missing = NaN; true and false = 1 and 0
 *     text       tensor(string); missing = ''; as the category is written: trimmed, in Unicode NFC (` Gold` is unseen)
 *     code       tensor(double): whole numbers of categories of an imported model; missing = NaN
 *
 * Outputs, of shape (rows, 1): `probability` and `margin` (tensor(double); the scorer's to 1e-9) and `band`
 * (tensor(string)). Rows that scoring refuses (an infinite number, a code that is no whole number) get NaN and ''. All is
 * computed in 64 bits, also thresholds, so that a number on a threshold decides as in the scorer; the runtime adds trees
 * in an order of its own. The metadata `features` (JSON) lists name and kind.
 *
 * Format version 10, operators of ai.onnx 21 and ai.onnx.ml 5 (TreeEnsemble); onnxruntime 1.20 or later. A model without
 * features (`trainPrior`) has no inputs and gives one row.
 *
 * @throws {HoldfastError} `value-unknown` for a model of a learner of your own; `column-type` for a model of days, and for
 * a feature that is read as text by one model of a blend and as a code by another; `column-duplicate` for a feature named
 * like an output
 *
 * O(size of the model) time and memory; some 30 bytes for each node of a tree.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * import { trainPrior } from 'holdfast/models'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * toOnnx(createScorer(trainPrior(data))) instanceof Uint8Array
 * // => true
 *
 * @see {@link toSql} for a database, {@link toModule} for JavaScript
 */
export function toOnnx(scorer: Scorer): Uint8Array {
  checkArguments(operation, ['scorer', scorer, 'scorer'])
  const plan = scoringPlanOf(operation, scorer)
  refuseDays(operation, plan)
  refuse(operation, nameProblems(plan))
  const graph = new OnnxGraph(prefixFor(plan))
  const inputs = new Map(plan.features.map(({ name }) => [name, name]))
  const score = new OnnxScore(graph, inputs)
  addOutputs(graph, plan, score.margin(plan.root), score.probability(plan.root))
  return onnxBytes({
    irVersion: versions.ir,
    producerName: 'holdfast',
    docString: `A churn scorer (${plan.learner})`,
    opsetImport: [
      { domain: '', version: versions.core },
      { domain: 'ai.onnx.ml', version: versions.ml },
    ],
    metadataProps: [{ key: 'features', value: JSON.stringify(plan.features) }],
    graph: {
      name: 'holdfast',
      node: graph.nodes,
      initializer: graph.initializers,
      input: plan.features.map(inputOf),
      output: outputs.map((name) => valueInfo(name, name === 'band' ? 'text' : 'double')),
    },
  })
}

function inputOf({ name, kind }: ExportedFeature): object {
  return valueInfo(name, kind === 'text' ? 'text' : 'double')
}

function valueInfo(name: string, type: 'text' | 'double'): object {
  const shape = { dim: [{ dimParam: 'rows' }, { dimValue: 1 }] }
  return { name, type: { tensorType: { elemType: elementType[type], shape } } }
}

function addOutputs(graph: OnnxGraph, plan: ScoringPlan, margin: string, probability: string): void {
  const { bands } = plan
  const isRefused = refusedOf(graph, plan)
  const unlessRefused = (value: string, refused: () => string): string =>
    isRefused === null ? value : graph.add('Where', [isRefused, refused(), value])
  const nan = (): string => graph.number(Number.NaN)
  const isBelow = graph.add('Less', [probability, graph.row(bands.map(({ from }) => from))])
  const counted = graph.add('Cast', [isBelow], { to: elementType.int64 })
  const count = graph.add('ReduceSum', [counted, graph.integers([1])], { keepdims: 1 })
  const band = unlessRefused(count, () => graph.integers([bands.length], [1, 1]))
  graph.add('Gather', [graph.texts([...bands.map(({ name }) => name), '']), band], {}, 'band')
  graph.add('Identity', [unlessRefused(margin, nan)], {}, 'margin')
  graph.add('Identity', [unlessRefused(probability, nan)], {}, 'probability')
}

/** True for rows that scoring refuses; null = no row can be. */
function refusedOf(graph: OnnxGraph, { features }: ScoringPlan): string | null {
  const numbers = features.filter(({ kind }) => kind !== 'text').map(({ name }) => name)
  if (numbers.length === 0) return null
  const columns = graph.add('Concat', numbers, { axis: 1 })
  const isInfinite = graph.add('IsInf', [columns])
  const codes = features.filter(({ kind }) => kind === 'code').map(({ name }) => name)
  const wrong = [countOf(graph, isInfinite)]
  if (codes.length > 0) {
    const whole = graph.add('Concat', codes, { axis: 1 })
    const isWhole = graph.add('Equal', [graph.add('Floor', [whole]), whole])
    const isCode = graph.add('Or', [isWhole, graph.add('IsNaN', [whole])])
    wrong.push(countOf(graph, graph.add('Not', [isCode])))
  }
  const count = wrong.length === 1 ? wrong[0]! : graph.add('Add', wrong)
  return graph.add('Greater', [count, graph.integers([0], [1, 1])])
}

function countOf(graph: OnnxGraph, isTrue: string): string {
  const counted = graph.add('Cast', [isTrue], { to: elementType.int64 })
  return graph.add('ReduceSum', [counted, graph.integers([1])], { keepdims: 1 })
}

/** Names of values that no feature has. */
function prefixFor({ features }: ScoringPlan): string {
  let prefix = 'holdfast/'
  while (features.some(({ name }) => name.startsWith(prefix))) prefix += '/'
  return prefix
}

function nameProblems(plan: ScoringPlan): Problem[] {
  const codes = plan.features.filter(({ kind }) => kind === 'code').map(({ name }) => name)
  const asTexts = readingsOf(plan.root).filter((reading) => reading.kind === 'text' && !reading.areCodes)
  const both = new Set(asTexts.map(({ feature }) => feature).filter((feature) => codes.includes(feature)))
  return [
    ...plan.features.flatMap(({ name }): Problem[] => {
      const problem = { parameter: `feature ${name}`, received: name, wayOut: 'Train it under another name.' }
      if ((outputs as readonly string[]).includes(name))
        return [
          {
            ...problem,
            code: 'column-duplicate',
            rule: `to be named other than the outputs ${outputs.join(', ')}`,
          },
        ]
      if (name === '' || /\p{Surrogate}/u.test(name))
        return [
          { ...problem, code: 'value-type', rule: 'to have a name that is not blank and is valid Unicode' },
        ]
      return []
    }),
    ...[...both].map(
      (feature): Problem => ({
        code: 'column-type',
        parameter: `feature ${feature}`,
        rule: 'to be read as text, or as a code, by all models of the blend',
        wayOut: 'Import the model again and give the texts in the option categories.',
      }),
    ),
  ]
}
