import type { Command } from 'commander'
import { formatDay } from '../../base/days.js'
import { numberColumn } from '../../base/matrix.js'
import { scoreHistory } from '../../score/scoreHistory.js'
import type { Scorer } from '../../score/scorer.js'
import { readScorer } from '../../score/scorer.node.js'
import { Table } from '../../table/table.js'
import { writeTable } from '../../table/writeTable.node.js'
import { addInputOptions, checkOneInput, type InputOptions, openInputHistory } from '../inputOptions.js'
import { integerOption, repeatedOption } from '../optionParsers.js'
import { readInputTable } from '../readInputTable.js'
import type { Terminal } from '../terminal.js'

interface ScoreCommandOptions extends InputOptions {
  readonly id?: string
  readonly asOf?: string
  readonly reasons: number
  readonly out: string[]
}

/** Adds `holdfast score`: every customer's risk, band and reasons. */
export function addScoreCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('score')
    .description('Score customers with a model file: risk, band and reasons, the riskiest first.')
    .argument('<model>', 'model file written by holdfast train')
    .argument('[file]', 'table with one row per customer, for a model trained on one')
    .requiredOption(
      '--out <file>',
      'file to write, .csv, .parquet or .jsonl; may be given several times',
      repeatedOption,
    )
    .option('--id <column>', 'column that names the customer (file only; default: the number of the row)')
    .option(
      '--as-of <YYYY-MM-DD>',
      'first day that is not looked at (history only; default: the end of the history)',
    )
    .option('--reasons <count>', 'reasons per customer, 0 to 20', integerOption, 3)
  return addInputOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  holdfast score telco.model telco.csv --out scores.csv
  holdfast score churn.model --history operator --as-of 2025-06-01 --out scores.parquet --out scores.csv`,
    )
    .action(async (modelFile: string, file: string | undefined, options: ScoreCommandOptions) => {
      checkOneInput('score', file, options)
      const scorer = await readScorer(modelFile)
      const scores =
        file === undefined
          ? await scoresOfHistory(scorer, options, terminal)
          : await scoresOfFile(scorer, file, options, terminal)
      const ranked = riskiestFirst(scores)
      for (const path of options.out) await writeTable(ranked, path)
      terminal.output(
        `scored ${ranked.rowCount} customers: ${bandCounts(ranked, scorer)}; wrote ${options.out.join(', ')}\n`,
      )
    })
}

async function scoresOfFile(
  scorer: Scorer,
  file: string,
  options: ScoreCommandOptions,
  terminal: Terminal,
): Promise<Table> {
  const table = await readInputTable(file, options, terminal, scorer.model.features)
  const { id, reasons } = options
  if (id !== undefined) return scorer.scoreTable(table, { id, reasons })
  // Sorted by risk, a score without a name could not be brought back to its customer.
  const scores = scorer.scoreTable(table, { reasons })
  const row = numberColumn(
    'row',
    Array.from({ length: scores.rowCount }, (_, index) => index + 1),
  )
  return new Table([row, ...scores.columns], scores.rowCount)
}

async function scoresOfHistory(
  scorer: Scorer,
  options: ScoreCommandOptions,
  terminal: Terminal,
): Promise<Table> {
  const history = await openInputHistory(options, terminal)
  try {
    const { asOf, reasons } = options
    const { scores, population } = await scoreHistory(history, scorer, {
      reasons,
      ...(asOf === undefined ? {} : { asOf }),
    })
    for (const { reason, customers } of population.rows()) {
      if (reason !== 'counted') terminal.message(`not scored: ${customers} customers, ${reason}\n`)
    }
    terminal.message(`as of ${asOf ?? formatDay(history.completeUntil)}\n`)
    return scores
  } finally {
    await history.close()
  }
}

function riskiestFirst(scores: Table): Table {
  const { values } = scores.numbers('probability')
  const order = Int32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b)
  return scores.take(order)
}

function bandCounts(scores: Table, scorer: Scorer): string {
  const { codes, dictionary } = scores.texts('band')
  const counts = new Map<string, number>()
  for (const code of codes) counts.set(dictionary[code]!, (counts.get(dictionary[code]!) ?? 0) + 1)
  return scorer.about.bands.map(({ name }) => `${counts.get(name) ?? 0} ${name}`).join(', ')
}
