import type { Command } from 'commander'
import { epochDay } from '../../base/days.js'
import { stageTable } from '../../lifecycle/stageTable.js'
import { tagLifecycle } from '../../lifecycle/tagLifecycle.js'
import { writeTable } from '../../table/writeTable.node.js'
import { formatTable } from '../formatTable.js'
import { addInputOptions, type InputOptions, openInputHistory } from '../inputOptions.js'
import { repeatedOption } from '../optionParsers.js'
import type { Terminal } from '../terminal.js'

interface TagCommandOptions extends InputOptions {
  readonly history: string
  readonly asOf?: string
  readonly out: string[]
}

/** Adds `holdfast tag`: every customer's lifecycle stage with its evidence. */
export function addTagCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('tag')
    .description(
      'Tag every customer with a lifecycle stage and its evidence: acquisition, growth, maturity, decline, churn.',
    )
    .requiredOption(
      '--out <file>',
      'file to write, .csv, .parquet or .jsonl; may be given several times',
      repeatedOption,
    )
    .option(
      '--as-of <YYYY-MM-DD>',
      'the last month that is over by then is tagged (default: the end of the history)',
    )
  return addInputOptions(command)
    .addHelpText('after', '\nExample:\n  holdfast tag --history operator --as-of 2025-06-01 --out stages.csv')
    .action(async (options: TagCommandOptions) => {
      const history = await openInputHistory(options, terminal)
      try {
        const tags = await tagLifecycle(
          history,
          options.asOf === undefined ? {} : { asOf: epochDay(options.asOf) },
        )
        for (const path of options.out) await writeTable(tags, path)
        terminal.output(
          `${formatTable(stageTable(tags).select(['stage', 'customers', 'share', 'entered']))}\n`,
        )
        terminal.output(`\ntagged ${tags.rowCount} customers; wrote ${options.out.join(', ')}\n`)
      } finally {
        await history.close()
      }
    })
}
