import type { Command } from 'commander'
import { evaluate } from '../../evaluate/evaluate.js'
import { addInputOptions, checkInput } from '../inputOptions.js'
import { addLabelOptions, type LabelledInputOptions, labelledInput } from '../labelledInput.js'
import { readModel } from '../modelInput.js'
import { writeRejects } from '../rejects.js'
import type { Terminal } from '../terminal.js'
import { sayTrained } from '../trainedRows.js'

interface EvaluateCommandOptions extends LabelledInputOptions {
  readonly json?: boolean
}

/** Adds `holdfast evaluate`: the figures of a model on customers with a known outcome. */
export function addEvaluateCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('evaluate')
    .argument('<model>', 'model file written by holdfast train')
    .argument('[file]', 'table with one row per customer, for a model trained on one')
  addLabelOptions(command).option('--json', 'print the figures as JSON')
  return addInputOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  holdfast evaluate telco.model kept.csv --label churn
  holdfast evaluate churn.model --history operator --cutoff 2025-05-01 --json`,
    )
    .action(async (modelFile: string, file: string | undefined, options: EvaluateCommandOptions) => {
      checkInput(command, file)
      const scorer = await readModel(modelFile, command)
      const { dataset, rejects } = await labelledInput('evaluate', scorer, modelFile, file, options, terminal)
      const evaluation = evaluate(scorer.model, dataset)
      await writeRejects(rejects, options, terminal)
      sayTrained(scorer, dataset, terminal)
      terminal.output(`${options.json === true ? JSON.stringify(evaluation, null, 2) : evaluation}\n`)
    })
}
