import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type EpochDay, formatDay } from '../base/days.js'
import { HoldfastError, inNameOf, refuse } from '../base/errors.js'
import { textColumn } from '../base/matrix.js'
import { logit, sigmoid } from '../base/statistics.js'
import type { Scorer } from '../score/scorer.js'
import { readTable } from '../table/readTable.node.js'
import { cellOf, Table } from '../table/table.js'
import { earlierManifests, type ListCounts, nightName, shownDigits } from './manifest.js'
import type { CheckedNight } from './nightConfig.js'
import type { NightStore, ScoreNight } from './nightStore.js'
import { contentOfFile } from './sourceFiles.js'

/** Lists of the nights before that a list goes on from. */
export interface EarlierLists {
  /** The last of them; null = this is the first. */
  readonly last: string | null
  /** Those in which customers may still be cooling down. */
  readonly cooling: readonly string[]
}

type ListConfig = NonNullable<CheckedNight['list']>

/** Returns the path of a night's list in the state folder. */
export function listPage(state: string, asOf: EpochDay, model: string): string {
  return join(state, 'lists', `${nightName(asOf, model)}.parquet`)
}

/** Returns the lists of the nights before a day. */
export async function earlierLists(config: CheckedNight, asOf: EpochDay): Promise<EarlierLists> {
  if (config.list === undefined) return { last: null, cooling: [] }
  const since = formatDay((asOf - config.list.coolDownDays) as EpochDay)
  const pages: { readonly night: string; readonly page: string }[] = []
  for (const { asOf: night, model } of await earlierManifests(config.state, asOf)) {
    const page = join(config.state, 'lists', `${night}-${model.fingerprint.slice(0, shownDigits)}.parquet`)
    if ((await stat(page).catch(() => undefined)) !== undefined) pages.push({ night, page })
  }
  return {
    last: pages.at(-1)?.page ?? null,
    cooling: pages.filter(({ night }) => night > since).map(({ page }) => page),
  }
}

/** Returns fingerprints of what a list depends on besides the scores. */
export async function listFingerprints(
  config: CheckedNight,
  earlier: EarlierLists,
): Promise<Record<string, string>> {
  if (config.list === undefined) return {}
  const files = [
    ...config.list.suppress.map(({ from }) => from),
    ...new Set([...earlier.cooling, ...(earlier.last === null ? [] : [earlier.last])]),
  ]
  const contents = await Promise.all(files.map(contentOfFile))
  return Object.fromEntries(contents.map((content, index) => [`list ${index}`, content]))
}

/**
 * Makes the list of a night, in the table `list`: `id`, `as_of`, `status`, `since`, `probability`, `why`.
 *
 *     new      not on the last list; at or above the band; not suppressed, nor off the list for less than coolDownDays
 *     still    on the last list; odds of at least leaveShare × those of the band; not suppressed
 *     gone     on the last list and no longer: its risk fell, it is suppressed, or it is not scored any more
 *
 * With two bounds, a customer whose risk moves around one of them does not come and go every night.
 */
export async function makeList(
  night: ScoreNight,
  store: NightStore,
  earlier: EarlierLists,
): Promise<ListCounts | null> {
  const { operation, config, scorer, asOf } = night
  if (config.list === undefined) return null
  const bounds = boundsOf(operation, config.list, scorer)
  await store.load('suppressed', await suppressedCustomers(operation, config.list, asOf))
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
  const on =
    earlier.last === null
      ? 'SELECT CAST(NULL AS VARCHAR) AS id, CAST(NULL AS DATE) AS since WHERE false'
      : `SELECT id, since FROM read_parquet(${literal(earlier.last)}) WHERE status <> 'gone'`
  const off =
    earlier.cooling.length === 0
      ? 'SELECT CAST(NULL AS VARCHAR) AS id WHERE false'
      : `SELECT DISTINCT id FROM read_parquet([${earlier.cooling.map(literal).join(', ')}]) WHERE status = 'gone'`
  const today = `DATE ${literal(formatDay(asOf))}`
  await store.run(`CREATE OR REPLACE TABLE judged AS
    SELECT coalesce(s.id, o.id) AS id, o.since, s.probability, u.reason AS suppressed, s.id IS NOT NULL AS is_scored,
      o.id IS NOT NULL AS was_on, f.id IS NOT NULL AS is_cooling
    FROM scored s FULL JOIN (${on}) o ON o.id = s.id
    LEFT JOIN suppressed u ON u.id = coalesce(s.id, o.id)
    LEFT JOIN (${off}) f ON f.id = coalesce(s.id, o.id)`)
  const isOn = `was_on AND is_scored AND suppressed IS NULL AND probability >= ${bounds.leave}`
  const isNew = `NOT was_on AND probability >= ${bounds.enter}`
  await store.run(`CREATE OR REPLACE TABLE list AS
    SELECT id, ${today} AS as_of, CASE WHEN NOT was_on THEN 'new' WHEN ${isOn} THEN 'still' ELSE 'gone' END AS status,
      coalesce(since, ${today}) AS since, probability,
      CASE WHEN NOT was_on OR ${isOn} THEN NULL WHEN NOT is_scored THEN 'not scored' ELSE coalesce(suppressed, 'its risk fell') END AS why
    FROM judged WHERE was_on OR (${isNew} AND suppressed IS NULL AND NOT is_cooling)
    ORDER BY probability DESC NULLS LAST, id`)
  const counts = await store.query(`SELECT
    (SELECT count(*) FROM list WHERE status = 'new') AS "new", (SELECT count(*) FROM list WHERE status = 'still') AS still,
    (SELECT count(*) FROM list WHERE status = 'gone') AS gone,
    (SELECT count(*) FROM judged WHERE ${isNew} AND suppressed IS NOT NULL) AS suppressed,
    (SELECT count(*) FROM judged WHERE ${isNew} AND suppressed IS NULL AND is_cooling) AS "coolingDown"`)
  return counts.row(0) as unknown as ListCounts
}

function boundsOf(
  operation: string,
  { band, leaveShare }: ListConfig,
  { about }: Scorer,
): { readonly enter: number; readonly leave: number } {
  const found = about.bands.find(({ name }) => name === band)
  if (found === undefined || found.from === 0)
    refuse(operation, [
      {
        code: 'option-invalid',
        parameter: 'list.band',
        rule: `to be a band above the lowest: ${about.bands
          .filter(({ from }) => from > 0)
          .map(({ name }) => name)
          .join(', ')}`,
        received: band,
      },
    ])
  const enter = found!.from
  return { enter, leave: sigmoid(logit(enter) + Math.log(leaveShare)) }
}

/** The customers of all files who are suppressed on a day, each with the first reason. */
async function suppressedCustomers(
  operation: string,
  { suppress }: ListConfig,
  asOf: EpochDay,
): Promise<Table> {
  const reasons = new Map<string, string>()
  for (const { from, id, since, until, reason } of suppress) {
    const table = await suppressedRows(operation, from, id)
    if (table === null) continue
    const ids = inNameOf(operation, () => table.texts(id))
    const dayOf = (name: string | undefined): ((row: number) => string | null) => {
      if (name === undefined) return () => null
      const column = inNameOf(operation, () => table.days(name))
      return (row) => cellOf(column, row) as string | null
    }
    const [begins, ends] = [dayOf(since), dayOf(until)]
    for (let row = 0; row < table.rowCount; row++) {
      const customer = cellOf(ids, row) as string | null
      const [first, end] = [begins(row), ends(row)]
      const isNow = (first === null || first <= formatDay(asOf)) && (end === null || formatDay(asOf) < end)
      if (customer !== null && isNow && !reasons.has(customer)) reasons.set(customer, reason)
    }
  }
  return new Table([textColumn('id', [...reasons.keys()]), textColumn('reason', [...reasons.values()])])
}

/** Returns the rows of a file; null if it has a header and no rows. One without a header is an export that failed. */
async function suppressedRows(operation: string, from: string, id: string): Promise<Table | null> {
  try {
    return await inNameOf(operation, () => readTable(from, { types: { [id]: 'text' } }))
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'table-empty') throw error
    if (!(await readFile(from)).includes(id)) throw error
    return null
  }
}
