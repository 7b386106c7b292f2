import { HoldfastError } from '../base/errors.js'
import type { Table } from '../table/table.js'

/**
 * Returns a value of the command line as the label column would hold it: a number, true or false, or a text.
 *
 * @throws {HoldfastError} `option-invalid` where the column cannot hold it
 */
export function labelValue(table: Table, label: string, text: string): string | number | boolean {
  const kind = table.has(label) ? table.column(label).kind : 'text'
  const wrong = (rule: string) =>
    new HoldfastError('train', [{ code: 'option-invalid', parameter: '--positive', rule, received: text }])
  switch (kind) {
    case 'number':
      if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
      throw wrong(`to be a number, as in column ${label}`)
    case 'boolean':
      if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
      throw wrong(`to be true or false, as in column ${label}`)
    default:
      return text
  }
}
