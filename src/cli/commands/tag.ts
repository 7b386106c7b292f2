import type { Command } from 'commander'
import type { EpochDay } from '../../base/days.js'
import { writeTogether } from '../../base/wholeFile.node.js'
import { stageTable } from '../../lifecycle/stageTable.js'
import { tagLifecycle } from '../../lifecycle/tagLifecycle.js'
import { filesOfSources, historySources } from '../historySources.js'
import { addInputOptions, type InputOptions, openInputHistory } from '../inputOptions.js'
import { sayNotes } from '../leftOut.js'
import { dayOption } from '../optionParsers.js'
import { checkOutputs } from '../outputFiles.js'
import { rejectsFile, writeRejects } from '../rejects.js'
import { addTableOutputOptions, type TableOutputOptions, tableFiles, writeTables } from '../tableOutput.js'
import type { Terminal } from '../terminal.js'

interface TagCommandOptions extends InputOptions, TableOutputOptions {
  readonly history: string
  readonly asOf?: EpochDay
  readonly spreadsheetSafe?: boolean
}

/** Adds `holdfast tag`: every customer's lifecycle stage with its evidence. */
export function addTagCommand(program: Command, terminal: Terminal): Command {
  const command = program.command('tag')
  addTableOutputOptions(command).option(
    '--as-of <YYYY-MM-DD>',
    'the last month that is over by then is tagged (default: the end of the history)',
    dayOption,
  )
  addInputOptions(command)
  command.options.find((option) => option.long === '--history')!.makeOptionMandatory()
  return command
    .addHelpText('after', '\nExample:\n  holdfast tag --history operator --as-of 2025-06-01 --out stages.csv')
    .action(async (options: TagCommandOptions) => {
      const sources = await historySources(options.history, terminal)
      const outputs = [...tableFiles(options), ...rejectsFile(options)]
      await checkOutputs('tag', outputs, filesOfSources(sources))
      const history = await openInputHistory(sources, options)
      try {
        const { asOf } = options
        const tags = await tagLifecycle(history, asOf === undefined ? {} : { asOf })
        sayNotes(terminal, history)
        await writeTogether(async () => {
          await writeRejects(history.rejects, options, terminal)
          await writeTables(tags, options)
        })
        terminal.output(
          `${stageTable(tags).select(['stage', 'customers', 'share', 'entered']).toWholeText()}\n`,
        )
        terminal.output(`\ntagged ${tags.rowCount} customers; wrote ${options.out.join(', ')}\n`)
      } finally {
        await history.close()
      }
    })
}
