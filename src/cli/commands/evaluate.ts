import type { Command } from 'commander'
import { formatDay } from '../../base/days.js'
import { HoldfastError } from '../../base/errors.js'
import { buildDataset } from '../../dataset/buildDataset.js'
import { churnPlan } from '../../dataset/churnPlan.js'
import type { Dataset } from '../../dataset/dataset.js'
import { fromFlatTable } from '../../dataset/fromFlatTable.js'
import { evaluate } from '../../evaluate/evaluate.js'
import { latestCutoff } from '../../label/labelTable.js'
import { labelRuleSchema } from '../../label/rule.js'
import type { Scorer } from '../../score/scorer.js'
import { readScorer } from '../../score/scorer.node.js'
import { addInputOptions, checkOneInput, type InputOptions, openInputHistory } from '../inputOptions.js'
import { labelValue, readInputTable } from '../readInputTable.js'
import type { Terminal } from '../terminal.js'

interface EvaluateCommandOptions extends InputOptions {
  readonly label: string
  readonly positive?: string
  readonly cutoff?: string
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
      checkOneInput('evaluate', file, options)
      const scorer = await readScorer(modelFile)
      const dataset =
        file === undefined
          ? await datasetOfHistory(scorer, options, terminal)
          : await datasetOfFile(scorer, file, options, terminal)
      const evaluation = evaluate(scorer.model, dataset)
      terminal.output(`${options.json === true ? JSON.stringify(evaluation, null, 2) : evaluation}\n`)
    })
}

async function datasetOfFile(
  scorer: Scorer,
  file: string,
  options: EvaluateCommandOptions,
  terminal: Terminal,
): Promise<Dataset> {
  const { label, positive } = options
  const table = await readInputTable(file, options, terminal, scorer.model.features)
  return fromFlatTable(table, {
    label,
    features: scorer.model.features.map((spec) => spec.name),
    ...(positive === undefined ? {} : { positive: labelValue(table, label, positive) }),
  })
}

async function datasetOfHistory(
  scorer: Scorer,
  options: EvaluateCommandOptions,
  terminal: Terminal,
): Promise<Dataset> {
  const { rules, label, population } = scorer.about
  if (rules === null || label === null) throw flatModel()
  const rule = labelRuleSchema.parse(label.rule)
  const history = await openInputHistory(options, terminal)
  try {
    const cutoff = options.cutoff ?? latestCutoff(rule, history.completeUntil)
    terminal.message(`asked as of ${typeof cutoff === 'string' ? cutoff : formatDay(cutoff)}\n`)
    const plan = churnPlan({
      label: rule,
      features: rules,
      cutoffs: [cutoff],
      ...(population === null ? {} : { population }),
    })
    return await buildDataset(history, plan)
  } finally {
    await history.close()
  }
}

function flatModel(): HoldfastError {
  return new HoldfastError('evaluate', [
    {
      code: 'option-invalid',
      parameter: 'the model',
      rule: 'to carry the feature rules and the label of a history',
      wayOut: 'It was trained on a flat table: give a file instead of --history.',
    },
  ])
}
