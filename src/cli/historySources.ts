import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { HoldfastError, refuse } from '../base/errors.js'
import type { HistorySources } from '../engine/openHistory.js'
import { type InputTableName, inputTableNames } from '../table/inputs.js'

const endings = ['.parquet', '.csv', '.tsv', '.csv.gz', '.jsonl', '.ndjson']

const mappedSourceSchema = z.strictObject({
  from: z.string().min(1),
  columns: z.record(z.string(), z.string()).optional(),
  types: z.record(z.string(), z.enum(['number', 'text', 'day', 'boolean'])).optional(),
})

const configSchema = z.partialRecord(
  z.enum(inputTableNames),
  z.union([z.string().min(1), mappedSourceSchema]),
)

/**
 * Returns the tables of a history from a folder or a configuration file.
 *
 * In a folder the files (or folders of files) are named after the input tables: `customers.parquet`, `usage/*.csv`. A
 * configuration is a JSON object from table to file, or to `{ from, columns, types }`; its paths are relative to it.
 *
 * @throws {HoldfastError} `file-missing`, `file-unreadable`, `option-invalid`
 */
export async function historySources(path: string): Promise<HistorySources> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    throw new HoldfastError('history', [
      {
        code: 'file-missing',
        parameter: '--history',
        rule: 'to be a folder or a .json file',
        received: path,
      },
    ])
  }
  return found.isDirectory() ? sourcesInFolder(path) : sourcesInConfig(path)
}

async function sourcesInFolder(folder: string): Promise<HistorySources> {
  const names = (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name.localeCompare(b.name, 'en'),
  )
  const sources: Partial<Record<InputTableName, string>> = {}
  for (const table of inputTableNames) {
    const file = names.find(
      (entry) => entry.isFile() && endings.some((ending) => entry.name === table + ending),
    )
    const inside = names.find((entry) => entry.isDirectory() && entry.name === table)
    if (file !== undefined) sources[table] = join(folder, file.name)
    else if (inside !== undefined) sources[table] = await globOf(join(folder, inside.name))
  }
  if (sources.customers !== undefined) return sources as HistorySources
  throw new HoldfastError('history', [
    {
      code: 'file-missing',
      parameter: `the folder ${folder}`,
      rule: `to hold a file customers${endings[0]} (or ${endings.slice(1).join(', ')})`,
      received: names.map((entry) => entry.name),
      wayOut: 'Name the files after the input tables, or give a .json file that maps them.',
    },
  ])
}

async function globOf(folder: string): Promise<string> {
  const files = await readdir(folder)
  const ending = endings.find((each) => files.some((file) => file.endsWith(each))) ?? endings[0]!
  return join(folder, `*${ending}`)
}

async function sourcesInConfig(path: string): Promise<HistorySources> {
  const config = configSchema.safeParse(parseJson(path, await readFile(path, 'utf8')))
  if (!config.success) {
    refuse(
      'history',
      config.error.issues.map((issue) => ({
        code: 'option-invalid',
        parameter: issue.path.join('.') || 'the configuration',
        rule: `to map ${inputTableNames.join(', ')} to files, or to { from, columns, types }`,
        place: { file: path },
        wayOut: issue.message,
      })),
    )
  }
  const beside = (file: string): string => (isAbsolute(file) ? file : join(dirname(path), file))
  return Object.fromEntries(
    Object.entries(config.data ?? {}).map(([table, source]) => [
      table,
      typeof source === 'string' ? beside(source) : { ...source, from: beside(source.from) },
    ]),
  ) as HistorySources
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new HoldfastError('history', [
      {
        code: 'file-unreadable',
        parameter: 'the configuration',
        rule: 'to be JSON',
        place: { file: path },
        wayOut: error instanceof Error ? error.message : String(error),
      },
    ])
  }
}
