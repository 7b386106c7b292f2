import type { Command } from 'commander'
import type { Table } from '../table/table.js'
import { writeTable } from '../table/writeTable.node.js'
import { repeatedOption } from './optionParsers.js'
import type { OutputFile } from './outputFiles.js'

/** Options of commands that write a table. */
export interface TableOutputOptions {
  readonly out: string[]
  readonly spreadsheetSafe?: boolean
}

/** Adds the options of {@link TableOutputOptions} to a command. */
export function addTableOutputOptions(command: Command): Command {
  return command
    .requiredOption(
      '--out <file>',
      'file to write, .csv, .parquet or .jsonl; may be given several times',
      repeatedOption,
    )
    .option(
      '--spreadsheet-safe',
      "write ' before texts that a spreadsheet would run as a formula (= + - @), in CSV; programs then read that ' too",
    )
}

/** Returns the files that the options name. */
export function tableFiles(options: TableOutputOptions): OutputFile[] {
  return options.out.map((path) => ({ flag: '--out', path, holds: 'table' }))
}

/** Writes a table to every output file. */
export async function writeTables(table: Table, options: TableOutputOptions): Promise<void> {
  for (const path of options.out) {
    await writeTable(table, path, { spreadsheetSafe: options.spreadsheetSafe === true })
  }
}
