import { describe, expect, it } from 'vitest'
import { HoldfastError, type Problem } from '../../../src/base/errors.js'
import { type FeatureSpec, numberColumn, textColumn } from '../../../src/base/matrix.js'
import { importLightgbm } from '../../../src/learn/imported/importLightgbm.js'
import { importXgboost } from '../../../src/learn/imported/importXgboost.js'
import { importOptions } from '../../../src/learn/imported/options.js'
import { learners } from '../../../src/learn/learners.js'
import { restorers } from '../../../src/learn/restorers.js'
import { createScorer } from '../../../src/score/scorer.js'
import { badOptions } from '../../support/badOptions.js'
import { largestDifference } from '../sample.js'
import { goldenCase, goldenRows, goldenText } from './goldenCases.js'

function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  throw new Error('nothing was refused')
}

interface XgboostLearner {
  readonly feature_names: string[]
  readonly learner_model_param: Record<string, string>
  readonly gradient_booster: {
    readonly model: {
      iteration_indptr?: readonly number[]
      cats?: { readonly enc: unknown[] }
      readonly trees: {
        default_left: readonly unknown[]
        readonly sum_hessian: number[]
        readonly left_children: number[]
      }[]
    }
  }
}

/** The text of an XGBoost file with a change. */
function xgboostWith(name: string, change: (learner: XgboostLearner) => void): string {
  const file = JSON.parse(goldenText(`${name}.json`))
  change(file.learner)
  return JSON.stringify(file)
}

describe('models that are not churn models', () => {
  it.each([
    ['lightgbm-multiclass.txt', 'objective', 'multiclass num_class:3'],
    ['lightgbm-regression.txt', 'objective', 'regression'],
    ['lightgbm-linear.txt', 'tree 0', 'linear_tree'],
    ['lightgbm-linear.json', 'tree 0', 'linear_tree'],
    ['xgboost-multiclass.json', 'objective', 'multi:softprob'],
    ['xgboost-regression.json', 'objective', 'reg:squarederror'],
    ['xgboost-linear.json', 'the booster', 'gblinear'],
  ])('%s is refused with what was found', (file, parameter, received) => {
    const read = file.startsWith('xgboost') ? importXgboost : importLightgbm
    const [problem] = problemsOf(() => read(goldenText(file)))
    expect(problem).toMatchObject({ code: 'model-invalid', parameter, received })
  })

  it("objectives of one's own are refused", () => {
    const own = goldenText('lightgbm-numbers.txt').replace('objective=binary sigmoid:1\n', '')
    expect(() => importLightgbm(own)).toThrow(
      'expected objective to be one of binary and cross_entropy, got "none',
    )
  })

  it('the sentence says what is supported', () => {
    expect(() => importXgboost(goldenText('xgboost-multiclass.json'))).toThrow(
      /Import reads churn models: binary:logistic, binary:logitraw, reg:logistic/,
    )
    expect(problemsOf(() => importXgboost(goldenText('xgboost-multiclass.json')))).toHaveLength(2)
  })

  it.each(['', 'hello', '[]', 'null', '{}', '{"learner":1}', 'tree', 'tree\n\n'])('%j is refused', (text) => {
    expect(problemsOf(() => importLightgbm(text))[0]!.code).toMatch(/^model-(invalid|truncated)$/)
    expect(problemsOf(() => importXgboost(text))[0]!.code).toBe('model-invalid')
  })

  it('an older LightGBM file is told to be saved again', () => {
    const old = goldenText('lightgbm-numbers.txt').replace('version=v4', 'version=v2')
    expect(() => importLightgbm(old)).toThrow('Load the file in a current LightGBM and save it again.')
  })

  it('all that is wrong is told at once', () => {
    const text = goldenText('lightgbm-numbers.txt')
      .replace('version=v4', 'version=v9')
      .replace('objective=binary sigmoid:1', 'objective=poisson')
      .replace('feature_names=tenure calls change', 'feature_names=tenure calls')
    const parameters = problemsOf(() => importLightgbm(text, { rounds: 99 })).map(
      ({ parameter }) => parameter,
    )
    expect(parameters).toEqual(expect.arrayContaining(['version', 'objective', 'feature_names', 'rounds']))
  })
})

describe('options', () => {
  it.each(badOptions(importOptions))('refuses $title', ({ options, code, parameter }) => {
    const [problem] = problemsOf(() =>
      importLightgbm(goldenText('lightgbm-categories.txt'), options as never),
    )
    expect(problem).toMatchObject({ code, parameter })
  })

  it('rounds keeps the first rounds, as the libraries do', () => {
    // XGBClassifier takes the 5 rounds up to its best iteration; the file has all that were trained.
    const golden = goldenCase('xgboost-early-stopping')
    const file = goldenText('xgboost-early-stopping.json')
    const { attributes, gradient_booster } = JSON.parse(file).learner
    const best = Number(attributes.best_iteration) + 1
    expect(gradient_booster.model.trees.length).toBeGreaterThan(best)
    expect(importXgboost(file).ensemble.roots).toHaveLength(best)
    expect(importXgboost(file, { rounds: best }).margin(goldenRows(golden))).toEqual(
      importXgboost(file).margin(goldenRows(golden)),
    )
    expect(importXgboost(file, { rounds: 1 }).ensemble.roots).toHaveLength(1)
  })

  it('rounds of a forest of XGBoost are all its trees', () => {
    const file = goldenText('xgboost-forest.json')
    expect(importXgboost(file, { rounds: 1 }).ensemble.roots).toHaveLength(5)
    expect(() => importXgboost(file, { rounds: 2 })).toThrow(
      'expected rounds to be at most 1, the rounds of the file',
    )
  })

  it('fewer rounds of a LightGBM forest are their own mean', () => {
    const rows = goldenRows(goldenCase('lightgbm-forest'))
    const file = goldenText('lightgbm-forest.txt')
    const [one, two] = [1, 2].map((rounds) => importLightgbm(file, { rounds }))
    // The first tree counts whole where it is alone, and half beside the second.
    expect(two!.ensemble.value.slice(0, one!.ensemble.value.length)).toEqual(
      one!.ensemble.value.map((value) => value / 2),
    )
    expect(one!.margin(rows).every(Number.isFinite)).toBe(true)
  })

  it('a model without a base rate has the probability at its mean margin', () => {
    const file = goldenText('lightgbm-numbers.txt')
    const model = importLightgbm(file)
    const { base } = model.contributions(goldenRows(goldenCase('lightgbm-numbers')))
    expect(model.baseRate).toBeCloseTo(1 / (1 + Math.exp(-base)), 12)
    expect(importLightgbm(file, { baseRate: 0.2 }).baseRate).toBe(0.2)
  })

  it('a long text is refused before it is read', () => {
    const [problem] = problemsOf(() => importXgboost('{'.repeat(100), { maxCharacters: 99 }))
    expect(problem).toMatchObject({ code: 'model-too-large', received: 100 })
  })
})

describe('categories', () => {
  const codes = goldenCase('xgboost-codes')

  it('unknown codes go where the library sends them, texts in the place of codes are refused', () => {
    // The golden rows have code 77 of f4, which training has not seen; that they agree is tested there.
    expect(codes.columns['f4']).toContain('77')
    const model = importXgboost(goldenText('xgboost-codes.json'))
    const rows = goldenRows(codes)
    const columns = rows.columns.map((column) =>
      column.name === 'f3'
        ? textColumn(
            'f3',
            codes.columns['f3']!.map(() => 'basic'),
          )
        : column,
    )
    const [problem] = problemsOf(() => model.margin({ ...rows, columns }))
    expect(problem).toMatchObject({ code: 'value-unknown', parameter: 'column f3', received: 'basic' })
    expect(problem!.wayOut).toContain('option categories')
  })

  it.each(['xgboost-codes.json', 'lightgbm-codes.json'])(
    'codes that a program wrote as 0.0, +1 or with white space are the same codes, and -1 is an unknown one: %s',
    (file) => {
      const model = (file.startsWith('xgboost') ? importXgboost : importLightgbm)(goldenText(file))
      const { name, categories } = model.features.find((spec) => spec.kind === 'text') as FeatureSpec & {
        categories: string[]
      }
      const [code] = categories as [string]
      const written = [code, `${code}.0`, `+${code}`, ` ${code}. `, '-1', '-1.0', '99999']
      const rows = {
        rowCount: written.length,
        columns: model.features.map((spec) =>
          spec.name === name
            ? textColumn(name, written)
            : spec.kind === 'number'
              ? numberColumn(spec.name, new Float64Array(written.length))
              : textColumn(
                  spec.name,
                  written.map(() => spec.categories[0]!),
                ),
        ),
      }
      const [known, dotted, signed, spaced, minus, minusDotted, unknown] = model.margin(rows)
      expect([dotted, signed, spaced]).toEqual([known, known, known])
      // LightGBM 4.6 and XGBoost 3.2 answer for -1 what they answer for a code that training has not seen
      expect([minus, minusDotted]).toEqual([unknown, unknown])
      const scores = createScorer(model).scoreMatrix(rows)
      expect(scores.unseen.rows()).toMatchObject([{ feature: name, rows: 3, example: '-1' }])
      const half = rows.columns.map((column) =>
        column.name === name ? textColumn(name, Array(7).fill('1.5')) : column,
      )
      expect(problemsOf(() => model.margin({ ...rows, columns: half }))).toMatchObject([{ received: '1.5' }])
    },
  )

  it('given texts take the place of codes', () => {
    const plans = Array.from({ length: 31 }, (_, code) => `plan ${code}`)
    const model = importXgboost(goldenText('xgboost-codes.json'), { categories: { f3: plans } })
    const rows = goldenRows(codes)
    const texts = codes.columns['f3']!.map((code) => (code === null ? null : `plan ${code}`))
    const columns = rows.columns.map((column) => (column.name === 'f3' ? textColumn('f3', texts) : column))
    expect(
      largestDifference(model.margin({ ...rows, columns }), Float64Array.from(codes.margin)),
    ).toBeLessThan(1e-6)
  })

  it('too few texts, equal texts and features that are none are refused', () => {
    const file = goldenText('xgboost-codes.json')
    const received = problemsOf(() =>
      importXgboost(file, { categories: { f3: ['a', 'a'], f44: ['a'], tenure: ['a'] } }),
    ).map(({ parameter }) => parameter)
    expect(received).toEqual(
      expect.arrayContaining(['categories of f3', 'categories.f3', 'categories.f44', 'categories.tenure']),
    )
    expect(() => importXgboost(file, { categories: { f44: ['a'] } })).toThrow('Did you mean f')
  })

  it('texts beside ASCII in an XGBoost file are asked for', () => {
    expect(() => importXgboost(goldenText('xgboost-categories.json'))).toThrow(
      "Give them in their order: { categories: { \"plan\": ['…', '…'] } }.",
    )
  })

  it('whole numbers of XGBoost 3.1 stand for themselves', () => {
    const text = xgboostWith('xgboost-one-hot', (learner) => {
      const { enc } = learner.gradient_booster.model.cats!
      enc[4] = { type: 15, values: Array.from({ length: 45 }, (_, code) => code + 100) }
    })
    const town = importXgboost(text).features.find((spec) => spec.name === 'town')
    expect(town).toMatchObject({ kind: 'text', categories: expect.arrayContaining(['100', '144']) })
  })

  it('a LightGBM file that lost its last line is refused where it asks categories', () => {
    const text = goldenText('lightgbm-categories.txt').replace(/pandas_categorical:.*\n/, '')
    expect(() => importLightgbm(text)).toThrow('Give its texts in the order of their codes')
  })

  it('lists of ordered categories, which LightGBM reads as numbers, are not taken for others', () => {
    const text = goldenText('lightgbm-categories.txt').replace(
      'pandas_categorical:[',
      'pandas_categorical:[["low", "high"], ',
    )
    expect(
      problemsOf(() => importLightgbm(text)).map(({ parameter, received }) => [parameter, received]),
    ).toEqual([
      ['feature town', '3 lists, 2 categorical features'],
      ['feature plan', '3 lists, 2 categorical features'],
    ])
  })
})

describe('forms of XGBoost files', () => {
  it.each(['[5E-1]', '5E-1', '0.5', '5e-01'])('base_score %s is half', (base_score) => {
    const text = xgboostWith('xgboost-base-score', (learner) => {
      learner.learner_model_param['base_score'] = base_score
    })
    expect(importXgboost(text).baseMargin).toBe(0)
  })

  it.each(['[5E-1,5E-1]', '', 'NaN', '1E0', '0', '-5E-1'])('base_score %j is refused', (base_score) => {
    const text = xgboostWith('xgboost-base-score', (learner) => {
      learner.learner_model_param['base_score'] = base_score
    })
    expect(() => importXgboost(text)).toThrow('expected base_score to be one probability above 0 and below 1')
  })

  it('releases before 2 wrote directions as true and false, and no rounds', () => {
    const golden = goldenCase('xgboost-numbers')
    const text = xgboostWith('xgboost-numbers', (learner) => {
      const { model } = learner.gradient_booster
      delete model.iteration_indptr
      delete model.cats
      for (const tree of model.trees) tree.default_left = tree.default_left.map((side) => side === 1)
    })
    const margin = importXgboost(text).margin(goldenRows(golden))
    expect(margin).toEqual(importXgboost(goldenText('xgboost-numbers.json')).margin(goldenRows(golden)))
  })

  it('releases before 3 wrote NaN as the threshold of category splits', () => {
    const file = goldenText('xgboost-codes.json')
    const old = file.replaceAll('1E-45', 'NaN')
    expect(old).not.toBe(file)
    const rows = goldenRows(goldenCase('xgboost-codes'))
    expect(importXgboost(old).margin(rows)).toEqual(importXgboost(file).margin(rows))
    const name = old
      .replace('"f0"', '"NaN"')
      .replace('"feature_names":[]', '"feature_names":["NaN","1","2","3","4"]')
    expect(importXgboost(name).features[0]!.name).toBe('NaN')
  })

  it('NaN in the place of another number is refused', () => {
    const text = goldenText('xgboost-numbers.json').replace(
      /"split_conditions":\[[^,]*/,
      '"split_conditions":[NaN',
    )
    expect(() => importXgboost(text)).toThrow('expected thresholds of tree 0 to be finite')
  })

  it('binary:logitraw of releases before 2 is refused: its base_score had another meaning', () => {
    const file = { ...JSON.parse(goldenText('xgboost-logit-raw.json')), version: [1, 7, 6] }
    expect(() => importXgboost(JSON.stringify(file))).toThrow(
      'expected binary:logitraw to be of XGBoost 2 or later',
    )
  })

  it('row counts that are not sums are refused, those of no rows get a trace', () => {
    const wrong = xgboostWith('xgboost-numbers', (learner) => {
      learner.gradient_booster.model.trees[0]!.sum_hessian[1]! *= 2
    })
    expect(() => importXgboost(wrong)).toThrow('expected row counts of tree 0 to be the sums of those below')
    const empty = xgboostWith('xgboost-numbers', (learner) => {
      for (const tree of learner.gradient_booster.model.trees) tree.sum_hessian.fill(0)
    })
    const { values } = importXgboost(empty).contributions(goldenRows(goldenCase('xgboost-numbers')))
    expect(values.every((value) => value.every(Number.isFinite))).toBe(true)
  })
})

/** A LightGBM dump of one tree: a chain of splits. */
function chainOf(depth: number): string {
  const split = { split_feature: 0, split_gain: 1, threshold: 1, decision_type: '<=', default_left: true }
  let tree: object = { leaf_value: 1, leaf_count: 1 }
  for (let rows = 2; rows <= depth + 1; rows++) {
    const right_child = { leaf_value: 0, leaf_count: 1 }
    tree = { ...split, missing_type: 'NaN', internal_count: rows, left_child: tree, right_child }
  }
  return JSON.stringify({
    version: 'v4',
    objective: 'binary sigmoid:1',
    num_class: 1,
    num_tree_per_iteration: 1,
    max_feature_idx: 0,
    feature_names: ['tenure'],
    feature_infos: {},
    tree_info: [{ num_leaves: depth + 1, tree_structure: tree }],
  })
}

describe('hostile trees', () => {
  it('of 1000 questions one below the other are explained, of more refused', () => {
    const rows = { rowCount: 1, columns: [numberColumn('tenure', [1])] }
    expect(importLightgbm(chainOf(1000)).margin(rows)).toEqual(Float64Array.of(1))
    expect(importLightgbm(chainOf(1000)).contributions(rows).values[0]!.every(Number.isFinite)).toBe(true)
    expect(() => importLightgbm(chainOf(1001))).toThrow('expected the depth of tree 0 to be at most 1000')
  })

  it('that lead back to themselves are refused', () => {
    const text = xgboostWith('xgboost-numbers', (learner) => {
      learner.gradient_booster.model.trees[2]!.left_children[1] = 0
    })
    expect(() => importXgboost(text)).toThrow('expected children of tree 2 to have one parent each, got 0')
  })
})

describe('an imported model', () => {
  it('is known to model files, not to the learners, which can train', () => {
    const others = ['lightgbm', 'xgboost', 'calibrated', 'blend']
    expect(Object.keys(restorers)).toEqual([...Object.keys(learners), ...others])
  })

  it('needs only the features that its trees ask', () => {
    const text = xgboostWith('xgboost-numbers', (learner) => {
      learner.feature_names.push('never asked')
      learner.learner_model_param['num_feature'] = '4'
    })
    expect(importXgboost(text).features.map(({ name }) => name)).toEqual(['tenure', 'calls', 'change'])
  })

  it('of no split needs none', () => {
    const model = importLightgbm(goldenText('lightgbm-no-split.txt'))
    expect(model.features).toEqual([])
    expect(model.margin({ rowCount: 2, columns: [numberColumn('any', [1, 2])] })).toEqual(
      Float64Array.of(-0.16034265007517937, -0.16034265007517937),
    )
  })

  it('refuses a state that names features wrongly', () => {
    const model = importLightgbm(goldenText('lightgbm-zero-missing.txt'))
    const state = { ...(model.state() as object), zeroIsMissing: [7], codes: [0] }
    const parameters = problemsOf(() => restorers['lightgbm']!(model.features, 0.5, state)).map(
      ({ parameter }) => parameter,
    )
    expect(parameters).toEqual(['zeroIsMissing', 'codes'])
  })
})

describe('a file of another library or format', () => {
  // the beginnings of files of CatBoost 1.2.10, XGBoost 3.2.0 and Python 3
  it.each([
    ['CBM1\ufffd\u001a', 'a CatBoost model'],
    [
      '{\n  "features_info":\n {"float_features": []}, "model_info": {}, "oblivious_trees": []}',
      'a CatBoost model',
    ],
    ['\u0008\u0003\u0012\u0008CatBoost\u001a', 'a CatBoost model'],
    ['{L\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0007learner{L', 'UBJSON'],
    ['{i\u0007learner{i', 'UBJSON'],
    ['[\n  { "nodeid": 0, "depth": 0, "split": "f0" }]', 'a dump of XGBoost trees'],
    ['booster[0]:\n0:[f0<0.5] yes=1,no=2', 'a dump of XGBoost trees'],
    ['\ufffd\u0004\ufffd\u0014xgboost.core', 'a Python pickle'],
    ['<?xml version="1.0"?>\n<PMML version="4.3">', 'PMML'],
    ['{"format":"holdfast-model","version":"0001"', 'a model file of holdfast'],
  ])('is called by its name, with the way out: %j', (text, name) => {
    for (const read of [importLightgbm, importXgboost]) {
      const [problem] = problemsOf(() => read(text))
      expect(problem).toMatchObject({ code: 'model-invalid', parameter: 'the file' })
      expect(problem!.received).toContain(name)
      expect(problem!.wayOut).toBeTruthy()
    }
  })

  it('given to the wrong function is told the right one', () => {
    for (const file of ['lightgbm-codes.json', 'lightgbm-codes.txt']) {
      expect(() => importXgboost(goldenText(file))).toThrow('Give it to importLightgbm.')
    }
    expect(() => importLightgbm(goldenText('xgboost-codes.json'))).toThrow('Give it to importXgboost.')
  })
})
