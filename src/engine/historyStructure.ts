import * as z from 'zod'
import { isPlainObject } from '../base/arguments.js'
import { closestWord, type Problem } from '../base/errors.js'
import { optionProblems } from '../base/options.js'
import { ownValue, setOwnValue } from '../base/ownValue.js'
import { type HistoryKinds, type InputTableName, inputTableNames, inputTables } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'
import type { Engine } from './engine.js'
import { ourNames } from './historyColumns.js'
import type { PlannedTable } from './historyRules.js'
import { isMappedSource, mappedShape, placeOfSource, type StagedTable } from './historySources.js'

/** Comment on the tables that a history created, so that opening it again replaces only those. */
export const ownComment = 'input table of holdfast'

const mappedSources = z.record(z.string(), z.strictObject({ from: z.unknown(), ...mappedShape }))

/** Returns the problems of the names of the sources and of the options of each. */
export function sourceProblems(sources: unknown): Problem[] {
  const problems = sourceNameProblems(sources)
  if (typeof sources !== 'object' || sources === null) return problems
  const mapped = Object.entries(sources).filter(([, source]) => isMappedSource(source))
  return [...problems, ...optionProblems(mappedSources, Object.fromEntries(mapped))]
}

/** Returns the problems of the names of the sources. */
export function sourceNameProblems(sources: unknown): Problem[] {
  if (!isPlainObject(sources)) {
    const rule = 'to be an object with a source for each table'
    return [{ code: 'option-invalid', parameter: 'sources', rule, received: sources }]
  }
  const given = Object.entries(sources).filter(([, source]) => source !== undefined)
  const names = given.map(([name]) => name)
  const problems: Problem[] = names
    .filter((name) => !inputTableNames.some((known) => known === name))
    .map((name) => unknownTable(name))
  if (!names.includes('customers')) {
    problems.push({
      code: 'table-unknown',
      parameter: 'sources',
      rule: 'to have a table customers',
      received: names,
      wayOut: 'Give one row per customer, with id and activatedAt.',
    })
  }
  if (!names.some((name) => name !== 'customers' && inputTableNames.some((known) => known === name))) {
    problems.push({
      code: 'table-unknown',
      parameter: 'sources',
      rule: `to have at least one history table (${inputTableNames.slice(1).join(', ')})`,
      received: names,
      wayOut: 'Use fromFlatTable for a flat table with one row and a label per customer.',
    })
  }
  return problems
}

function unknownTable(name: string): Problem {
  const close = closestWord(name, inputTableNames)
  return {
    code: 'table-unknown',
    parameter: `table ${name}`,
    rule: `to be one of ${inputTableNames.join(', ')}`,
    wayOut: close === undefined ? 'Leave it out.' : `Did you mean ${close}?`,
  }
}

/** Returns the tables of a given engine that a history would overwrite but did not create. */
export async function foreignTables(engine: Engine, names: readonly string[]): Promise<Problem[]> {
  const { literal } = engine.dialect
  const found = await engine.query(
    `SELECT lower(name) AS name FROM (
       SELECT table_name AS name, comment FROM duckdb_tables() WHERE schema_name = current_schema() AND database_name = current_database()
       UNION ALL SELECT view_name, NULL FROM duckdb_views() WHERE NOT internal)
     WHERE comment IS DISTINCT FROM ${literal(ownComment)}`,
  )
  const taken = new Set(found.rows().map((row) => row['name']))
  return names
    .filter((name) => taken.has(name))
    .map((name) => ({
      code: 'engine-failed',
      parameter: `table ${name}`,
      rule: 'not to be in the engine already',
      wayOut: 'The history would overwrite it; rename it, or open the history on an engine of its own.',
    }))
}

/** Returns the problems of the column names of a source. */
export function structureProblems(staged: StagedTable): Problem[] {
  const { required, optional } = inputTables[staged.table]
  const place = placeOfSource(staged)
  const sourceNames = [...staged.columns.keys()]
  const names = ourNames(staged)
  const problems: Problem[] = []
  for (const [our, theirs] of staged.columnNames) {
    if (!staged.columns.has(theirs))
      problems.push(missingColumn(theirs, sourceNames, place, `mapped to ${our}`))
  }
  for (const name of Object.keys(required)) {
    if (!names.has(name) && !staged.columnNames.has(name)) {
      problems.push(missingColumn(name, sourceNames, place, `needed in ${staged.table}`))
    }
  }
  for (const name of staged.columnsSaid) {
    if (!names.has(name)) problems.push(unknownNotation(name, [...names.keys()], place))
  }
  for (const name of Object.keys(staged.types)) {
    if (!names.has(name)) problems.push(missingColumn(name, sourceNames, place, 'named in types'))
    const known = ownValue(required, name) ?? ownValue(optional, name)
    if (known !== undefined && known !== staged.types[name]) problems.push(typeFixed(staged, name, known))
  }
  return [...problems, ...clashes(staged)]
}

function missingColumn(
  name: string,
  found: readonly string[],
  place: Problem['place'],
  why: string,
): Problem {
  const close = closestWord(name, found)
  const wayOut =
    close === undefined
      ? 'Map the name in your file to ours with { from, columns }.'
      : `Did you mean ${close}? Map names with { from, columns: { ${name}: '${close}' } }.`
  return {
    code: 'column-missing',
    parameter: `column ${name}`,
    rule: `to exist (${why}); the columns are ${found.join(', ')}`,
    ...(place === undefined ? {} : { place }),
    wayOut,
  }
}

function unknownNotation(name: string, found: readonly string[], place: Problem['place']): Problem {
  const close = closestWord(name, found)
  return {
    code: 'column-missing',
    parameter: `column ${name}`,
    rule: `to exist (a notation is given for it); the columns are ${found.join(', ')}`,
    ...(place === undefined ? {} : { place }),
    wayOut: close === undefined ? 'Leave it out.' : `Did you mean ${close}?`,
  }
}

function typeFixed(staged: StagedTable, name: string, kind: ColumnKind): Problem {
  return {
    code: 'option-invalid',
    parameter: `${staged.table}.types.${name}`,
    rule: `to be ${JSON.stringify(kind)}, as in every history`,
    received: staged.types[name],
    wayOut: 'Leave it out of types.',
  }
}

// Engines ignore case in names
function clashes(staged: StagedTable): Problem[] {
  const seen = new Map<string, string>()
  const { happenedAt } = inputTables[staged.table]
  const isEvent = staged.table !== 'customers' && staged.table !== 'calls'
  if (isEvent && happenedAt !== 'day') seen.set('day', `day, which is made from ${happenedAt}`)
  const ours = new Map([...staged.columnNames].map(([our, theirs]) => [theirs, our]))
  const problems: Problem[] = []
  for (const theirs of staged.columns.keys()) {
    const isRowid = theirs.toLowerCase() === 'rowid'
    const isOfChecks = [theirs, ours.get(theirs)].some((name) => name?.toLowerCase().startsWith('holdfast '))
    if (!isRowid && !isOfChecks) continue
    const rule = isRowid
      ? 'to have another name: the engine numbers its rows by it'
      : 'to have another name: those that begin with "holdfast " are for checking rows'
    const place = { ...placeOfSource(staged), column: theirs }
    problems.push({
      code: 'column-duplicate',
      parameter: `column ${theirs}`,
      rule,
      place,
      wayOut: 'Rename it in the source.',
    })
  }
  // Mapped names first: if a column already has a mapped name, that column is the one to rename
  const inOrder = [...staged.columns.keys()].sort((a, b) => Number(ours.has(b)) - Number(ours.has(a)))
  for (const theirs of inOrder) {
    const our = ours.get(theirs) ?? theirs
    const other = seen.get(our.toLowerCase())
    if (other !== undefined) {
      problems.push({
        code: 'column-duplicate',
        parameter: `column ${theirs}`,
        rule: `to have another name than ${other}`,
        place: { ...placeOfSource(staged), column: theirs },
        wayOut: `Give it a name of its own: columns: { other${our[0]?.toUpperCase()}${our.slice(1)}: '${theirs}' }.`,
      })
    }
    seen.set(our.toLowerCase(), our === theirs ? our : `${our} (${theirs})`)
  }
  return problems
}

/** Returns the kinds of all columns of the checked tables. */
export function kindsOf(planned: readonly PlannedTable[]): HistoryKinds {
  const kinds: Partial<Record<InputTableName, Record<string, ColumnKind>>> = {}
  for (const { staged, plans } of planned) {
    const columns: Record<string, ColumnKind> = {}
    for (const plan of plans) setOwnValue(columns, plan.name, plan.kind)
    if (staged.table === 'customers') columns['cancelledAt'] = 'day'
    else columns['day'] = 'day'
    kinds[staged.table] = columns
  }
  return kinds
}

/** No customers contact a service desk this often on average, but they may open a product this often. */
const mostContactsAMonth = 4
const daysAMonth = 30.44

/** Returns a note if `contacts` seem to hold product usage. */
export async function misplacedNotes(engine: Engine, given: readonly InputTableName[]): Promise<string[]> {
  if (!given.includes('contacts') || given.includes('usage')) return []
  const found = await engine.query(
    'SELECT count(*) AS n, count(DISTINCT id) AS ids, max(day) - min(day) + 1 AS days FROM contacts',
  )
  const [rows, ids, days] = ['n', 'ids', 'days'].map((name) => Number(found.cell(name, 0) ?? 0))
  const aMonth = rows! / Math.max(1, ids!) / Math.max(1, days! / daysAMonth)
  if (aMonth <= mostContactsAMonth) return []
  return [
    `Table contacts has ${aMonth.toFixed(0)} rows per customer and month, and there is no table usage. Contacts are talks with ` +
      'the service desk; what customers do with the product is usage, whose features are activity, silence and breadth. ' +
      "If that is what these rows are: usage: { from: …, columns: { feature: 'kind' } }.",
  ]
}
