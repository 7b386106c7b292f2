import type { FeatureSpec } from '../base/matrix.js'
import { readTable, readTableWithRejects } from '../table/readTable.node.js'
import type { ColumnKind, Table } from '../table/table.js'
import { type InputOptions, writeRejects } from './inputOptions.js'
import { numberOption } from './optionParsers.js'
import type { Terminal } from './terminal.js'

/**
 * Reads the file of a command; rows set aside are written to the rejects file.
 *
 * @param features of the model that will read it: its categories stay texts even where they look like numbers
 */
export async function readInputTable(
  file: string,
  options: InputOptions,
  terminal: Terminal,
  features: readonly FeatureSpec[] = [],
): Promise<Table> {
  const texts = features
    .filter((spec) => spec.kind === 'text')
    .map((spec): [string, ColumnKind] => [spec.name, 'text'])
  const reading = {
    types: Object.fromEntries(texts),
    ...(options.missing === undefined ? {} : { missing: options.missing }),
  }
  if (options.badRows === 'refuse') return readTable(file, reading)
  const { table, rejects } = await readTableWithRejects(file, reading)
  await writeRejects(rejects, options, terminal)
  return table
}

/** Returns a value of the command line as the label column would hold it: a number, true or false, or a text. */
export function labelValue(table: Table, label: string, text: string): string | number | boolean {
  const kind = table.has(label) ? table.column(label).kind : 'text'
  if (kind === 'number') return numberOption(text)
  return kind === 'boolean' ? text === 'true' : text
}
