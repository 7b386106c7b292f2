import { checkArguments } from '../../base/arguments.js'
import { type Problem, refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { importedModel, roundsProblems } from './importedModel.js'
import type { ImportedModel } from './model.js'
import { type ImportOptions, importOptions } from './options.js'
import { broken, parsedJson, refuseForeign, refuseTooLong, requiredPart, unsupported } from './problems.js'
import { xgboostCategories } from './xgboostCategories.js'
import {
  type XgboostFile,
  type XgboostTrees,
  xgboostBooster,
  xgboostDart,
  xgboostFile,
} from './xgboostFile.js'
import { readXgboostTree } from './xgboostTrees.js'

const operation = 'importXgboost'
const mostUnnamed = 1_000_000
const supported = ['binary:logistic', 'binary:logitraw', 'reg:logistic']

/**
 * Returns the model of a JSON file that XGBoost wrote, for scoring and explaining.
 *
 * Write the file with `booster.save_model('model.json')`, XGBoost 1.7 or later; tested with 1.7, 2.1 and 3.2. Objectives
 * `binary:logistic`, `binary:logitraw` and `reg:logistic`, boosters `gbtree` and `dart`, one output. Everything else is
 * refused, with what was found.
 *
 * Every row comes to the leaves that XGBoost finds: values are compared in single precision, as it does. Sums are in
 * double precision, its own in single: margins differ by less than 1e-6 for a hundred trees (4e-6 measured for 300).
 * Contributions are those of `pred_contribs`; shares of rows are sums of `sum_hessian`. Where early stopping names a
 * best iteration, later rounds are left out, as `XGBClassifier` does.
 *
 * Categories are texts: those of the file (XGBoost 3.1 or later, from a table), else those of `options.categories`, else
 * the codes themselves as texts ('0', '1', …), of which unknown ones go the way that XGBoost sends them. Other unknown
 * texts, which XGBoost refuses, are read as missing.
 *
 * @param json content of the file; its features without names are called f0, f1, …
 * @throws {HoldfastError} `model-invalid` where the text is cut, edited, or of a model that cannot be imported: with
 *   everything that is wrong; `model-too-large`; `option-invalid`, `option-unknown`
 *
 * O(size) time and memory.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const tree = {
 *   left_children: [1, -1, -1], right_children: [2, -1, -1], split_indices: [0, 0, 0],
 *   split_conditions: [12.5, 1, -1], default_left: [1, 0, 0], sum_hessian: [8, 2, 6], loss_changes: [3, 0, 0],
 *   tree_param: { num_nodes: '3' },
 * }
 * const learner = {
 *   feature_names: ['tenure'],
 *   gradient_booster: { name: 'gbtree', model: { gbtree_model_param: { num_trees: '1' }, trees: [tree] } },
 *   learner_model_param: { base_score: '5E-1', num_feature: '1' },
 *   objective: { name: 'binary:logistic' },
 * }
 * const model = importXgboost(JSON.stringify({ learner, version: [3, 2, 0] }))
 * model.margin({ rowCount: 3, columns: [numberColumn('tenure', [3, 12.5, null])] })
 * // => Float64Array.of(1, -1, 1)
 *
 * @see {@link importLightgbm}, `saveModel` to keep it as a model file of holdfast
 */
export function importXgboost(json: string, options?: ImportOptions): ImportedModel {
  checkArguments('importXgboost', ['json', json, 'text'])
  const checked = checkOptions(operation, importOptions, options)
  refuseTooLong(operation, json, checked.maxCharacters)
  refuseForeign(operation, json)
  const data = parsedJson(operation, json, "Write the file with booster.save_model('model.json').")
  const file = requiredPart(operation, xgboostFile, data, 'the model')
  refuse(operation, supportProblems(file))
  const problems: Problem[] = []
  const { trees, weights } = treesOf(file, problems)
  const starts = roundStarts(trees, problems)
  problems.push(...roundsProblems(checked, starts.length - 1))
  const rounds = checked.rounds ?? bestRounds(file, starts.length - 1, problems)
  const kept = trees.trees
    .slice(0, starts[rounds])
    .map((tree, index) => readXgboostTree(tree, weights[index]!, `tree ${index}`, problems))
  const featureNames = namesOf(file, problems)
  const source = {
    library: 'xgboost',
    featureNames,
    baseMargin: baseMarginOf(file, problems),
    trees: kept,
    categories: xgboostCategories(kept, trees, featureNames, checked, problems),
  } as const
  return importedModel(operation, source, checked, problems)
}

function supportProblems({ learner, version }: XgboostFile): Problem[] {
  const { num_class: classes, num_target: targets } = learner.learner_model_param
  const objective = learner.objective.name
  const booster = learner.gradient_booster.name
  const wayOut = `Import reads churn models: ${supported.join(', ')} of one output, boosters gbtree and dart.`
  const problems: Problem[] = []
  if (!supported.includes(objective)) {
    problems.push(unsupported('objective', `to be one of ${supported.join(', ')}`, objective, wayOut))
  }
  if (objective === 'binary:logitraw' && version[0]! < 2) {
    const rule =
      'to be of XGBoost 2 or later: earlier releases read base_score as a probability, or as a margin'
    problems.push(
      unsupported('binary:logitraw', rule, version.join('.'), 'Train it again, as binary:logistic.'),
    )
  }
  if (booster !== 'gbtree' && booster !== 'dart') {
    problems.push(unsupported('the booster', 'to be made of trees: gbtree or dart', booster, wayOut))
  }
  if (Number(classes) > 1 || Number(targets) > 1) {
    const received = `${classes} classes, ${targets} targets`
    problems.push(unsupported('num_class', 'to be of one output', received, wayOut))
  }
  return problems
}

/** Returns the trees, and the weight of each. */
function treesOf(
  file: XgboostFile,
  problems: Problem[],
): { trees: XgboostTrees; weights: readonly number[] } {
  const booster = file.learner.gradient_booster
  const isDart = booster.name === 'dart'
  const dart = isDart ? requiredPart(operation, xgboostDart, booster, 'gradient_booster') : null
  const trees =
    dart?.gbtree.model ?? requiredPart(operation, xgboostBooster, booster, 'gradient_booster').model
  const weights = dart?.weight_drop ?? trees.trees.map(() => 1)
  const named = Number(trees.gbtree_model_param.num_trees)
  if (trees.trees.length !== named) {
    problems.push(broken('trees', `to be num_trees = ${named}`, trees.trees.length))
  }
  if (weights.length !== trees.trees.length) {
    problems.push(broken('weight_drop', 'to have a weight for every tree', weights.length))
  }
  return { trees, weights }
}

/** Returns where the trees of each round begin, and where the last round ends. */
function roundStarts(trees: XgboostTrees, problems: Problem[]): readonly number[] {
  const count = trees.trees.length
  const perRound = Number(trees.gbtree_model_param.num_parallel_tree) || 1
  const starts =
    trees.iteration_indptr ?? Array.from({ length: count / perRound + 1 }, (_, round) => round * perRound)
  const isRising = starts.every((start, round) => round === 0 || start > starts[round - 1]!)
  if (isRising && starts[0] === 0 && starts.at(-1) === count) return starts
  problems.push(broken('iteration_indptr', `to rise from 0 to the ${count} trees`, starts))
  return [0, count]
}

function bestRounds({ learner }: XgboostFile, rounds: number, problems: Problem[]): number {
  const best = learner.attributes['best_iteration']
  if (best === undefined) return rounds
  if (/^\d{1,9}$/.test(best) && Number(best) < rounds) return Number(best) + 1
  problems.push(broken('best_iteration', `to be a round below ${rounds}`, best))
  return rounds
}

function namesOf({ learner }: XgboostFile, problems: Problem[]): readonly string[] {
  const count = Number(learner.learner_model_param.num_feature)
  const names = learner.feature_names
  // Names are optional in XGBoost; a file without them may still have a great many features.
  if (names.length === count) return names
  if (names.length === 0 && count <= mostUnnamed)
    return Array.from({ length: count }, (_, place) => `f${place}`)
  problems.push(broken('feature_names', `to be num_feature = ${count} names`, names.length))
  return names
}

/** `base_score`, as '5E-1' or as the list '[5E-1]', is a probability; of binary:logitraw the margin itself. */
function baseMarginOf({ learner }: XgboostFile, problems: Problem[]): number {
  const text = learner.learner_model_param.base_score
  const isMargin = learner.objective.name === 'binary:logitraw'
  const score = /^\[?(-?\d+(?:\.\d+)?(?:E[+-]?\d+)?)\]?$/i.exec(text)?.[1]
  const number = score === undefined ? Number.NaN : Math.fround(Number(score))
  if (isMargin && Number.isFinite(number)) return number
  // As XGBoost computes it, step by step in single precision.
  const odds = Math.fround(Math.fround(1 / number) - 1)
  if (!isMargin && number > 0 && number < 1 && odds > 0) return Math.fround(0 - Math.log(odds))
  const rule = isMargin ? 'to be one number' : 'to be one probability above 0 and below 1'
  problems.push(broken('base_score', rule, text))
  return 0
}
