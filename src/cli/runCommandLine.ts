import { Command, CommanderError } from 'commander'
import { HoldfastError } from '../base/errors.js'
import { isSystemError } from '../base/wholeFile.node.js'
import { packageVersion } from './packageVersion.js'
import { isUsageError, refusalText } from './refusalText.js'
import type { Terminal } from './terminal.js'
import { Unfinished } from './unfinished.js'

/** The exit codes of commands; stable, for scripts. */
export const exitCodes = {
  /** Everything was done. */
  done: 0,
  /** holdfast itself failed: please report it. */
  failed: 1,
  /** The command line is wrong: unknown command or option, missing argument, wrong value of an option. */
  usage: 2,
  /** The input was refused, or a file could not be written; nothing was written except files that the message names. */
  refused: 3,
  /** The time ran out: less was written than was asked for. */
  unfinished: 4,
  /** A night job found its data not as they should be: repeated ids, scores that are all alike, a limit of the job. */
  unexpected: 5,
  /** Another run of the night job is at work. */
  locked: 6,
  /** A disk or a database failed; the outputs of the night job are as they were. */
  storage: 7,
  /** A disk or a database failed while a night was being published: the next run ends it, before it does anything else. */
  unpublished: 8,
} as const

const nightCodes: Readonly<Record<string, number>> = {
  'data-unexpected': exitCodes.unexpected,
  'run-locked': exitCodes.locked,
  'storage-failed': exitCodes.storage,
  'run-unfinished': exitCodes.unpublished,
}

/** Adds a command to the program. */
type AddCommand = (program: Command, terminal: Terminal) => Command

/** The commands in the order of the help. Only the one that is asked for is loaded. */
const commands: Readonly<
  Record<string, { readonly purpose: string; readonly load: () => Promise<AddCommand> }>
> = {
  train: {
    purpose: 'Train a model, print its figures on held-out customers, write the model file.',
    load: async () => (await import('./commands/train.js')).addTrainCommand,
  },
  import: {
    purpose: 'Write the model file of a churn model that LightGBM or XGBoost trained.',
    load: async () => (await import('./commands/import.js')).addImportCommand,
  },
  export: {
    purpose: 'Write a model for where the data is: one SQL query, an ONNX model, or a JavaScript module.',
    load: async () => (await import('./commands/export.js')).addExportCommand,
  },
  evaluate: {
    purpose: 'Print the figures of a model on customers with a known outcome that it was not trained on.',
    load: async () => (await import('./commands/evaluate.js')).addEvaluateCommand,
  },
  report: {
    purpose: 'Write a report about a model: one page with pictures that needs no network, or text, or JSON.',
    load: async () => (await import('./commands/report.js')).addReportCommand,
  },
  score: {
    purpose: 'Score customers with a model file: risk, band and reasons, the riskiest first.',
    load: async () => (await import('./commands/score.js')).addScoreCommand,
  },
  run: {
    purpose: 'Run a night job: score all customers and publish the scores, all outputs or none.',
    load: async () => (await import('./commands/run.js')).addRunCommand,
  },
  tag: {
    purpose:
      'Tag every customer with a lifecycle stage and its evidence: acquisition, growth, maturity, decline, churn.',
    load: async () => (await import('./commands/tag.js')).addTagCommand,
  },
  simulate: {
    purpose: 'Write the simulated history of a telecom operator as Parquet files, together with the truth.',
    load: async () => (await import('./commands/simulate.js')).addSimulateCommand,
  },
}

/**
 * Runs one command line and returns its exit code; never exits the process.
 *
 * @param words the words after `holdfast`
 */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  const program = await commandLine(words, terminal)
  let command: Command | undefined
  program.hook('preAction', (_, running) => {
    command = running
    refuseBlankPaths(running)
  })
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCodes.done
  } catch (error) {
    return exitCodeOf(error, command, terminal)
  }
}

/** Ends a command that got a blank text for a file or folder, such as an unset shell variable. */
function refuseBlankPaths(command: Command): void {
  const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === ''
  const blank = [
    ...command.registeredArguments
      .filter((_, index) => isBlank(command.args[index]))
      .map((argument) => `the argument ${argument.name()}`),
    // The rule of an option is what its help says
    ...command.options
      .filter((option) => /[<](file|folder|path)[>]/.test(option.flags))
      .filter((option) => [command.getOptionValue(option.attributeName())].flat().some(isBlank))
      .map((option) => option.long!),
  ]
  if (blank.length > 0) command.error(`error: ${blank.join(' and ')} is blank; name a file or folder`)
}

function exitCodeOf(error: unknown, command: Command | undefined, terminal: Terminal): number {
  if (error instanceof Unfinished) {
    terminal.message(`holdfast ${command!.name()}: ${error.message}\n`)
    return exitCodes.unfinished
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (error instanceof HoldfastError) {
    terminal.message(`${refusalText(error, command)}\n`)
    return nightCodes[error.code] ?? (isUsageError(error, command) ? exitCodes.usage : exitCodes.refused)
  }
  // The disk is full, or a file may not be read: not a fault of holdfast
  if (isSystemError(error)) {
    terminal.message(`holdfast${command === undefined ? '' : ` ${command.name()}`}: ${error.message}.\n`)
    return exitCodes.refused
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.message(`holdfast failed: ${text}\n`)
  return exitCodes.failed
}

async function commandLine(words: readonly string[], terminal: Terminal): Promise<Command> {
  const program = new Command('holdfast')
    .description('Churn prediction from usage and billing history.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ writeOut: terminal.output, writeErr: terminal.message })
    .showSuggestionAfterError()
    // The arguments of a command that is not loaded are not known
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      'after',
      `
Examples:
  holdfast train customers.csv --label churn --id customerID --out churn.model
  holdfast score churn.model customers.csv --id customerID --out scores.csv
  holdfast report churn.model customers.csv --out report.html
  holdfast run nightly.json
  holdfast export churn.model --to sql --dialect duckdb --table customers --out churn.sql
  holdfast simulate --out operator
  holdfast tag --history operator --out stages.csv

Results go to standard output, progress and problems to standard error (progress only on a terminal).
Exit codes: 0 done, 1 holdfast failed, 2 wrong command line, 3 input refused and nothing written, 4 written, but the time
ran out (train --budget); of holdfast run: 5 data not as they should be, 6 another run is at work, 7 a disk or database
failed and the outputs are as they were, 8 it failed while they were being published, which the next run ends.`,
    )
  const [asked] = words.filter((word) => !word.startsWith('-') && word !== 'help')
  for (const [name, { purpose, load }] of Object.entries(commands)) {
    const command = name === asked ? (await load())(program, terminal) : program.command(name)
    // Subcommands added later do not inherit these settings by themselves
    command.description(purpose).copyInheritedSettings(program)
  }
  return program
}
