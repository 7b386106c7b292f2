import { type Command, InvalidArgumentError, Option } from 'commander'
import { cutoffPeriods } from '../../base/cutoffPeriods.js'
import { type EpochDay, formatDay } from '../../base/days.js'
import { refuse } from '../../base/errors.js'
import { writeTogether } from '../../base/wholeFile.node.js'
import type { Dataset, Split } from '../../dataset/dataset.js'
import { fromFlatTable } from '../../dataset/fromFlatTable.js'
import { splitByTime } from '../../dataset/splitByTime.js'
import { splitRows } from '../../dataset/splitRows.js'
import { evaluate } from '../../evaluate/evaluate.js'
import type { ChurnModel } from '../../learn/contract.js'
import { learnerNamed, learnerNames } from '../../learn/learners.js'
import { createScorer } from '../../score/scorer.js'
import { saveScorer } from '../../score/scorer.node.js'
import type { Selection } from '../../select/selection.js'
import { selectModel } from '../../select/selectModel.js'
import { cellOf, columnMissing, idColumn, Table } from '../../table/table.js'
import { writeTable } from '../../table/writeTable.node.js'
import { addHistoryOptions, datasetOfHistory, type HistoryOptions, labelOf } from '../historyDataset.js'
import { filesOfSources, historySources } from '../historySources.js'
import { addInputOptions, checkInput, type InputOptions, openInputHistory } from '../inputOptions.js'
import { addOutcomeOptions, outcomeOptions } from '../labelledInput.js'
import { sayColumns, sayLeftOut } from '../leftOut.js'
import { oneColumnHint } from '../modelInput.js'
import { integerOption, listOption, numberOption } from '../optionParsers.js'
import { checkOutputs, type OutputFile } from '../outputFiles.js'
import { ownCutoffFiles } from '../ownCutoffs.js'
import { readInputTable } from '../readInputTable.js'
import { noteText } from '../refusalText.js'
import { rejectsFile, writeRejects } from '../rejects.js'
import { progressLine, type Terminal } from '../terminal.js'
import { Unfinished } from '../unfinished.js'

interface TrainOptions extends InputOptions, HistoryOptions {
  readonly label?: string
  readonly id?: string
  readonly positive?: string[]
  readonly negative?: string[]
  readonly asOf?: EpochDay
  readonly exclude?: string[]
  readonly textColumns?: string[]
  readonly learner: string
  readonly budget?: number
  readonly testShare: number
  readonly testOut?: string
  readonly rowsPerCustomer: 'one' | 'several'
  readonly seed: number
  readonly out: string
}

/** A split, and the rows of the input that are in neither part because they were set aside. */
interface Prepared {
  readonly split: Split
  readonly rejects: Table
  /** Rows of the file that were held out, to be written; null if not asked for. */
  readonly kept: Table | null
}

/** Adds `holdfast train`: a model file from a flat table or a raw history, with its figures on held-out data. */
export function addTrainCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('train')
    .argument('[file]', 'table with one row per customer: .csv, .tsv, .parquet, .jsonl')
    .requiredOption('--out <file>', 'model file to write')
    .option('--label <name>', 'label column of the file; with --history: cancelled, silent, value-dropped')
    .option('--id <column>', 'column that names the customer (file only)')
    .option(
      '--exclude <columns>',
      'columns that are not features, separated by commas (file only)',
      listOption,
    )
    .option(
      '--text-columns <columns>',
      'columns to read as texts, even if they look like numbers: zip (file only)',
      listOption,
    )
    .addOption(
      new Option('--learner <name>', 'learner; auto: chosen by validation among all of them and a blend')
        .choices([...learnerNames, 'auto'])
        .default('boosting'),
    )
    .option(
      '--budget <seconds>',
      'time for choosing and training (--learner auto only; default 60); exit code 4 if it runs out',
      secondsOption,
    )
    .option(
      '--test-share <share>',
      'share of customers held out for the figures (file only)',
      numberOption,
      0.2,
    )
    .addOption(
      new Option(
        '--rows-per-customer <number>',
        'several: a customer may have several rows, such as one per month, and --id names the customer, who is trained on or tested, never both (file only)',
      )
        .choices(['one', 'several'])
        .default('one'),
    )
    .option(
      '--test-out <file>',
      'file for the complete held-out rows: evaluate and report need rows that the model has not seen (file only)',
    )
    .option('--seed <number>', 'seed of the split and of the training', integerOption, 1)
  return addHistoryOptions(addInputOptions(addOutcomeOptions(command)))
    .addHelpText(
      'after',
      `
The model is trained on the customers (with --history: the cutoffs) that are not kept aside; the figures are those of
the very model in the file.

Examples:
  holdfast train telco.csv --label churn --out telco.model
  holdfast train telco.csv --label churn --test-out kept.csv --out telco.model
  holdfast train telco.csv --label churn --learner auto --budget 60 --out telco.model
  holdfast train telco.csv --label churn --learner logistic --exclude total_charges --out telco.model
  holdfast train --history operator --label silent --horizon-days 60 --out silent.model`,
    )
    .action(async (file: string | undefined, options: TrainOptions) => {
      checkInput(command, file)
      if (options.budget !== undefined && options.learner !== 'auto') {
        command.error("error: option '--budget <seconds>' is for --learner auto only")
      }
      const { split, rejects, kept } =
        file === undefined ? await splitOfHistory(options, terminal) : await splitOfFile(file, options)
      sayLeftOut(terminal, 'not used', split.train.report.population)
      sayLeftOut(terminal, 'not used', split.train.report.unlabelled)
      sayColumns(terminal, split.train.report.columns)
      for (const warning of split.train.warnings) terminal.message(`note: ${noteText(warning, command)}\n`)
      const { model, unfinished } = await trained(split.train, options, terminal)
      const scorer = createScorer(model, split.train)
      const evaluation = evaluate(scorer.model, split.test)
      await writeTogether(async () => {
        await writeRejects(rejects, options, terminal)
        if (kept !== null) await writeTable(kept, options.testOut!)
        await saveScorer(scorer, options.out)
      })
      terminal.output(`${evaluation}\n`)
      terminal.output(
        `\nwrote ${options.out}: ${model.learner}, trained on ${unfinished?.trainedRows ?? split.train.ids.length} rows\n`,
      )
      if (kept !== null) {
        terminal.output(`wrote ${options.testOut}: the ${kept.rowCount} held-out rows\n`)
      }
      if (unfinished !== null) throw new Unfinished(unfinished.notes[0])
    })
}

async function trained(
  dataset: Dataset,
  { learner: name, seed, budget }: TrainOptions,
  terminal: Terminal,
): Promise<{ readonly model: ChurnModel; readonly unfinished: Selection | null }> {
  const progress = progressLine(terminal)
  const onProgress = progress.show
  try {
    if (name === 'auto') {
      const budgetSeconds = budget ?? defaultBudgetSeconds
      const selection = await selectModel(dataset, { budgetSeconds, seed, onProgress })
      progress.end()
      terminal.output(`${selection}\n\n`)
      return { model: selection.model, unfinished: selection.complete ? null : selection }
    }
    const learner = learnerNamed(name)
    const seeded = learner.capabilities.seeded ? { seed } : {}
    return { model: learner.train(dataset, seeded, { onProgress }), unfinished: null }
  } finally {
    progress.end()
  }
}

const defaultBudgetSeconds = 60

/** Reads a number of seconds from the command line. */
function secondsOption(text: string): number {
  const seconds = numberOption(text)
  if (seconds <= 0) throw new InvalidArgumentError('Expected a number of seconds above 0.')
  return seconds
}

function filesToWrite(options: TrainOptions): OutputFile[] {
  const kept =
    options.testOut === undefined
      ? []
      : [{ flag: '--test-out', path: options.testOut, holds: 'table' } as const]
  return [{ flag: '--out', path: options.out, holds: 'model' }, ...kept, ...rejectsFile(options)]
}

async function splitOfFile(file: string, options: TrainOptions): Promise<Prepared> {
  await checkOutputs('train', filesToWrite(options), [file])
  const { id, testShare, seed, textColumns = [], exclude = [] } = options
  // The values of unused columns need not be understood
  const texts = [...textColumns, ...exclude]
  const wanted = { id, mayRepeat: options.rowsPerCustomer === 'several', texts }
  const { dataset, table, rejects } = await readInputTable(file, options, wanted, (input) => ({
    dataset: datasetOfTable(input.table, options),
    table: input.table,
    rejects: input.rejects,
  }))
  const split = splitRows(dataset, { testShare, seed })
  const kept = options.testOut === undefined ? null : rowsOfCustomers(table, id, split.test.ids)
  return { split, rejects, kept }
}

/** Without an id column a customer is named by the row number. */
function rowsOfCustomers(table: Table, id: string | undefined, ids: readonly string[]): Table {
  const wanted = new Set(ids)
  const column = id === undefined ? null : idColumn(table.column(id))
  const rows: number[] = []
  for (let row = 0; row < table.rowCount; row++)
    if (wanted.has(String(column === null ? row + 1 : cellOf(column, row)))) rows.push(row)
  const kept = table.take(rows)
  // As they were written, so that they are read again the same
  return new Table(kept.columns.map(idColumn), kept.rowCount, table.source)
}

function datasetOfTable(table: Table, options: TrainOptions): Dataset {
  const { label = 'churn', id, exclude, textColumns = [] } = options
  checkColumns(table, [label, ...(id === undefined ? [] : [id]), ...(exclude ?? []), ...textColumns])
  return fromFlatTable(table, {
    label,
    ...(id === undefined ? {} : { id }),
    rowsPerCustomer: options.rowsPerCustomer,
    ...outcomeOptions(options),
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
    ...(exclude === undefined ? {} : { exclude }),
  })
}

function checkColumns(table: Table, names: readonly string[]): void {
  const absent = [...new Set(names)].filter((name) => !table.has(name))
  refuse(
    'train',
    absent.map((name) => {
      const problem = columnMissing(name, table)
      return { ...problem, wayOut: `${problem.wayOut ?? ''} ${oneColumnHint(table)}`.trim() }
    }),
  )
}

async function splitOfHistory(options: TrainOptions, terminal: Terminal): Promise<Prepared> {
  const label = labelOf(options)
  const sources = await historySources(options.history!, terminal)
  await checkOutputs('train', filesToWrite(options), [...filesOfSources(sources), ...ownCutoffFiles(options)])
  const history = await openInputHistory(sources, options)
  try {
    const dataset: Dataset = await datasetOfHistory(history, label, options, terminal)
    const split = splitByTime(dataset, { testFrom: lastPeriod(dataset) })
    terminal.output(
      `tested on ${dataset.ownCutoffs === undefined ? 'cutoff' : 'cutoffs from'} ${formatDay(split.testFrom!)}, ${split.purgedRows} rows purged before it\n`,
    )
    return { split, rejects: history.rejects, kept: null }
  } finally {
    await history.close()
  }
}

/** The last cutoff; with customers' own cutoffs, the first day of the last month. */
function lastPeriod({ cutoffs, ownCutoffs }: Dataset): EpochDay {
  const periods = cutoffPeriods({ cutoffs: cutoffs!, ownCutoffs })
  return periods.reduce((last, cutoff) => Math.max(last, cutoff)) as EpochDay
}
