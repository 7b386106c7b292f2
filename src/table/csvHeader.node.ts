import { parse } from 'csv-parse/sync'
import type { Problem } from '../base/errors.js'
import { unreadableText } from './encoding.node.js'
import { type FileFormat, openText } from './files.node.js'

/** The first line of a CSV file: column names and delimiter. */
export interface CsvHeader {
  readonly names: readonly string[]
  readonly delimiter: string
}

const delimiters = [',', ';', '\t', '|'] as const
const largestHeader = 1_048_576

/**
 * Returns the header of a CSV file, or what is wrong with it.
 *
 * The delimiter is the comma, semicolon, tab or bar, whichever the first line has most of outside quotes.
 */
export async function readCsvHeader(
  path: string,
  format: FileFormat,
  encoding = 'utf-8',
): Promise<{ header: CsvHeader } | { problems: readonly Problem[] }> {
  const place = { file: path }
  let start: string
  try {
    start = await readStart(path, encoding)
  } catch (error) {
    return { problems: [await unreadableText(path, error)] }
  }
  if (start.trim() === '') {
    return {
      problems: [{ code: 'table-empty', parameter: 'the file', rule: 'to have a header and rows', place }],
    }
  }
  const delimiter = format === 'tsv' ? '\t' : detectDelimiter(start)
  let names: string[]
  try {
    names = parse(start, { delimiter, bom: true, to: 1, relax_column_count: true })[0] ?? []
  } catch (error) {
    return { problems: [await unreadableText(path, error)] }
  }
  const problems = headerProblems(names, path)
  return problems.length > 0 ? { problems } : { header: { names, delimiter } }
}

async function readStart(path: string, encoding: string): Promise<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let text = ''
  for await (const bytes of openText(path)) {
    text += decoder.decode(bytes as Uint8Array, { stream: true })
    if (text.includes('\0') && !headerIsComplete(text.slice(0, text.indexOf('\0')))) {
      throw new Error('Its first line holds NUL characters: it is binary, or UTF-16')
    }
    if (headerIsComplete(text)) return text
    if (text.length > largestHeader) throw new Error('Its first line is longer than 1 MB')
  }
  return text + decoder.decode()
}

function headerIsComplete(text: string): boolean {
  let quoted = false
  for (const character of text) {
    if (character === '"') quoted = !quoted
    if (!quoted && (character === '\n' || character === '\r')) return true
  }
  return false
}

function detectDelimiter(text: string): string {
  const counts = new Map<string, number>()
  let quoted = false
  for (const character of text) {
    if (character === '"') quoted = !quoted
    if (quoted) continue
    if (character === '\n' || character === '\r') break
    counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  const most = Math.max(...delimiters.map((delimiter) => counts.get(delimiter) ?? 0))
  return delimiters.find((delimiter) => counts.get(delimiter) === most) ?? ','
}

function headerProblems(names: readonly string[], path: string): Problem[] {
  const problems: Problem[] = []
  const firstOf = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const first = firstOf.get(name)
    if (first === undefined) firstOf.set(name, index)
    if (name.trim() === '') {
      problems.push({
        code: 'column-missing',
        parameter: `the name of column ${index + 1}`,
        rule: 'not to be blank',
        place: { file: path },
        wayOut: 'The first line must hold the column names: add it there.',
      })
    } else if (first !== undefined) {
      problems.push({
        code: 'column-duplicate',
        parameter: `column ${name}`,
        rule: 'to occur once',
        place: { file: path, column: name },
        wayOut: `Columns ${first + 1} and ${index + 1} have the same name; rename one of them.`,
      })
    }
  }
  return problems
}
