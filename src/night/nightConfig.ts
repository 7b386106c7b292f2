import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import * as z from 'zod'
import { dayRule } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { optionsOrProblems } from '../base/options.js'
import { readJsonFile } from '../base/readJsonFile.node.js'
import { fileBehind } from '../base/wholeFile.node.js'
import { type MappedSource, mappedShape } from '../engine/historySources.js'
import { encodingOption } from '../table/encoding.node.js'
import { fileFormat } from '../table/files.node.js'
import { type InputTableName, inputTableNames } from '../table/inputs.js'
import { notationShape } from '../table/readingOptions.js'

/** Rows of a table of a DuckDB database file, or of a query of it. */
export interface DuckdbSource extends Pick<MappedSource, 'columns' | 'types'> {
  /** The database file. It is opened for reading only. */
  readonly duckdb: string
  /** Name of a table or view. Either this or `query`. */
  readonly table?: string
  /** A query whose rows are read. */
  readonly query?: string
}

/** Rows of a table of a PostgreSQL database, or of a query of it. */
export interface PostgresSource extends Pick<MappedSource, 'columns' | 'types'> {
  /**
   * `postgresql://user@host:5432/database`, or `env:NAME` for the environment variable that holds it. What it leaves out
   * comes from PGHOST, PGUSER, PGPASSWORD, … and the password file, as with `psql`.
   */
  readonly postgres: string
  /** Name of a table or view, with its schema if needed. Either this or `query`. */
  readonly table?: string
  /** A query whose rows are read. */
  readonly query?: string
}

/** Where the rows of a table come from: a file, a glob, a list of these, or a database. */
export type NightSource =
  | string
  | readonly string[]
  | (Omit<MappedSource, 'from'> & { readonly from: string | readonly string[] })
  | DuckdbSource
  | PostgresSource

/** A file of scores. `{asOf}` in its name becomes the day, and each night has its own file. */
export interface FileOutput {
  /** .parquet, .csv, .csv.gz, .tsv, .tsv.gz, .jsonl or .ndjson, by its ending. */
  readonly file: string
  /** Writes a `'` before texts that a spreadsheet would run as a formula. Default false. */
  readonly spreadsheetSafe?: boolean
}

/** A table of scores in a database; created if missing. */
export interface TableOutput {
  /** Name of the table, with its schema if needed. */
  readonly table: string
  /** `nights`: rows of other days stay, those of the same day are replaced. `latest`: all rows are replaced. Default `nights`. */
  readonly keep?: 'nights' | 'latest'
}

/** Where scores are written to. */
export type NightOutput =
  | FileOutput
  | (TableOutput & { readonly duckdb: string })
  | (TableOutput & { readonly postgres: string })

/** What the data of a night must be like, see `src/night/dataContract.ts` for how changes are judged. */
export interface DataContract {
  /**
   * Share of nights in which some quantity may be called unlike before although nothing has happened. (0, 0.5]. Default
   * 0.01.
   */
  readonly falseAlarmRate?: number
  /** Nights before the first comparison. Integer of at least 4, default 8. */
  readonly leastRuns?: number
  /** What changes unlike those before do: `warn` in the manifest, or `stop` the run. Default `'warn'`. */
  readonly unlikely?: 'warn' | 'stop'
  /** Least rows of the last 28 days of an event table; fewer stop the run. */
  readonly minRows?: Readonly<Partial<Record<InputTableName, number>>>
  /** Most days from the last row of an event table to the as-of day; more stop the run. */
  readonly maxAgeDays?: Readonly<Partial<Record<InputTableName, number>>>
  /** Largest share of customers without a value, by feature; more stop the run. */
  readonly maxMissingShare?: Readonly<Record<string, number>>
}

/** Customers who are not to be on a list. */
export interface SuppressedCustomers {
  /** File with one row per customer. */
  readonly from: string
  /** Column that names the customer. Default `'id'`. */
  readonly id?: string
  /** Column of the first day on which they are suppressed. Left out, or blank in a row: always. */
  readonly since?: string
  /** Column of the first day on which they no longer are. Left out, or blank in a row: never. */
  readonly until?: string
  /** Why, for the list: `contacted lately`. */
  readonly reason: string
}

/** A list of customers to act on, which goes on from the list of the night before. */
export interface NightList {
  /** File of the list; `{asOf}` in its name becomes the day. */
  readonly file: string
  /** Customers of this band of risk, or a higher one, come on the list. */
  readonly band: string
  /** They stay while their odds are at least this share of those of the band. (0, 1]. Default 0.75. */
  readonly leaveShare?: number
  /** Days for which those who have left the list do not come back. Integer of 0 to 60, default 30. */
  readonly coolDownDays?: number
  /** Who is not to be on it. */
  readonly suppress?: readonly SuppressedCustomers[]
}

/** A night job: what is scored with which model, and where the scores go. */
export interface NightConfig {
  /** Model file written by `holdfast train` or `saveScorer`. */
  readonly model: string
  /** Folder for manifests, the score log, checkpoints and the lock; created if missing. One job per folder. */
  readonly state: string
  /** Tables of a raw history, for a model trained on one. Either this or `customers`. */
  readonly history?: Readonly<Partial<Record<InputTableName, NightSource>>>
  /** A table with one row per customer, for a model trained on one. */
  readonly customers?: NightSource
  /** Column of `customers` that names the customer. Default `'id'`. */
  readonly id?: string
  /** At least one. */
  readonly outputs: readonly NightOutput[]
  /** Reasons per customer, 0 to 20. Default 3. */
  readonly reasons?: number
  /** Whether to tag the lifecycle stage of each customer of a history. Default true. */
  readonly stage?: boolean
  /** See `openHistory`. Default `'refuse'`. */
  readonly badRows?: 'refuse' | 'setAside'
  /** Largest share of the rows of a table that may be set aside. [0, 1]. Default 0.05. */
  readonly maxRejectShare?: number
  /** Largest share of customers whose value in a column may be new to the model. [0, 1]. Default 1. */
  readonly maxUnseenShare?: number
  /** Largest share of customers with the same score; above it the model does not see what it reads. [0, 1]. Default 0.99. */
  readonly maxAlikeShare?: number
  /** A list of customers to act on. */
  readonly list?: NightList
  /** What the data must be like; beyond it the run stops or warns. */
  readonly contract?: DataContract
  /**
   * Earlier nights of the job within so many days before the as-of day are run again first, with rows that have come
   * late since. Needs outputs that keep the nights apart. Default 0.
   */
  readonly lookbackDays?: number
  /** See `openHistory`. */
  readonly today?: DayInput
  /** See `openHistory`. */
  readonly completeUntil?: DayInput | Readonly<Partial<Record<InputTableName, DayInput>>>
  /** See `openHistory`. */
  readonly missing?: readonly string[]
  /** Encoding of text files. Default `'utf-8'`. */
  readonly encoding?: string
  /** Memory of DuckDB, beyond which it uses the disk of `state`. Default `'2GB'`. */
  readonly memoryLimit?: string
  /** Customers scored at a time; a run that was cut off goes on after the last of these. Default 50 000. */
  readonly rowsPerChunk?: number
}

const text = z.string().min(1)
const paths = z.union([text, z.array(text).min(1)])
const relation = {
  table: text.optional(),
  query: text.optional(),
  columns: mappedShape.columns,
  types: mappedShape.types,
}
const source = z.union([
  text,
  z.array(text).min(1),
  z.strictObject({ from: paths, ...mappedShape }),
  z.strictObject({ duckdb: text, ...relation }),
  z.strictObject({ postgres: text, ...relation }),
])
const keep = z.enum(['nights', 'latest']).default('nights')
const output = z.union([
  z.strictObject({ file: text, spreadsheetSafe: z.boolean().default(false) }),
  z.strictObject({ duckdb: text, table: text, keep }),
  z.strictObject({ postgres: text, table: text, keep }),
])

const schema = z.strictObject({
  model: text,
  state: text,
  history: z.partialRecord(z.enum(inputTableNames), source).optional(),
  customers: source.optional(),
  id: text.default('id'),
  outputs: z.array(output).min(1),
  reasons: z.int().min(0).max(20).default(3),
  stage: z.boolean().default(true),
  badRows: z.enum(['refuse', 'setAside']).default('refuse'),
  maxRejectShare: z.number().min(0).max(1).default(0.05),
  maxUnseenShare: z.number().min(0).max(1).default(1),
  maxAlikeShare: z.number().min(0).max(1).default(0.99),
  list: z
    .strictObject({
      file: text,
      band: text,
      leaveShare: z.number().gt(0).max(1).default(0.75),
      coolDownDays: z.int().min(0).max(60).default(30),
      suppress: z
        .array(
          z.strictObject({
            from: text,
            id: text.default('id'),
            since: text.optional(),
            until: text.optional(),
            reason: text,
          }),
        )
        .default([]),
    })
    .optional(),
  contract: z
    .strictObject({
      falseAlarmRate: z.number().gt(0).max(0.5).default(0.01),
      leastRuns: z.int().min(4).default(8),
      unlikely: z.enum(['warn', 'stop']).default('warn'),
      minRows: z.partialRecord(z.enum(inputTableNames), z.number().min(0)).default({}),
      maxAgeDays: z.partialRecord(z.enum(inputTableNames), z.number().min(0)).default({}),
      maxMissingShare: z.record(z.string(), z.number().min(0).max(1)).default({}),
    })
    .prefault({}),
  lookbackDays: z.int().min(0).default(0),
  today: dayRule.optional(),
  completeUntil: z.union([dayRule, z.partialRecord(z.enum(inputTableNames), dayRule)]).optional(),
  missing: z.array(z.string()).default([]),
  encoding: encodingOption.optional(),
  ...notationShape,
  memoryLimit: z
    .string()
    .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/i)
    .meta({ description: "an amount of memory such as '4GB' or '500MB'" })
    .default('2GB'),
  rowsPerChunk: z.int().min(1).default(50_000),
})

/** A checked configuration, with absolute paths. */
export type CheckedNight = z.output<typeof schema>
/** A checked output. */
export type CheckedOutput = CheckedNight['outputs'][number]
/** A checked source. */
export type CheckedSource = NonNullable<CheckedNight['customers']>

/**
 * Returns a checked night job.
 *
 * @param given the configuration, with paths relative to the current folder, or a JSON file, with paths relative to it
 * @throws {HoldfastError} all problems at once
 */
export async function checkedNight(
  operation: string,
  given: NightConfig | string,
): Promise<{ readonly config: CheckedNight; readonly folder: string }> {
  const isFile = typeof given === 'string'
  const folder = isFile ? dirname(resolve(given)) : process.cwd()
  const parsed = isFile ? await readJsonFile(operation, 'the configuration', given, hint) : given
  const problems: Problem[] = []
  const checked = optionsOrProblems(schema, parsed, problems)
  const config = checked === undefined ? undefined : withAbsolutePaths(checked, folder)
  if (config !== undefined)
    problems.push(
      ...sourceProblems(config),
      ...(await modelProblems(config)),
      ...(await outputProblems(config)),
    )
  refuse(
    operation,
    problems.map((problem) => ({
      ...problem,
      parameter: problem.parameter === 'options' ? 'the configuration' : problem.parameter,
      ...(isFile ? { place: { file: given, ...problem.place } } : {}),
    })),
  )
  return { config: config!, folder }
}

const hint =
  'Write { "model": "churn.model", "state": "state", "history": { "customers": "customers.parquet", … }, "outputs": [{ "file": "scores.parquet" }] }.'

function withAbsolutePaths(config: CheckedNight, folder: string): CheckedNight {
  const beside = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  const from = (given: CheckedSource): CheckedSource => {
    if (typeof given === 'string') return beside(given)
    if (Array.isArray(given)) return given.map(beside)
    if ('from' in given)
      return { ...given, from: typeof given.from === 'string' ? beside(given.from) : given.from.map(beside) }
    return 'duckdb' in given ? { ...given, duckdb: beside(given.duckdb) } : given
  }
  const history =
    config.history === undefined
      ? undefined
      : Object.fromEntries(Object.entries(config.history).map(([name, given]) => [name, from(given!)]))
  return {
    ...config,
    model: beside(config.model),
    state: beside(config.state),
    ...(history === undefined ? {} : { history }),
    ...(config.customers === undefined ? {} : { customers: from(config.customers) }),
    ...(config.list === undefined
      ? {}
      : {
          list: {
            ...config.list,
            file: beside(config.list.file),
            suppress: config.list.suppress.map((each) => ({ ...each, from: beside(each.from) })),
          },
        }),
    outputs: config.outputs.map((each) => {
      if ('file' in each) return { ...each, file: beside(each.file) }
      return 'duckdb' in each ? { ...each, duckdb: beside(each.duckdb) } : each
    }),
  }
}

/** The sources of a job, each with its name in the configuration. */
export function namedSources(config: CheckedNight): [name: string, source: CheckedSource][] {
  if (config.customers !== undefined) return [['customers', config.customers]]
  return Object.entries(config.history ?? {}).map(([table, given]) => [table, given!])
}

function sourceProblems(config: CheckedNight): Problem[] {
  const problems: Problem[] = []
  const { history, customers } = config
  if ((history === undefined) === (customers === undefined))
    problems.push({
      code: 'option-invalid',
      parameter: 'history',
      rule:
        history === undefined
          ? 'to be given, or customers for a model of a flat table'
          : 'to be left out if customers are given',
    })
  if (history !== undefined && history.customers === undefined)
    problems.push({ code: 'option-invalid', parameter: 'history.customers', rule: 'to be given' })
  for (const [name, given] of namedSources(config)) {
    if (typeof given === 'string' || Array.isArray(given) || 'from' in given) continue
    const parameter = history === undefined ? name : `history.${name}`
    if ((given.table === undefined) === (given.query === undefined))
      problems.push({
        code: 'option-invalid',
        parameter: `${parameter}.table`,
        rule: given.table === undefined ? 'to be given, or query' : 'to be left out if query is given',
      })
  }
  return problems
}

async function modelProblems({ model }: CheckedNight): Promise<Problem[]> {
  const found = await stat(model).catch(() => undefined)
  if (found?.isFile() === true) return []
  return [
    {
      code: 'file-missing',
      parameter: 'model',
      rule: 'to be a model file',
      received: model,
      wayOut: 'Train one with holdfast train.',
    },
  ]
}

/** Files that are read, as far as they are named one by one. */
function inputFiles(config: CheckedNight): string[] {
  const files = namedSources(config).flatMap(([, given]): string | readonly string[] => {
    if (typeof given === 'string' || Array.isArray(given)) return given
    return 'from' in given ? given.from : []
  })
  return [config.model, ...files, ...(config.list?.suppress ?? []).map(({ from }) => from)]
}

async function outputProblems(config: CheckedNight): Promise<Problem[]> {
  const problems: Problem[] = []
  const taken = new Set<string>()
  const inputs = new Set(inputFiles(config))
  const servers = new Set<string>()
  const files = config.list === undefined ? [] : [{ parameter: 'list.file', each: config.list }]
  const outputs = config.outputs.map((each, index) => ({ parameter: `outputs.${index}`, each }))
  for (const { parameter, each } of [...outputs, ...files]) {
    const problem = (rule: string, received: string, wayOut?: string): void => {
      problems.push({
        code: 'option-invalid',
        parameter,
        rule,
        received,
        ...(wayOut === undefined ? {} : { wayOut }),
      })
    }
    if ('postgres' in each) servers.add(each.postgres)
    const key = 'file' in each ? each.file : JSON.stringify(each)
    if (taken.has(key)) problem('to be named once', key)
    taken.add(key)
    if ('postgres' in each) continue
    const path = 'file' in each ? each.file : each.duckdb
    if ('file' in each && fileFormat(path) === undefined)
      problem('to end in .parquet, .csv, .csv.gz, .tsv, .tsv.gz, .jsonl or .ndjson', path)
    if (inputs.has(path)) problem('to differ from the files that are read', path)
    const folder = dirname(await fileBehind(path).catch(() => path))
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() !== true)
      problem('to be in a folder that exists', path, `Create the folder ${folder} first.`)
  }
  if (servers.size > 1)
    problems.push({
      code: 'option-invalid',
      parameter: 'outputs',
      rule: 'to name at most one PostgreSQL database, as only one commit can decide whether all outputs are published',
      received: `${servers.size} databases`,
      wayOut: 'Write to one of them, and copy from there.',
    })
  return problems
}
