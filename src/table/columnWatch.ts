import { closestWord, type Place, type Problem } from '../base/errors.js'
import { type EventTableName, inputTables } from './inputs.js'

/** A set of columns that rows have. */
interface Shape {
  readonly names: ReadonlySet<string>
  /** Number of the first such row. */
  readonly row: number
}

/**
 * Watches the columns of one table of one customer: a misspelled column must not pass for one without values.
 *
 * As in a history of row objects, a column may be left out of some rows and is then missing. Refused are:
 *
 *     a column that is read but that no row has
 *     a row that lacks a column that is read or known, but has a further one spelled nearly like it, if no row has both
 *
 * Rows of a service mostly have the same columns: only the first row of each shape is checked.
 */
export class ColumnWatch {
  readonly #shapes = new Map<string, Shape>()
  readonly #expected: readonly string[]
  readonly #declared: ReadonlySet<string>

  /**
   * @param read columns that are read
   * @param further further columns known to be in the table
   */
  constructor(
    readonly table: EventTableName | 'customers',
    readonly read: readonly string[],
    further: readonly string[] = [],
  ) {
    const { required, optional } = inputTables[table]
    this.#expected = [...new Set([...read, ...Object.keys(optional), ...further])]
    this.#declared = new Set(['id', ...Object.keys(required), ...this.#expected])
  }

  /** Notes the columns of a row. */
  note(names: readonly string[], row: number): void {
    if (!this.hasSeen(names)) this.#shapes.set(keyOf(names), { names: new Set(names), row })
  }

  /** True if a row with these columns, in this order, was noted. */
  hasSeen(names: readonly string[]): boolean {
    return this.#shapes.has(keyOf(names))
  }

  /** Returns a problem for each expected column that the rows, or one more row with these columns, seem to misspell. */
  misspelled(more?: { readonly names: readonly string[]; readonly row: number }): Problem[] {
    const shapes: Shape[] = [...this.#shapes.values()]
    if (more !== undefined) shapes.push({ names: new Set(more.names), row: more.row })
    return this.#expected.flatMap((name) => {
      const beside = new Set(shapes.filter(({ names }) => names.has(name)).flatMap(({ names }) => [...names]))
      for (const { names, row } of shapes) {
        if (names.has(name)) continue
        const others = [...names].filter((other) => !this.#declared.has(other) && !beside.has(other))
        // Short names are one letter away from other words: fee and free, bound and bond.
        const close = closestWord(name, others, name.length < 6 ? 0 : 1)
        if (close !== undefined) return [this.#misspelling(name, close, row)]
      }
      return []
    })
  }

  /** Returns a problem for each column that is read but that no row has, not even misspelled, if there are rows. */
  absent(): Problem[] {
    const shapes = [...this.#shapes.values()]
    if (shapes.length === 0) return []
    const misspelled = new Set(this.misspelled().map(({ parameter }) => parameter))
    return this.read
      .filter((name) => !shapes.some(({ names }) => names.has(name)) && !misspelled.has(`column ${name}`))
      .map((name) => {
        const others = [...new Set(shapes.flatMap(({ names }) => [...names]))]
        const close = closestWord(
          name,
          others.filter((other) => !this.#declared.has(other)),
        )
        return {
          code: 'column-missing',
          parameter: `column ${name}`,
          rule: `to be one of ${others.join(', ')}: the rules read it`,
          place: this.#place(),
          wayOut:
            close === undefined
              ? 'Add it; if its value is not known, write null.'
              : `Did you mean ${close}? Rename it to ${name}; if ${name} is not known, write null.`,
        }
      })
  }

  #misspelling(name: string, close: string, row: number): Problem {
    return {
      code: 'column-missing',
      parameter: `column ${name}`,
      rule: 'to have this name in every row that has it',
      received: close,
      place: this.#place(row),
      wayOut: `Did you mean ${close}? Rename it to ${name}; if ${name} is not known, write null.`,
    }
  }

  #place(row?: number): Place {
    return { table: this.table, ...(row === undefined ? {} : { row }) }
  }
}

function keyOf(names: readonly string[]): string {
  return names.join('\n')
}
