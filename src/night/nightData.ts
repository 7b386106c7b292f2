import { rm } from 'node:fs/promises'
import { type EpochDay, formatDay } from '../base/days.js'
import { HoldfastError, inNameOf, type Problem, refuse } from '../base/errors.js'
import type { FeatureSpec } from '../base/matrix.js'
import { openDuckdb } from '../engine/duckdb.js'
import type { Engine } from '../engine/engine.js'
import type { History } from '../engine/history.js'
import { fileColumn, filesOf, isNoneOf, readBadLines, readStatement } from '../engine/historyFiles.js'
import type { MappedSource } from '../engine/historySources.js'
import { knownBefore } from '../engine/knownBefore.js'
import { type HistorySources, openHistory } from '../engine/openHistory.js'
import { featureStatement } from '../feature/sql/featureMatrix.js'
import { tagsByBlock } from '../lifecycle/tagLifecycle.js'
import { populationTable } from '../population/populationTable.js'
import { scoredMoment } from '../score/scoreHistory.js'
import type { Scorer } from '../score/scorer.js'
import { fileFormat } from '../table/files.node.js'
import { usualMissing } from '../table/inferKind.js'
import type { EventTableName } from '../table/inputs.js'
import type { CheckedNight } from './nightConfig.js'

/** The stage of a customer, beside a feature that may be named so. */
export const stageColumn = 'holdfast stage'
/** The id of a flat table, beside a feature that may have the same name. */
export const idColumn = 'holdfast id'

/** What is known of the rows of a night before they are scored. */
export interface NightFacts {
  /** Customers to score. */
  readonly rows: number
  /** Who was counted, and why others were not. */
  readonly population: readonly { readonly reason: string; readonly customers: number }[]
  /** Of each event table the rows of the last 28 days, and the days since the last; null = no row. */
  readonly tables: Readonly<Record<string, { readonly recent: number; readonly age: number | null }>>
  /** Rows of the sources that were set aside. */
  readonly rejected: number
  readonly warnings: readonly string[]
}

/** The opened sources of a run, from which each night takes its rows. */
export interface NightData {
  /** The day that is scored if none is given. */
  readonly defaultAsOf: EpochDay
  /** Writes the features of a night into the tables `features` and `rejects` of a database file. */
  fill(asOf: EpochDay, file: string): Promise<NightFacts>
  close(): Promise<void>
}

/** Opens a raw history in a database file of the working folder. */
export async function openNightHistory(
  operation: string,
  config: CheckedNight,
  scorer: Scorer,
  sources: Readonly<Record<string, MappedSource>>,
  file: string,
): Promise<NightData> {
  const engine = await emptyEngine(file, config)
  const history = await inNameOf(operation, () =>
    openHistory(sources as HistorySources, openOptions(config, scorer, engine)),
  )
  return {
    defaultAsOf: (await inNameOf(operation, () => scoredMoment(history, scorer, undefined))).cutoff,
    fill: (asOf, target) => fillFromHistory(operation, config, history, scorer, asOf, target),
    close: () => history.close(),
  }
}

/** An engine with a file of its own, so that what does not fit into its memory goes to disk. */
async function emptyEngine(file: string, { memoryLimit }: CheckedNight): Promise<Engine> {
  await Promise.all([file, `${file}.wal`].map((path) => rm(path, { force: true })))
  await rm(`${file}.tmp`, { recursive: true, force: true })
  return openDuckdb({ path: file, memoryLimit })
}

function openOptions(config: CheckedNight, { about }: Scorer, engine: Engine) {
  const { badRows, maxRejectShare, missing, today, completeUntil, encoding } = config
  const { decimal, thousands, dateFormat } = config
  return {
    engine,
    badRows,
    maxRejectShare,
    missing,
    timeZone: about.timeZone,
    repeatedRows: about.repeatedRows,
    ...(today === undefined ? {} : { today }),
    ...(completeUntil === undefined ? {} : { completeUntil }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(thousands === undefined ? {} : { thousands }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
  }
}

async function fillFromHistory(
  operation: string,
  config: CheckedNight,
  history: History,
  scorer: Scorer,
  asOf: EpochDay,
  file: string,
): Promise<NightFacts> {
  const { engine } = history
  const { rules } = await inNameOf(operation, () => scoredMoment(history, scorer, asOf))
  const population = await inNameOf(operation, () =>
    populationTable(history, scorer.about.population ?? undefined, [asOf]),
  )
  try {
    const untagged = config.stage ? await loadStages(operation, history, asOf) : null
    const features = featureStatement(history, rules, population)
    const stage = engine.dialect.identifier(stageColumn)
    const withStages =
      config.stage && untagged === null
        ? `SELECT f.*, s.stage AS ${stage} FROM (${features}) f LEFT JOIN holdfast_stages s ON s.id = f.id ORDER BY f.id`
        : `SELECT f.*, CAST(NULL AS VARCHAR) AS ${stage} FROM (${features}) f ORDER BY f.id`
    await engine.load('holdfast_rejects', history.rejects)
    await fillFile(engine, file, withStages, 'SELECT * FROM holdfast_rejects')
    const counts = population.report.rows()
    return {
      rows: counts
        .filter(({ reason }) => reason === 'counted')
        .reduce((sum, each) => sum + Number(each['customers']), 0),
      population: counts.map(({ reason, customers }) => ({
        reason: String(reason),
        customers: Number(customers),
      })),
      tables: await recentRows(history, asOf),
      rejected: history.rejects.rowCount,
      warnings: [...history.notes, ...(untagged === null ? [] : [untagged])],
    }
  } finally {
    await population.drop()
    await engine.run('DROP TABLE IF EXISTS holdfast_stages')
    await engine.run('DROP TABLE IF EXISTS holdfast_rejects')
  }
}

const recentDays = 28

async function recentRows(history: History, asOf: EpochDay): Promise<NightFacts['tables']> {
  const tables = Object.keys(history.tables).filter((name) => name !== 'customers') as EventTableName[]
  const found: Record<string, { readonly recent: number; readonly age: number | null }> = {}
  for (const table of tables) {
    const known = knownBefore(history, table, 't', `${asOf}`)
    const counts = await history.engine.query(
      `SELECT count(*) FILTER (t.day >= ${asOf - recentDays}) AS recent, ${asOf} - max(t.day) AS age FROM ${history.engine.dialect.identifier(table)} t WHERE t.day < ${asOf} AND ${known}`,
    )
    const { recent, age } = counts.row(0)
    found[table] = { recent: Number(recent), age: age === null ? null : Number(age) }
  }
  return found
}

/** Both tables or none: a night that was cut off here has neither. */
async function fillFile(engine: Engine, file: string, features: string, rejects: string): Promise<void> {
  await engine.run(`ATTACH ${engine.dialect.literal(file)} AS holdfast_night`)
  try {
    await engine.run('BEGIN')
    await engine.run(`CREATE TABLE holdfast_night.features AS ${features}`)
    await engine.run(`CREATE TABLE holdfast_night.rejects AS ${rejects}`)
    await engine.run('COMMIT')
  } catch (error) {
    await engine.run('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    await engine.run('DETACH holdfast_night')
  }
}

/** Loads the stage of each customer, some at a time; returns why if they cannot be told. */
async function loadStages(operation: string, history: History, asOf: EpochDay): Promise<string | null> {
  const { engine } = history
  await engine.run('CREATE OR REPLACE TABLE holdfast_stages (id VARCHAR, stage VARCHAR)')
  try {
    for await (const tags of tagsByBlock(operation, history, { asOf, evidence: false })) {
      await engine.load('holdfast_block', tags.select(['id', 'stage']))
      await engine.run('INSERT INTO holdfast_stages SELECT id, stage FROM holdfast_block')
    }
    await engine.run('DROP TABLE IF EXISTS holdfast_block')
    return null
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code === 'engine-failed') throw error
    return `No lifecycle stage as of ${formatDay(asOf)}: ${error.message.replace(/^[^:]*: /, '')}`
  }
}

/** Opens a table with one row per customer. */
export async function openNightTable(
  operation: string,
  config: CheckedNight,
  scorer: Scorer,
  source: MappedSource,
  today: EpochDay,
  file: string,
): Promise<NightData> {
  const engine = await emptyEngine(file, config)
  try {
    const query = await tableQuery(operation, engine, config, scorer, source)
    return {
      defaultAsOf: today,
      fill: async (_, target) => {
        const none = 'SELECT 1 AS "row" WHERE false'
        await fillFile(engine, target, query.sql, none)
        await engine.run(`ATTACH ${engine.dialect.literal(target)} AS holdfast_night`)
        const count = await engine.query('SELECT count(*) AS n FROM holdfast_night.features')
        await engine.run('DETACH holdfast_night')
        const rows = Number(count.cell('n', 0))
        const lost = query.isText ? await readBadLines(engine, null) : []
        refuseLost(operation, lost.length, rows, config)
        return {
          rows,
          population: [{ reason: 'counted', customers: rows }],
          tables: {},
          rejected: lost.length,
          warnings: lost.length === 0 ? [] : [`${lost.length} lines could not be read as a row.`],
        }
      },
      close: () => engine.close(),
    }
  } catch (error) {
    await engine.close()
    throw error
  }
}

function refuseLost(
  operation: string,
  lost: number,
  rows: number,
  { badRows, maxRejectShare }: CheckedNight,
): void {
  if (lost === 0 || (badRows === 'setAside' && lost <= maxRejectShare * (lost + rows))) return
  refuse(operation, [
    {
      code: 'data-unexpected',
      parameter: 'the lines of customers',
      rule:
        badRows === 'refuse'
          ? 'to be readable as rows'
          : `to be readable as rows, but for a share of ${maxRejectShare} (maxRejectShare)`,
      received: `${lost} of ${lost + rows} that are not`,
      wayOut: "Mend them, or set badRows: 'setAside'.",
    },
  ])
}

/** The rows of a flat table, with the columns that the model needs and those that name the customer. */
async function tableQuery(
  operation: string,
  engine: Engine,
  config: CheckedNight,
  scorer: Scorer,
  { from, columns = {}, encoding = config.encoding }: MappedSource,
): Promise<{ readonly sql: string; readonly isText: boolean }> {
  const paths = await filesOf(engine, from as string | readonly string[])
  if (!Array.isArray(paths)) return refuseAll(operation, [paths])
  const format = fileFormat(paths[0]!)
  if (format === undefined || (encoding !== undefined && !/^utf-?8$/i.test(encoding)))
    return refuseAll(operation, [
      {
        code: 'file-unreadable',
        parameter: 'customers',
        rule: 'to be .csv, .tsv, .parquet or .jsonl files in UTF-8',
        received: paths[0],
        wayOut: 'Convert them, or give a raw history.',
      },
    ])
  const read = await readStatement(engine, null, format, paths, config.missing)
  if (!('query' in read)) return refuseAll(operation, read)
  const described = await engine.query(`DESCRIBE ${read.query}`)
  const names = described.texts('column_name')
  const types = described.texts('column_type')
  const present = new Map(
    Array.from(names.codes, (code, row) => [names.dictionary[code]!, types.dictionary[types.codes[row]!]!]),
  )
  present.delete(fileColumn)
  const nameOf = (ours: string): string => columns[ours] ?? ours
  const wanted = scorer.model.features
  const absent = [...new Set([config.id, ...wanted.map(({ name }) => name)])].filter(
    (name) => !present.has(nameOf(name)),
  )
  if (absent.length > 0)
    return refuseAll(
      operation,
      absent.map((name) => ({
        code: name === config.id ? 'column-missing' : 'feature-missing',
        parameter: `column ${nameOf(name)}`,
        rule:
          name === config.id
            ? 'to be in customers, to name each (id)'
            : 'to be in customers, as the model reads it',
        received: [...present.keys()].slice(0, 20).join(', '),
      })),
    )
  const { identifier } = engine.dialect
  const selected = wanted.map((spec) => {
    const source = identifier(nameOf(spec.name))
    const cell =
      present.get(nameOf(spec.name)) === 'VARCHAR' ? writtenCell(engine, source, spec, scorer) : source
    return `${cell} AS ${identifier(spec.name)}`
  })
  const id = `CAST(${identifier(nameOf(config.id))} AS VARCHAR) AS ${identifier(idColumn)}`
  const stage = `CAST(NULL AS VARCHAR) AS ${identifier(stageColumn)}`
  const sql = `SELECT ${[id, ...selected, stage].join(', ')} FROM (${read.query}) AS holdfast_rows`
  return { sql, isText: read.csv !== undefined }
}

/** A cell as `readTable` would read it: in a column of numbers or days, NA is missing, and true and false are 1 and 0. */
function writtenCell(engine: Engine, source: string, spec: FeatureSpec, { about }: Scorer): string {
  if (spec.kind === 'text') return source
  const known = `CASE WHEN ${isNoneOf(engine, `trim(${source})`, usualMissing)} THEN ${source} END`
  if (about.flat?.notations[spec.name] !== undefined) return known
  return `CASE lower(trim(${source})) WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE ${known} END`
}

function refuseAll(operation: string, problems: readonly Problem[]): never {
  refuse(operation, problems)
  throw new TypeError('no problem')
}
