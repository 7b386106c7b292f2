import type { Command } from 'commander'
import { HoldfastError } from '../base/errors.js'
import type { History } from '../engine/history.js'
import { openHistory } from '../engine/openHistory.js'
import type { Table } from '../table/table.js'
import { writeTable } from '../table/writeTable.node.js'
import { historySources } from './historySources.js'
import { listOption } from './optionParsers.js'
import type { Terminal } from './terminal.js'

/** Options of every command that reads customers. */
export interface InputOptions {
  readonly history?: string
  readonly missing?: string[]
  readonly badRows: 'refuse' | 'set-aside'
  readonly rejects: string
  readonly today?: string
}

/** Adds the options of {@link InputOptions} to a command. */
export function addInputOptions(command: Command): Command {
  return command
    .option('--history <path>', 'folder with customers.parquet, usage.csv, …, or a .json file that maps them')
    .option('--missing <texts>', 'texts that stand for missing, besides blank: NA,?', listOption)
    .option('--bad-rows <what>', 'refuse the input, or set-aside the rows and go on', 'refuse')
    .option('--rejects <file>', 'where rows set aside are written, with reasons', 'rejects.csv')
    .option(
      '--today <YYYY-MM-DD>',
      'day of the export; later rows are in the future (default: the current day)',
    )
}

/** Throws where a command got no input, or two. */
export function checkOneInput(operation: string, file: string | undefined, options: InputOptions): void {
  if ((file === undefined) !== (options.history === undefined) && isBadRows(options.badRows)) return
  throw new HoldfastError(operation, [
    isBadRows(options.badRows)
      ? {
          code: 'option-invalid',
          parameter: 'the input',
          rule: 'to be one of a file with one row per customer, or --history with raw tables',
          received: file === undefined ? 'neither' : 'both',
          wayOut: `See holdfast ${operation} --help.`,
        }
      : {
          code: 'option-invalid',
          parameter: '--bad-rows',
          rule: 'to be refuse or set-aside',
          received: options.badRows,
        },
  ])
}

function isBadRows(text: string): boolean {
  return text === 'refuse' || text === 'set-aside'
}

/** Opens the history of `--history`, with rejects written and counted. */
export async function openInputHistory(options: InputOptions, terminal: Terminal): Promise<History> {
  const history = await openHistory(await historySources(options.history!), {
    badRows: options.badRows === 'set-aside' ? 'setAside' : 'refuse',
    ...(options.missing === undefined ? {} : { missing: options.missing }),
    ...(options.today === undefined ? {} : { today: options.today }),
  })
  await writeRejects(history.rejects, options, terminal)
  return history
}

/** Writes rows that were set aside to the rejects file and says so; nothing disappears silently. */
export async function writeRejects(rejects: Table, options: InputOptions, terminal: Terminal): Promise<void> {
  if (rejects.rowCount === 0) return
  await writeTable(rejects, options.rejects)
  terminal.message(`set aside: ${rejects.rowCount} broken rules, listed in ${options.rejects}\n`)
}
