import type { Command } from 'commander'
import { readJsonFile } from '../../base/readJsonFile.node.js'
import { importLightgbm } from '../../learn/imported/importLightgbm.js'
import { importXgboost } from '../../learn/imported/importXgboost.js'
import type { ImportedModel } from '../../learn/imported/model.js'
import type { ImportOptions } from '../../learn/imported/options.js'
import { importerOf } from '../../learn/imported/problems.js'
import { decodedFrom, readModelFile } from '../../learn/store.node.js'
import { createScorer } from '../../score/scorer.js'
import { saveScorer } from '../../score/scorer.node.js'
import { integerOption, numberOption } from '../optionParsers.js'
import { checkOutputs } from '../outputFiles.js'
import type { Terminal } from '../terminal.js'

interface ImportCommandOptions {
  readonly out: string
  readonly baseRate?: number
  readonly rounds?: number
  readonly categories?: string
}

/** Adds `holdfast import`: a model file from one of LightGBM or XGBoost. */
export function addImportCommand(program: Command, terminal: Terminal): Command {
  return program
    .command('import')
    .argument('<file>', 'LightGBM: save_model, or dump_model as JSON; XGBoost: save_model as JSON')
    .requiredOption('--out <file>', 'model file to write')
    .option(
      '--base-rate <share>',
      'share of churners it was trained on, where risk bands start',
      numberOption,
    )
    .option(
      '--rounds <count>',
      'rounds of trees to keep (default: up to the best round, if named)',
      integerOption,
    )
    .option(
      '--categories <file>',
      'JSON file with the texts of categories by feature, in the order of their codes',
    )
    .addHelpText(
      'after',
      `
Examples:
  holdfast import lightgbm.txt --out churn.model
  holdfast import xgboost.json --base-rate 0.26 --out churn.model
  holdfast score churn.model customers.csv --id customerID --out scores.csv`,
    )
    .action(async (file: string, { out, categories, ...options }: ImportCommandOptions) => {
      const inputs = categories === undefined ? [file] : [file, categories]
      await checkOutputs('import', [{ flag: '--out', path: out, holds: 'model' }], inputs)
      const given = categories === undefined ? {} : { categories: await categoriesOf(categories) }
      const text = new TextDecoder().decode(await readModelFile('import', file))
      const model = decodedFrom('import', file, () => importEither(text, { ...options, ...given }))
      await saveScorer(createScorer(model), out)
      const trees = model.ensemble.roots.length
      terminal.output(
        `wrote ${out}: ${model.learner}, ${trees} trees, ${model.features.length} features: ${featureList(model)}\n`,
      )
      if (options.baseRate === undefined) terminal.output(guessedRate(model))
    })
}

function importEither(text: string, options: ImportOptions): ImportedModel {
  return importerOf(text) === 'importXgboost' ? importXgboost(text, options) : importLightgbm(text, options)
}

function guessedRate({ baseRate }: ImportedModel): string {
  return (
    `The file does not say how many of its training rows churned. Risk bands start from ${baseRate.toFixed(3)}, the ` +
    'probability at the mean margin of its trees; if you know the share, give it with --base-rate.\n'
  )
}

function featureList(model: ImportedModel): string {
  return model.features
    .map((spec) =>
      spec.kind === 'number' ? spec.name : `${spec.name} (${spec.categories.length} categories)`,
    )
    .join(', ')
}

const categoriesHint = 'Write it as { "plan": ["basic", "family"] }.'

/** The import checks its contents. */
async function categoriesOf(path: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const read = await readJsonFile('import', '--categories', path, categoriesHint)
  return read as Readonly<Record<string, readonly string[]>>
}
