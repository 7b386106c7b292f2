import { readdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import * as z from 'zod'
import { closestWord, HoldfastError, type Problem, refuse } from '../base/errors.js'
import { optionProblems } from '../base/options.js'
import { readJsonFile } from '../base/readJsonFile.node.js'
import { mappedShape } from '../engine/historySources.js'
import { sourceNameProblems } from '../engine/historyStructure.js'
import type { HistorySources } from '../engine/openHistory.js'
import { type InputTableName, inputTableNames } from '../table/inputs.js'
import type { Terminal } from './terminal.js'

const endings = ['.parquet', '.csv', '.tsv', '.csv.gz', '.jsonl', '.ndjson']

const mappedSource = z.strictObject({
  from: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  ...mappedShape,
})
const config = z.record(z.string(), mappedSource)

/**
 * Returns the tables of a history from a folder or a configuration file.
 *
 * In a folder, files (or folders of files) are named after the input tables: `customers.parquet`, `usage/*.csv`. A
 * configuration is a JSON object that maps a table to a file or to `{ from, columns, types }`, with paths relative to it.
 *
 * @throws {HoldfastError} `file-missing`, `file-unreadable`, `option-invalid`
 */
export async function historySources(path: string, terminal: Terminal): Promise<HistorySources> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) {
    await sayNamesNearly(path, terminal)
    return sourcesInFolder(path)
  }
  if (found?.isFile() && path.toLowerCase().endsWith('.json')) return sourcesInConfig(path)
  throw new HoldfastError('history', [
    {
      code: found === undefined ? 'file-missing' : 'file-unreadable',
      parameter: '--history',
      rule: found === undefined ? 'to exist' : 'to be a folder or a .json file',
      received: path,
      wayOut:
        'Name the folder that holds customers.parquet (or .csv, …) and the tables of events; give a file with one row per customer without --history.',
    },
  ])
}

/** Returns the files and globs that the sources of {@link historySources} are read from. */
export function filesOfSources(sources: HistorySources): string[] {
  return Object.values(sources).flatMap((source) =>
    typeof source === 'string' ? source : (source as { readonly from: string | readonly string[] }).from,
  )
}

async function sourcesInFolder(folder: string): Promise<HistorySources> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.map((entry) => entry.name).sort((a, b) => a.localeCompare(b, 'en'))
  const sources: Partial<Record<InputTableName, string>> = {}
  const problems: Problem[] = []
  for (const table of inputTableNames) {
    const found = names.filter((name) => name === table || endings.some((ending) => name === table + ending))
    const [first] = found
    if (first === undefined) continue
    const path = join(folder, first)
    if (found.length > 1) problems.push(foundTwice(folder, table, found))
    else if (first !== table) sources[table] = path
    else sources[table] = await globOf(path, problems)
  }
  if (sources.customers === undefined && problems.length === 0) problems.push(noCustomers(folder, names))
  refuse('history', problems)
  return sources as HistorySources
}

function noCustomers(folder: string, names: readonly string[]): Problem {
  return {
    code: 'file-missing',
    parameter: `the folder ${folder}`,
    rule: `to hold customers${endings[0]} (or ${endings.slice(1).join(', ')})`,
    received: names.length === 0 ? 'an empty folder' : names.join(', '),
    wayOut: 'Name the files after the input tables, or give a .json file that maps them.',
  }
}

function foundTwice(folder: string, table: string, names: readonly string[]): Problem {
  return {
    code: 'file-exists',
    parameter: `table ${table}`,
    rule: 'to be in the folder once',
    received: names.join(', '),
    place: { file: folder, table },
    wayOut: 'Move the others out of the folder, or name the one to read in a .json file.',
  }
}

async function globOf(folder: string, problems: Problem[]): Promise<string> {
  const files = await readdir(folder)
  const found = endings.filter((ending) => files.some((file) => file.endsWith(ending)))
  if (found.length > 1) {
    problems.push({
      code: 'file-unreadable',
      parameter: `the files of ${folder}`,
      rule: 'to be of one format',
      received: found.join(', '),
      wayOut: 'Move the others out of the folder, or name those to read in a .json file.',
    })
  }
  return join(folder, `*${found[0] ?? endings[0]}`)
}

/** Reports files that are not read because their names are only nearly those of input tables. */
async function sayNamesNearly(folder: string, terminal: Terminal): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const stem = name.split('.')[0]!
    const close = closestWord(stem, inputTableNames)
    if (close === undefined || close === stem || !endings.some((ending) => name.endsWith(ending))) continue
    const meant = `${close}${name.slice(stem.length)}`
    terminal.message(`note: ${join(folder, name)} is not read. Did you mean ${meant}?\n`)
  }
}

async function sourcesInConfig(path: string): Promise<HistorySources> {
  const parsed = await readJsonFile('history', 'the configuration', path, mappingHint)
  const sources = checkConfig(path, parsed)
  const beside = (file: string): string => (isAbsolute(file) ? file : join(dirname(path), file))
  return Object.fromEntries(
    Object.entries(sources).map(([table, source]) => [
      table,
      { ...source, from: typeof source.from === 'string' ? beside(source.from) : source.from.map(beside) },
    ]),
  ) as unknown as HistorySources
}

function checkConfig(path: string, parsed: unknown): z.output<typeof config> {
  const unified =
    typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? Object.fromEntries(
          Object.entries(parsed).map(([table, source]) => [
            table,
            typeof source === 'string' ? { from: source } : source,
          ]),
        )
      : parsed
  const problems = [...optionProblems(config, unified), ...sourceNameProblems(unified)].map((problem) => ({
    wayOut: mappingHint,
    ...problem,
    parameter: problem.parameter === 'options' ? 'the configuration' : problem.parameter,
    place: { file: path },
  }))
  refuse('history', problems)
  return unified as z.output<typeof config>
}

const mappingHint =
  'A table is mapped to a file, or to { "from": file, "columns": { our name: your name }, "types": { name: kind }, "encoding", "decimal", "thousands", "dateFormat" }.'
