import { closestWord, type Problem } from '../base/errors.js'
import type { InputTableName } from '../table/inputs.js'

/** Rows of a source that have the same columns: a file, or rows with the same names. */
export interface SourcePart {
  readonly names: ReadonlySet<string>
  readonly file?: string
  /** Number of the first of the rows, unless they are a whole file. */
  readonly row?: number
}

/** Returns the parts of a list of row objects. */
export function partsOfRows(rows: readonly Readonly<Record<string, unknown>>[]): SourcePart[] {
  const parts = new Map<string, SourcePart>()
  for (const [index, row] of rows.entries()) {
    const names = Object.keys(row ?? {})
    const key = JSON.stringify(names)
    if (!parts.has(key)) parts.set(key, { names: new Set(names), row: index + 1 })
  }
  return [...parts.values()]
}

/**
 * Returns a problem for each column that some parts of a source seem to misspell: no part has both names, so each
 * column would lack the other's values, as if nothing had been used.
 */
export function misspelledColumns(table: InputTableName, parts: readonly SourcePart[]): Problem[] {
  const names = new Map<string, SourcePart[]>()
  for (const part of parts) {
    for (const name of part.names) names.set(name, [...(names.get(name) ?? []), part])
  }
  const partial = [...names].filter(([, having]) => having.length < parts.length)
  return partial.flatMap(([name, having], index) =>
    partial.slice(index + 1).flatMap(([other, havingOther]) => {
      if (!isNearlyCalled(name, other) || having.some((part) => part.names.has(other))) return []
      const isFewer = having.length < havingOther.length
      const [right, wrong, where] = isFewer ? [other, name, having[0]!] : [name, other, havingOther[0]!]
      return [misspelling(table, right, wrong, where)]
    }),
  )
}

/** True if one name is nearly another; only then are the parts of the source worth checking. */
export function hasNearNames(names: readonly string[]): boolean {
  return names.some((name, index) => names.slice(index + 1).some((other) => isNearlyCalled(name, other)))
}

// Short names are one letter from other words: fee and free. Numbers tell columns apart: phone1 and phone2
function isNearlyCalled(name: string, other: string): boolean {
  if (Math.abs(name.length - other.length) > 3) return false
  const isShort = Math.min(name.length, other.length) < 6
  if (name.replaceAll(/\d/g, '') === other.replaceAll(/\d/g, '')) return false
  return closestWord(name, [other], isShort ? 0 : 1) !== undefined
}

function misspelling(table: InputTableName, name: string, received: string, part: SourcePart): Problem {
  const { file, row } = part
  return {
    code: 'column-missing',
    parameter: `column ${name}`,
    rule: `to have this name in every ${row === undefined ? 'file' : 'row'} that has it`,
    received,
    place: { table, ...(file === undefined ? {} : { file }), ...(row === undefined ? {} : { row }) },
    wayOut: `Did you mean ${name}? Rename it; if both are meant, give both in each, blank where unknown.`,
  }
}

const filesNamed = 3

/** Returns a sentence for each column that not all files of a table have; elsewhere it has no values. */
export function partialColumnNotes(table: InputTableName, parts: readonly SourcePart[]): string[] {
  const files = new Map<string, Set<string>>()
  for (const { file, names } of parts) {
    if (file === undefined) continue
    const known = files.get(file) ?? new Set<string>()
    for (const name of names) known.add(name)
    files.set(file, known)
  }
  const names = new Set([...files.values()].flatMap((each) => [...each]))
  const lower = new Map([...files].map(([file, each]) => [file, new Set([...each].map(lowerCase))]))
  return [...names].flatMap((name) => {
    const without = [...files.keys()].filter((file) => !lower.get(file)!.has(name.toLowerCase()))
    if (without.length === 0) return []
    const shown = without.slice(0, filesNamed).join(', ')
    const more = without.length > filesNamed ? ', …' : ''
    return [
      `table ${table}: column ${name} is not in ${without.length} of its ${files.size} files (${shown}${more}): it counts as missing in their rows.`,
    ]
  })
}

function lowerCase(name: string): string {
  return name.toLowerCase()
}
