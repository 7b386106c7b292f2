import { checkArguments } from './arguments.js'

/** How one database writes names and values: what every statement needs, whatever it asks. */
export interface SqlSpelling {
  readonly name: string
  /** A name as an identifier: `"customer id"`. */
  identifier(name: string): string
  /** A value as a literal, with quotes doubled. */
  literal(value: string | number | boolean | null): string
}

const quoted = (name: string): string => {
  checkArguments('dialect.identifier', ['name', name, 'text'])
  return `"${name.replaceAll('"', '""')}"`
}

/** DuckDB's spelling of names and values. */
export const duckdbSpelling: SqlSpelling = Object.freeze({
  name: 'duckdb',
  identifier: quoted,
  literal: (value: string | number | boolean | null) => {
    if (value === null) return 'NULL'
    if (typeof value !== 'string') return String(value)
    // chr(0) because a statement ends at a NUL character
    return `'${value.replaceAll("'", "''")}'`.replaceAll('\0', "' || chr(0) || '")
  },
})

/** PostgreSQL's spelling of names and values, whatever `standard_conforming_strings` says. */
export const postgresqlSpelling: SqlSpelling = Object.freeze({
  name: 'postgresql',
  identifier: quoted,
  literal: (value: string | number | boolean | null) => {
    if (value === null) return 'NULL'
    if (typeof value !== 'string') return String(value)
    const text = value.replaceAll("'", "''")
    return text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\')}'` : `'${text}'`
  },
})
