import type { Command } from 'commander'
import { type EpochDay, formatDay } from '../base/days.js'
import { refuse } from '../base/errors.js'
import { buildDataset } from '../dataset/buildDataset.js'
import { churnPlan } from '../dataset/churnPlan.js'
import type { Dataset } from '../dataset/dataset.js'
import { type FlatTableOptions, fromFlatTable } from '../dataset/fromFlatTable.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { labelTables } from '../label/labelProblems.js'
import { latestCutoff } from '../label/labelTable.js'
import { type LabelRule, labelRuleSchema } from '../label/rule.js'
import { otherReading } from '../score/aboutModel.js'
import { scoredTables } from '../score/scoreHistory.js'
import type { Scorer } from '../score/scorer.js'
import type { InputTableName } from '../table/inputs.js'
import { columnMissing, type Table } from '../table/table.js'
import { filesOfSources, historySources } from './historySources.js'
import { type InputOptions, openInputHistory } from './inputOptions.js'
import { sayLeftOut, sayNotes } from './leftOut.js'
import { checkHistoryModel, checkTableModel } from './modelInput.js'
import { dayOption, repeatedOption } from './optionParsers.js'
import { checkOutputs, type OutputFile } from './outputFiles.js'
import {
  addOwnCutoffs,
  momentProblems,
  type OwnCutoffOptions,
  ownCutoffFiles,
  readOwnCutoffs,
} from './ownCutoffs.js'
import { readInputTable } from './readInputTable.js'
import { rejectsFile } from './rejects.js'
import type { Terminal } from './terminal.js'
import { sayUnseen } from './unseen.js'

/** Options of commands that measure a model on customers with a known outcome. */
export interface LabelledInputOptions extends InputOptions, OwnCutoffOptions {
  readonly label: string
  readonly id?: string | undefined
  readonly positive?: string[]
  readonly negative?: string[]
  readonly cutoff?: EpochDay
  readonly asOf?: EpochDay
}

/** Customers with a known outcome, and the rows of the input that were set aside. */
export interface LabelledInput {
  readonly dataset: Dataset
  readonly rejects: Table
}

/** What else a command reads and writes, to check that nothing is overwritten. */
export interface OtherFiles {
  readonly inputs: readonly string[]
  readonly outputs: readonly OutputFile[]
}

/** Adds the options of {@link LabelledInputOptions} that `addInputOptions` does not add. */
export function addLabelOptions(command: Command): Command {
  return addOwnCutoffs(addOutcomeOptions(command))
    .option('--label <column>', 'label column (file only)', 'churn')
    .option(
      '--id <column>',
      'column that names the customer, who may have several rows: ranges are then about customers, not rows (file only)',
    )
    .option(
      '--cutoff <YYYY-MM-DD>',
      'cutoff to evaluate at (history only; default: the last with a known outcome)',
      dayOption,
    )
}

/** Adds the options for what the labels of a file mean and the day the file describes. */
export function addOutcomeOptions(command: Command): Command {
  return command
    .option(
      '--positive <value>',
      'value of the label column that means churned; may be given several times (file only)',
      repeatedOption,
    )
    .option(
      '--negative <value>',
      'value of the label column that means stayed; may be given several times (file only; default: the other one)',
      repeatedOption,
    )
    .option(
      '--as-of <YYYY-MM-DD>',
      'day that the file describes: columns of days become numbers of days up to it (file only)',
      dayOption,
    )
}

/** Returns the outcome options of `fromFlatTable` that the flags give. */
export function outcomeOptions({
  positive,
  negative,
  asOf,
}: Pick<LabelledInputOptions, 'positive' | 'negative' | 'asOf'>): Pick<
  FlatTableOptions,
  'positive' | 'negative' | 'asOf'
> {
  return {
    ...(positive === undefined ? {} : { positive }),
    ...(negative === undefined ? {} : { negative }),
    ...(asOf === undefined ? {} : { asOf }),
  }
}

/**
 * Returns the customers of a file or history with the features of the model and what happened; reports who was left out.
 */
export async function labelledInput(
  operation: string,
  scorer: Scorer,
  modelFile: string,
  file: string | undefined,
  options: LabelledInputOptions,
  terminal: Terminal,
  others: OtherFiles = { inputs: [], outputs: [] },
): Promise<LabelledInput> {
  const outputs = [...others.outputs, ...rejectsFile(options)]
  const check = (inputs: readonly string[]): Promise<void> =>
    checkOutputs(operation, outputs, [modelFile, ...inputs, ...others.inputs])
  const input =
    file === undefined
      ? await datasetOfHistory(scorer, modelFile, options, terminal, check)
      : await datasetOfFile(scorer, file, options, check)
  const { dataset } = input
  sayLeftOut(terminal, 'left out', dataset.report.population)
  sayUnseen(terminal, scorer, scorer.unseenIn(dataset.features), dataset.ids.length)
  sayLeftOut(terminal, 'left out', dataset.report.unlabelled)
  return input
}

async function datasetOfFile(
  scorer: Scorer,
  file: string,
  options: LabelledInputOptions,
  check: (inputs: readonly string[]) => Promise<void>,
): Promise<LabelledInput> {
  await check([file])
  return readLabelledFile(scorer, file, options)
}

/** Returns the customers of a file with the features of the model and what happened. */
export function readLabelledFile(scorer: Scorer, file: string, options: LabelledInputOptions) {
  const { label, id } = options
  const texts = scorer.model.features.filter((spec) => spec.kind === 'text').map((spec) => spec.name)
  const notations = scorer.about.flat?.notations
  const { timeZone } = scorer.about
  const wanted = { id, mayRepeat: true, texts, timeZone, ...(notations === undefined ? {} : { notations }) }
  return readInputTable(file, options, wanted, ({ table, ...read }) => {
    refuse('readInputTable', id === undefined || table.has(id) ? [] : [columnMissing(id, table)])
    checkTableModel(scorer, table)
    return {
      rejects: read.rejects,
      dataset: fromFlatTable(table, {
        label,
        ...(id === undefined ? {} : { id, rowsPerCustomer: 'several' as const }),
        features: scorer.model.features.map((spec) => spec.name),
        ...outcomeOptions(options),
        timeZone,
      }),
    }
  })
}

async function datasetOfHistory(
  scorer: Scorer,
  modelFile: string,
  options: LabelledInputOptions,
  terminal: Terminal,
  check: (inputs: readonly string[]) => Promise<void>,
): Promise<LabelledInput> {
  const { rules, label } = checkHistoryModel(scorer, modelFile)
  const { population } = scorer.about
  const rule = labelRuleSchema.parse(label.rule)
  const sources = await historySources(options.history!, terminal)
  await check([...filesOfSources(sources), ...ownCutoffFiles(options)])
  const history = await openInputHistory(sources, options, scorer.about)
  try {
    refuse('buildDataset', otherReading(scorer.about, history, 'history'))
    const own = await readOwnCutoffs('evaluate', options, { '--cutoff': options.cutoff })
    refuse('evaluate', momentProblems(scorer, [own, options.cutoff], '--cutoff'))
    const cutoff = options.cutoff ?? lastCutoff(history, rule, scoredTables(scorer))
    const plan = churnPlan({
      label: rule,
      features: rules,
      cutoffs: own ?? [cutoff],
      ...(population === null ? {} : { population }),
    })
    const dataset = await buildDataset(history, plan)
    terminal.message(`as of ${own === undefined ? formatDay(cutoff) : "the customers' own cutoffs"}\n`)
    sayNotes(terminal, history)
    return { dataset, rejects: history.rejects }
  } finally {
    await history.close()
  }
}

/** The latest cutoff for whose outcome, population and features the tables are complete. */
function lastCutoff(history: History, label: LabelRule, tables: readonly InputTableName[]): EpochDay {
  return Math.min(
    latestCutoff(label, completeUntilOf(history, labelTables(label))),
    completeUntilOf(history, tables),
  ) as EpochDay
}
