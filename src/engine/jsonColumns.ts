import type { Problem } from '../base/errors.js'
import { nameTwice } from '../table/badLines.js'
import { cellTwice, flatCells, isRecord, mostNested, notACell } from '../table/nestedCells.js'
import type { SourcePart } from './columnsOfParts.js'
import type { Engine } from './engine.js'

/** A column of JSON lines: its own name, or the path to it inside objects, `customer.plan`. */
export interface JsonColumn {
  readonly name: string
  readonly path: readonly string[]
}

/** A member of the objects at one place in the lines. */
interface Member {
  readonly key: string
  readonly isObject: boolean
  readonly isList: boolean
  readonly isValue: boolean
}

/**
 * Returns the columns of JSON lines in the order in which rows name them; an object has a column for each of its parts.
 * Lists, objects in place of a value in other lines, and repeated names are problems.
 *
 * @param lines the SQL of a relation with one row per line: `json`, `filename`
 */
export async function jsonColumns(
  engine: Engine,
  lines: string,
): Promise<{ readonly columns: readonly JsonColumn[]; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const nested = await isNested(engine, lines)
  if (!nested) problems.push(...(await namesTwice(engine, lines, [])))
  const columns = nested
    ? await columnsAt(engine, lines, [], problems)
    : (await keysOf(engine, lines)).map((name) => ({ name, path: [name] }))
  const names = columns.map(({ name }) => name)
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
    problems.push(cellTwice(name))
  return { columns, problems }
}

/**
 * Returns the groups of columns that lines have, by file.
 *
 * @param lines the SQL of a relation with one row per line: `json`, `filename`
 */
export async function partsOfJson(engine: Engine, lines: string): Promise<SourcePart[]> {
  const found = await engine.query(
    `SELECT filename AS file, CAST(json_structure(json) AS VARCHAR) AS structure, min(place - start) AS row FROM
       (SELECT *, min(place) OVER (PARTITION BY filename) - 1 AS start FROM
         (SELECT json, filename, row_number() OVER () AS place FROM ${lines}))
     WHERE json_type(json) = 'OBJECT' GROUP BY 1, 2 ORDER BY min(place)`,
  )
  return found.rows().map(({ file, structure, row }) => {
    const parsed: unknown = JSON.parse(structure as string)
    const names = isRecord(parsed) ? flatCells(parsed).map(([name]) => name) : []
    return { file: file as string, row: row as number, names: new Set(names) }
  })
}

/** Returns the first line with an object that repeats a name, and how many there are. */
async function namesTwice(engine: Engine, lines: string, path: readonly string[]): Promise<Problem[]> {
  const object = `json_extract(json, ${engine.dialect.literal(pointerOf(path))})`
  const keys = `CASE WHEN json_type(${object}) = 'OBJECT' THEN json_keys(${object}) END`
  const some = await engine.query(
    `SELECT coalesce(bool_or(len(${keys}) <> list_unique(${keys})), false) AS twice FROM ${lines}`,
  )
  if (some.cell('twice', 0) !== true) return []
  const found = await engine.query(
    `SELECT filename AS file, place - start AS row, text FROM
       (SELECT *, min(place) OVER (PARTITION BY filename) - 1 AS start FROM
         (SELECT filename, json::VARCHAR AS text, row_number() OVER () AS place,
            ${keys} AS keys FROM ${lines}))
     WHERE len(keys) <> list_unique(keys) ORDER BY place`,
  )
  const first = found.rows()[0]!
  const problem = nameTwice(first['file'] as string, first['row'] as number, first['text'] as string)
  return [{ ...problem, count: found.rowCount }]
}

/** Returns the SQL of a value of a line as text; `holder` is the JSON of its first name. */
export function jsonText(engine: Engine, holder: string, path: readonly string[]): string {
  return `json_extract_string(${holder}, ${engine.dialect.literal(pointerOf(path.slice(1)))})`
}

// The names as written: DESCRIBE would rename those that differ only in case
async function keysOf(engine: Engine, lines: string): Promise<string[]> {
  const found = await engine.query(
    `SELECT key FROM (SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS place FROM
       (SELECT json_keys(json) AS keys FROM ${lines} WHERE json_type(json) = 'OBJECT'))
     GROUP BY key ORDER BY min(place), key`,
  )
  return found.rows().map((row) => row['key'] as string)
}

// Only lines with lists or objects inside need their types looked at
async function isNested(engine: Engine, lines: string): Promise<boolean> {
  const found = await engine.query(
    `SELECT coalesce(bool_or(contains(text, '[') OR contains(text[2:], '{')), false) AS nested
     FROM (SELECT ltrim(json::VARCHAR) AS text FROM ${lines})`,
  )
  return found.cell('nested', 0) === true
}

async function columnsAt(
  engine: Engine,
  lines: string,
  path: readonly string[],
  problems: Problem[],
): Promise<JsonColumn[]> {
  const columns: JsonColumn[] = []
  problems.push(...(await namesTwice(engine, lines, path)))
  for (const { key, isObject, isList, isValue } of await membersAt(engine, lines, path)) {
    const here = [...path, key]
    if (isObject && !isList && !isValue && here.length <= mostNested) {
      columns.push(...(await columnsAt(engine, lines, here, problems)))
      continue
    }
    columns.push({ name: here.join('.'), path: here })
    if (isObject || isList) problems.push(await noCellAt(engine, lines, here))
  }
  return columns
}

async function membersAt(engine: Engine, lines: string, path: readonly string[]): Promise<Member[]> {
  const at = engine.dialect.literal(pointerOf(path))
  const pointer = `'/' || replace(replace(key, '~', '~0'), '/', '~1')`
  const found = await engine.query(
    `SELECT key, bool_or(type = 'OBJECT') AS objects, bool_or(type = 'ARRAY') AS lists,
       bool_or(type NOT IN ('OBJECT', 'ARRAY', 'NULL')) AS vals
     FROM (SELECT key, place, json_type(object, ${pointer}) AS type FROM
       (SELECT object, unnest(keys) AS key, generate_subscripts(keys, 1) AS place FROM
         (SELECT object, json_keys(object) AS keys FROM (SELECT json_extract(json, ${at}) AS object FROM ${lines})
          WHERE json_type(object) = 'OBJECT')))
     GROUP BY key ORDER BY min(place), key`,
  )
  return found.rows().map((row) => ({
    key: row['key'] as string,
    isObject: row['objects'] === true,
    isList: row['lists'] === true,
    isValue: row['vals'] === true,
  }))
}

async function noCellAt(engine: Engine, lines: string, path: readonly string[]): Promise<Problem> {
  const at = engine.dialect.literal(pointerOf(path))
  const found = await engine.query(
    `SELECT json_extract(json, ${at})::VARCHAR AS found FROM ${lines} WHERE json_type(json, ${at}) IN ('OBJECT', 'ARRAY') LIMIT 1`,
  )
  return notACell([path.join('.'), JSON.parse(found.cell('found', 0) as string)])
}

/** A JSON pointer, which can name any key. */
function pointerOf(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
