import { type Command, Option } from 'commander'
import type { EpochDay } from '../base/days.js'
import { type DecimalSign, thousandsSigns } from '../base/writtenNumbers.js'
import type { History } from '../engine/history.js'
import { type HistorySources, openHistory } from '../engine/openHistory.js'
import type { AboutModel } from '../score/aboutModel.js'
import type { NotationOptions } from '../table/readingOptions.js'
import type { RepeatedRows } from '../table/repeatedRows.js'
import {
  type CompleteUntilOption,
  columnsOption,
  completeUntilOption,
  dayOption,
  encodingOption,
  listOption,
  numberOption,
} from './optionParsers.js'

/** Options of every command that reads customers. */
export interface InputOptions extends NotationOptions {
  readonly history?: string
  readonly missing?: string[]
  readonly badRows: 'refuse' | 'set-aside'
  readonly maxRejectShare: number
  readonly rejects: string
  readonly encoding?: string
  readonly today?: EpochDay
  readonly completeUntil?: CompleteUntilOption
  readonly repeatedRows?: RepeatedRows
  readonly timeZone?: string
  /** Of the commands that write tables. */
  readonly spreadsheetSafe?: boolean
}

/** Adds the options of {@link InputOptions} to a command. */
export function addInputOptions(command: Command): Command {
  return command
    .option('--history <path>', 'folder with customers.parquet, usage.csv, …, or a .json file that maps them')
    .option('--missing <texts>', 'texts that mean missing, besides blank: NA,?', listOption)
    .option(
      '--encoding <name>',
      'encoding of text files, such as gb18030 or windows-1252 (default: utf-8)',
      encodingOption,
    )
    .option(
      '--decimal <sign>',
      "decimal sign of numbers, '.' or ',', or of one column: fee=, (default: detected)",
      columnsOption<DecimalSign>(['.', ',']),
    )
    .option(
      '--thousands <sign>',
      'sign between groups of three digits, or of one column: fee=. (default: detected)',
      columnsOption(thousandsSigns),
    )
    .option(
      '--date-format <format>',
      'how days are written: DD/MM/YYYY, or of one column: since=YYYYMMDD (default: detected)',
      columnsOption(),
    )
    .addOption(
      new Option('--bad-rows <what>', 'refuse the input, or set the rows aside and continue')
        .choices(['refuse', 'set-aside'])
        .default('refuse'),
    )
    .option('--rejects <file>', 'file for rows set aside, with reasons', 'rejects.csv')
    .option(
      '--max-reject-share <share>',
      'largest share of the rows of a table that may be set aside',
      numberOption,
      0.5,
    )
    .addOption(
      new Option(
        '--repeated-rows <what>',
        'repeated identical rows of events: count each, leave them out, or refuse (history only; default: keep, or what the model was trained with)',
      ).choices(['keep', 'drop', 'refuse']),
    )
    .option(
      '--time-zone <name>',
      'time zone that decides the day of an instant, such as Europe/Berlin (default: UTC, or what the model was trained with)',
    )
    .option(
      '--today <YYYY-MM-DD>',
      'day of the export; later rows are in the future (history only; default: the current day)',
      dayOption,
    )
    .option(
      '--complete-until <day>',
      'first day that is not complete in the tables, YYYY-MM-DD, or in one table, usage=YYYY-MM-DD, as often as needed (history only; default: the day after the last row, or if a table ends early, after its own last row)',
      completeUntilOption,
    )
}

/** Returns how the flags say numbers and days are written. */
export function notationOf({ decimal, thousands, dateFormat }: InputOptions): NotationOptions {
  return {
    ...(decimal === undefined ? {} : { decimal }),
    ...(thousands === undefined ? {} : { thousands }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
  }
}

/** Ends the command if it got no input or two, or a flag that does not fit its input. */
export function checkInput(command: Command, file: string | undefined): void {
  const { history } = command.opts<InputOptions>()
  if ((file === undefined) === (history === undefined)) {
    const got = file === undefined ? 'neither' : 'both'
    command.error(
      `error: expected either a file with one row per customer or --history <path>, got ${got} (see holdfast ${command.name()} --help)`,
    )
  }
  const [other, input] = file === undefined ? ['(file only', '--history'] : ['(history only', 'a file']
  // The rule of an option is what its help says
  const strangers = command.options.filter(
    (option) =>
      option.description.includes(other) && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (strangers.length === 0) return
  const names = strangers.map((option) => option.long).join(', ')
  command.error(`error: ${names} cannot be used with ${input}`)
}

/**
 * Opens the history with the options of the command line.
 *
 * @param about defaults: the time zone and repeated rows of a model
 */
export function openInputHistory(
  sources: HistorySources,
  options: InputOptions,
  about: Partial<Pick<AboutModel, 'timeZone' | 'repeatedRows'>> = {},
): Promise<History> {
  const { badRows, maxRejectShare, missing, today, completeUntil, encoding } = options
  const { repeatedRows = about.repeatedRows, timeZone = about.timeZone } = options
  return openHistory(sources, {
    badRows: badRows === 'set-aside' ? 'setAside' : 'refuse',
    maxRejectShare,
    ...(repeatedRows === undefined ? {} : { repeatedRows }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(missing === undefined ? {} : { missing }),
    ...(encoding === undefined ? {} : { encoding }),
    ...notationOf(options),
    ...(today === undefined ? {} : { today }),
    ...(completeUntil === undefined ? {} : { completeUntil }),
  })
}
