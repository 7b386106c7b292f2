import type { Command } from 'commander'
import { type EpochDay, formatDay } from '../../base/days.js'
import { buildDataset } from '../../dataset/buildDataset.js'
import { churnPlan } from '../../dataset/churnPlan.js'
import type { Dataset } from '../../dataset/dataset.js'
import { fromFlatTable } from '../../dataset/fromFlatTable.js'
import { evaluate } from '../../evaluate/evaluate.js'
import { latestCutoff } from '../../label/labelTable.js'
import { labelRuleSchema } from '../../label/rule.js'
import type { Scorer } from '../../score/scorer.js'
import { filesOfSources, historySources } from '../historySources.js'
import { addInputOptions, checkInput, type InputOptions, openInputHistory } from '../inputOptions.js'
import { labelValue } from '../labelValue.js'
import { sayLeftOut } from '../leftOut.js'
import { checkHistoryModel, checkTableModel, readModel } from '../modelInput.js'
import { dayOption } from '../optionParsers.js'
import { checkOutputs } from '../outputFiles.js'
import { readInputTable } from '../readInputTable.js'
import { rejectsFile, writeRejects } from '../rejects.js'
import type { Terminal } from '../terminal.js'

interface EvaluateCommandOptions extends InputOptions {
  readonly label: string
  readonly positive?: string
  readonly cutoff?: EpochDay
  readonly json?: boolean
}

/** Adds `holdfast evaluate`: the figures of a model on customers whose outcome is known. */
export function addEvaluateCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('evaluate')
    .description(
      'Print the figures of a model on customers whose outcome is known and that it was not trained on.',
    )
    .argument('<model>', 'model file written by holdfast train')
    .argument('[file]', 'table with one row per customer, for a model trained on one')
    .option('--label <column>', 'label column (file only)', 'churn')
    .option('--positive <value>', 'value of the label column that means churned (file only)')
    .option(
      '--cutoff <YYYY-MM-DD>',
      'moment to ask about (history only; default: the last with a known outcome)',
      dayOption,
    )
    .option('--json', 'print the figures as JSON')
  return addInputOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  holdfast evaluate telco.model new-customers.csv --label churn
  holdfast evaluate churn.model --history operator --cutoff 2025-05-01 --json`,
    )
    .action(async (modelFile: string, file: string | undefined, options: EvaluateCommandOptions) => {
      checkInput(command, file)
      const scorer = await readModel(modelFile, command)
      const dataset =
        file === undefined
          ? await datasetOfHistory(scorer, modelFile, options, terminal)
          : await datasetOfFile(scorer, modelFile, file, options, terminal)
      sayLeftOut(terminal, 'not asked about', dataset.report.population)
      sayLeftOut(terminal, 'not asked about', dataset.report.unlabelled)
      const evaluation = evaluate(scorer.model, dataset)
      terminal.output(`${options.json === true ? JSON.stringify(evaluation, null, 2) : evaluation}\n`)
    })
}

async function datasetOfFile(
  scorer: Scorer,
  modelFile: string,
  file: string,
  options: EvaluateCommandOptions,
  terminal: Terminal,
): Promise<Dataset> {
  const { label, positive } = options
  await checkOutputs('evaluate', rejectsFile(options), [modelFile, file])
  const texts = scorer.model.features.filter((spec) => spec.kind === 'text').map((spec) => spec.name)
  const { rejects, dataset } = await readInputTable(file, options, { texts }, ({ table, ...read }) => {
    checkTableModel(scorer, table)
    return {
      rejects: read.rejects,
      dataset: fromFlatTable(table, {
        label,
        features: scorer.model.features.map((spec) => spec.name),
        ...(positive === undefined ? {} : { positive: labelValue(table, label, positive) }),
      }),
    }
  })
  await writeRejects(rejects, options, terminal)
  return dataset
}

async function datasetOfHistory(
  scorer: Scorer,
  modelFile: string,
  options: EvaluateCommandOptions,
  terminal: Terminal,
): Promise<Dataset> {
  const { rules, label } = checkHistoryModel(scorer, modelFile)
  const { population } = scorer.about
  const rule = labelRuleSchema.parse(label.rule)
  const sources = await historySources(options.history!, terminal)
  await checkOutputs('evaluate', rejectsFile(options), [modelFile, ...filesOfSources(sources)])
  const history = await openInputHistory(sources, options)
  try {
    const cutoff = options.cutoff ?? latestCutoff(rule, history.completeUntil)
    const plan = churnPlan({
      label: rule,
      features: rules,
      cutoffs: [cutoff],
      ...(population === null ? {} : { population }),
    })
    const dataset = await buildDataset(history, plan)
    terminal.message(`asked as of ${formatDay(cutoff)}\n`)
    await writeRejects(history.rejects, options, terminal)
    return dataset
  } finally {
    await history.close()
  }
}
