import { checkArguments } from '../../base/arguments.js'
import { HoldfastError, type Problem } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { importedModel, roundsProblems } from './importedModel.js'
import { type LightgbmFile, lightgbmCategories, lightgbmScale } from './lightgbmFile.js'
import { readLightgbmJson } from './lightgbmJson.js'
import { readLightgbmText } from './lightgbmText.js'
import type { ImportedModel } from './model.js'
import { type ImportOptions, importOptions } from './options.js'
import { parsedJson, refuseForeign, refuseTooLong } from './problems.js'
import type { SourceTree } from './sourceModel.js'

const operation = 'importLightgbm'

/**
 * Returns the model of a file that LightGBM wrote, for scoring and explaining.
 *
 * Takes both forms: the text of `booster.save_model('model.txt')`, and the JSON of `booster.dump_model()`. LightGBM 3 or
 * 4 (`version=v3`, `v4`); tested with 3.3, 4.0 and 4.7. Objectives `binary` and `cross_entropy`, all kinds of boosting (gbdt, dart, rf,
 * goss). Other objectives, several classes and linear trees are refused, with what was found.
 *
 * Probabilities are those of `predict`, to about 1e-12. Margins are log odds: LightGBM's raw score times the parameter
 * `sigmoid`, of a random forest the mean of its trees; contributions are those of `pred_contrib` times the same. Shares
 * of rows are `internal_count` and `leaf_count`.
 *
 * Missing values go where LightGBM sends them: to the default side, or as 0 where training had none missing; with
 * `zero_as_missing` zeros go there too. Categories are texts: those of pandas in the file, else those of
 * `options.categories`, else the codes themselves as texts ('0', '1', …). Unseen ones go right, as in LightGBM.
 *
 * @param text content of the file
 * @throws {HoldfastError} `model-truncated`, `model-edited`, `model-invalid` where the text is cut, edited, or of a model
 *   that cannot be imported: with everything that is wrong; `model-version`; `model-too-large`; `option-invalid`,
 *   `option-unknown`
 *
 * O(size) time and memory.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const split = {
 *   split_feature: 0, split_gain: 3, threshold: 12.5, decision_type: '<=', default_left: false, missing_type: 'NaN',
 *   internal_count: 8, left_child: { leaf_value: 1, leaf_count: 2 }, right_child: { leaf_value: -1, leaf_count: 6 },
 * }
 * const dump = {
 *   version: 'v4', objective: 'binary sigmoid:1', num_class: 1, num_tree_per_iteration: 1, max_feature_idx: 0,
 *   feature_names: ['tenure'], feature_infos: {}, tree_info: [{ num_leaves: 2, tree_structure: split }],
 * }
 * const model = importLightgbm(JSON.stringify(dump))
 * model.margin({ rowCount: 3, columns: [numberColumn('tenure', [3, 12.5, null])] })
 * // => Float64Array.of(1, 1, -1)
 *
 * @see {@link importXgboost}, `saveModel` to keep it as a model file of holdfast
 */
export function importLightgbm(text: string, options?: ImportOptions): ImportedModel {
  checkArguments('importLightgbm', ['text', text, 'text'])
  const checked = checkOptions(operation, importOptions, options)
  refuseTooLong(operation, text, checked.maxCharacters)
  refuseForeign(operation, text)
  const problems: Problem[] = []
  const file = readEither(text, problems)
  problems.push(...roundsProblems(checked, file.trees.length))
  const trees = file.trees.slice(0, checked.rounds)
  const scale = lightgbmScale(file, problems) / (file.isAverage ? trees.length : 1)
  const source = {
    library: 'lightgbm',
    featureNames: file.featureNames,
    baseMargin: 0,
    trees: trees.map((tree) => withLeavesTimes(tree, scale)),
    categories: lightgbmCategories({ ...file, trees }, checked.categories, problems),
  } as const
  return importedModel(operation, source, checked, problems)
}

function readEither(text: string, problems: Problem[]): LightgbmFile {
  const start = text.trimStart()
  if (start.startsWith('tree\n') || start.startsWith('tree\r\n')) {
    return readLightgbmText(operation, start, problems)
  }
  const wayOut = "Write it with booster.save_model('model.txt'), or json.dump(booster.dump_model(), file)."
  if (start.startsWith('{')) return readLightgbmJson(operation, parsedJson(operation, text, wayOut), problems)
  throw new HoldfastError(operation, [
    {
      code: 'model-invalid',
      parameter: 'the model',
      rule: 'to begin as a LightGBM text file ("tree") or as JSON ("{")',
      received: text.slice(0, 40),
      wayOut,
    },
  ])
}

function withLeavesTimes(tree: SourceTree, scale: number): SourceTree {
  if (scale === 1) return tree
  const nodes = tree.nodes.map((node) =>
    node.kind === 'leaf' ? { ...node, value: node.value * scale } : node,
  )
  return { ...tree, nodes }
}
