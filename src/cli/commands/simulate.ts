import type { Command } from 'commander'
import { writeOperator } from '../../simulate/writeOperator.node.js'
import { integerOption } from '../optionParsers.js'
import { checkOutputs } from '../outputFiles.js'
import { progressLine, type Terminal } from '../terminal.js'

interface SimulateOptions {
  readonly out: string
  readonly customers: number
  readonly months: number
  readonly firstMonth: string
  readonly seed: number
  readonly overwrite: boolean
}

/** Adds `holdfast simulate`: the raw history of a telecom operator, with the truth. */
export function addSimulateCommand(program: Command, terminal: Terminal): Command {
  return program
    .command('simulate')
    .requiredOption('--out <folder>', 'folder to write to; created if missing')
    .option(
      '--customers <count>',
      'people who are ever customers, some under several ids; most of them at any one time',
      integerOption,
      20_000,
    )
    .option('--months <count>', 'months of history', integerOption, 18)
    .option('--first-month <YYYY-MM>', 'first month of history', '2024-01')
    .option('--seed <number>', 'same seed, same files', integerOption, 1)
    .option('--overwrite', 'replace an earlier simulation in the folder', false)
    .addHelpText(
      'after',
      '\nExample:\n  holdfast simulate --out operator --customers 5000 --months 12 --seed 7',
    )
    .action(async (options: SimulateOptions) => {
      const progress = progressLine(terminal)
      const { out, overwrite, ...operator } = options
      await checkOutputs('simulate', [{ flag: '--out', path: out, holds: 'files' }], [])
      await writeOperator(out, operator, { onProgress: progress.show, overwrite }).finally(progress.end)
      terminal.output(
        `wrote the history of ${options.customers} people over ${options.months} months to ${out}\n`,
      )
    })
}
