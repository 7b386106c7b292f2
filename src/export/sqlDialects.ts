import { whiteSpace } from '../base/category.js'
import { duckdbSpelling, postgresqlSpelling, type SqlSpelling } from '../base/sqlSpelling.js'

/** What an exported query needs of a database beside the spelling of names and values. */
export interface ExportDialect extends SqlSpelling {
  /** A finite number as a literal of 64 bits, so that it is computed with as it is here. */
  double(value: number): string
  /** Type of numbers of 64 bits. */
  readonly doubleType: string
  /** Type of texts. */
  readonly textType: string
  /** Type of whole numbers. */
  readonly integerType: string
  /** At the end of a step, so that the planner does not write its expressions into the next one, once for each use. */
  readonly fence: string
  /** Longest name of a column in UTF-8 bytes; null = any. */
  readonly mostNameBytes: number | null
  /** Columns of a step at most; null = any. */
  readonly mostColumns: number | null
  /** Names of columns that differ in upper and lower case only are the same. */
  readonly ignoresCase: boolean
  /** Texts cannot hold the character U+0000. */
  readonly refusesNul: boolean
  /** A text without white space around it, each character in one spelling (Unicode NFC), compared byte by byte. */
  category(text: string): string
  /** A text as it stands, compared byte by byte. */
  exact(text: string): string
  /** True if the whole text fits a regular expression, which is valid in all databases. */
  matches(text: string, pattern: string): string
  /** 1 and 0 of a column of true and false, or of the numbers 1 and 0: whichever it is. */
  flag(column: string): string
  /** The days from a column of days until a day `YYYY-MM-DD`. */
  daysUntil(column: string, day: string): string
}

/** By number: an editor or a terminal that the query passes through may change the characters themselves. */
const whiteSpaceSql = [...whiteSpace].map((each) => `chr(${each.codePointAt(0)})`).join(' || ')

/** A database that a scorer can be exported to. */
export type SqlDialectName = 'duckdb' | 'postgresql'

const dialectOf: Readonly<Record<SqlDialectName, ExportDialect>> = {
  duckdb: {
    ...duckdbSpelling,
    // Without an exponent it would be a decimal number; a bare minus after another begins a comment
    double: (value) => (value < 0 ? `(${withExponent(value)})` : withExponent(value)),
    doubleType: 'DOUBLE',
    textType: 'VARCHAR',
    integerType: 'INTEGER',
    fence: '',
    mostNameBytes: null,
    mostColumns: null,
    ignoresCase: true,
    refusesNul: false,
    category: (text) => `nfc_normalize(trim(${text}, ${whiteSpaceSql})) COLLATE "C"`,
    exact: (text) => `${text} COLLATE "C"`,
    matches: (text, pattern) => `regexp_full_match(${text}, ${duckdbSpelling.literal(pattern)})`,
    flag: (column) => `CAST(${column} AS DOUBLE)`,
    daysUntil: (column, day) =>
      `date_diff('day', CAST(${column} AS DATE), DATE ${duckdbSpelling.literal(day)})`,
  },
  postgresql: {
    ...postgresqlSpelling,
    double: (value) => `'${withExponent(value)}'::float8`,
    doubleType: 'double precision',
    textType: 'text',
    integerType: 'integer',
    fence: ' OFFSET 0',
    mostNameBytes: 63,
    // 1,664 are possible
    mostColumns: 1600,
    ignoresCase: false,
    refusesNul: true,
    category: (text) => `normalize(btrim(${text}, ${whiteSpaceSql}), NFC) COLLATE "C"`,
    exact: (text) => `${text} COLLATE "C"`,
    matches: (text, pattern) => `${text} ~ ${postgresqlSpelling.literal(`^(${pattern})$`)}`,
    // A cast from true and false to numbers of 64 bits is no expression of PostgreSQL, even where it would not be reached
    flag: (column) =>
      `CASE CAST(${column} AS text) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE CAST(CAST(${column} AS text) AS double precision) END`,
    daysUntil: (column, day) => `(DATE ${postgresqlSpelling.literal(day)} - CAST(${column} AS date))`,
  },
}

/** Names of the databases that a scorer can be exported to. */
export const sqlDialectNames = Object.keys(dialectOf) as [SqlDialectName, ...SqlDialectName[]]

/** Returns the spelling of a database. */
export function exportDialect(name: SqlDialectName): ExportDialect {
  return dialectOf[name]
}

function withExponent(value: number): string {
  const text = String(value)
  return text.includes('e') ? text : `${text}e0`
}
