import type { Command } from 'commander'
import { type EpochDay, formatDay } from '../../base/days.js'
import type { Dataset, Split } from '../../dataset/dataset.js'
import { fromFlatTable } from '../../dataset/fromFlatTable.js'
import { splitByTime } from '../../dataset/splitByTime.js'
import { splitRows } from '../../dataset/splitRows.js'
import { evaluate } from '../../evaluate/evaluate.js'
import { learnerNamed, learnerNames } from '../../learn/learners.js'
import { createScorer } from '../../score/scorer.js'
import { saveScorer } from '../../score/scorer.node.js'
import { addHistoryOptions, datasetOfHistory, type HistoryOptions } from '../historyDataset.js'
import { addInputOptions, checkOneInput, type InputOptions, openInputHistory } from '../inputOptions.js'
import { integerOption, listOption, numberOption } from '../optionParsers.js'
import { labelValue, readInputTable } from '../readInputTable.js'
import { progressLine, type Terminal } from '../terminal.js'

interface TrainOptions extends InputOptions, HistoryOptions {
  readonly label?: string
  readonly id?: string
  readonly positive?: string
  readonly exclude?: string[]
  readonly learner: string
  readonly testShare: number
  readonly seed: number
  readonly out: string
}

/** Adds `holdfast train`: a model file from a flat table or a raw history, with its figures on data kept aside. */
export function addTrainCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('train')
    .description('Train a model, print its figures on customers kept aside, write the model file.')
    .argument('[file]', 'table with one row per customer: .csv, .tsv, .parquet, .jsonl')
    .requiredOption('--out <file>', 'model file to write')
    .option('--label <name>', 'label column of the file; with --history: cancelled, silent, value-dropped')
    .option('--id <column>', 'column that names the customer')
    .option('--positive <value>', 'value of the label column that means churned')
    .option('--exclude <columns>', 'columns that are no features, separated by commas', listOption)
    .option('--learner <name>', learnerNames.join(', '), 'boosting')
    .option(
      '--test-share <share>',
      'share of customers kept aside for the figures (file only)',
      numberOption,
      0.2,
    )
    .option('--seed <number>', 'seed of the split and of the training', integerOption, 1)
  return addHistoryOptions(addInputOptions(command))
    .addHelpText(
      'after',
      `
The model is trained on the customers (with --history: the cutoffs) that are not kept aside; the figures are those of
the very model in the file.

Examples:
  holdfast train telco.csv --label churn --out telco.model
  holdfast train telco.csv --label churn --learner logistic --exclude total_charges --out telco.model
  holdfast train --history operator --label silent --horizon-days 60 --out silent.model`,
    )
    .action(async (file: string | undefined, options: TrainOptions) => {
      checkOneInput('train', file, options)
      const learner = learnerNamed(options.learner)
      const { train, test } =
        file === undefined
          ? await splitOfHistory(options, terminal)
          : await splitOfFile(file, options, terminal)
      for (const warning of train.warnings) terminal.message(`note: ${warning}\n`)
      const progress = progressLine(terminal)
      const seeded = learner.capabilities.seeded ? { seed: options.seed } : {}
      const model = learner.train(train, seeded, { onProgress: progress.show })
      progress.end()
      terminal.output(`${evaluate(model, test)}\n`)
      await saveScorer(createScorer(model, train), options.out)
      terminal.output(`\nwrote ${options.out}: ${options.learner}, trained on ${train.ids.length} rows\n`)
    })
}

async function splitOfFile(file: string, options: TrainOptions, terminal: Terminal): Promise<Split> {
  const table = await readInputTable(file, options, terminal)
  const { label = 'churn', id, positive, exclude, testShare, seed } = options
  const dataset = fromFlatTable(table, {
    label,
    ...(id === undefined ? {} : { id }),
    ...(positive === undefined ? {} : { positive: labelValue(table, label, positive) }),
    ...(exclude === undefined ? {} : { exclude }),
  })
  return splitRows(dataset, { testShare, seed })
}

async function splitOfHistory(options: TrainOptions, terminal: Terminal): Promise<Split> {
  const history = await openInputHistory(options, terminal)
  try {
    const dataset: Dataset = await datasetOfHistory(history, options, terminal)
    const split = splitByTime(dataset, { testFrom: lastCutoff(dataset) })
    terminal.output(
      `tested on cutoff ${formatDay(split.testFrom!)}, ${split.purgedRows} rows purged before it\n`,
    )
    return split
  } finally {
    await history.close()
  }
}

function lastCutoff(dataset: Dataset): EpochDay {
  return dataset.cutoffs!.reduce((last, cutoff) => Math.max(last, cutoff)) as EpochDay
}
