import type { Table } from '../table/table.js'
import { writeTable } from '../table/writeTable.node.js'
import type { InputOptions } from './inputOptions.js'
import type { OutputFile } from './outputFiles.js'
import type { Terminal } from './terminal.js'

/** Returns the rejects file if the options ask for one. */
export function rejectsFile(options: InputOptions): OutputFile[] {
  if (options.badRows === 'refuse') return []
  return [{ flag: '--rejects', path: options.rejects, holds: 'table' }]
}

/**
 * Writes the rows that were set aside to the rejects file and reports how many; nothing disappears silently. Without
 * such rows the file holds only the header, so that no earlier file is taken for this run's.
 */
export async function writeRejects(rejects: Table, options: InputOptions, terminal: Terminal): Promise<void> {
  if (options.badRows === 'refuse') return
  await writeTable(rejects, options.rejects, { spreadsheetSafe: options.spreadsheetSafe === true })
  const rows = new Set(rejects.rows().map(({ table, file, row }) => JSON.stringify([table, file, row]))).size
  const said = rows === 0 ? 'no row' : `${rows} ${rows === 1 ? 'row' : 'rows'}, with reasons`
  terminal.message(`set aside: ${said}, in ${options.rejects}\n`)
}
