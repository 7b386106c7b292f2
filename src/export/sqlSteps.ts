import type { ExportDialect } from './sqlDialects.js'

/** A value computed in one step of a query, by name in all later ones. */
export interface StepColumn {
  readonly name: string
  /** 0 = of the table; otherwise the number of the step. */
  readonly step: number
}

interface Definition extends StepColumn {
  readonly sql: string
  /** The last step that reads it. */
  readBy: number
}

/**
 * A query as steps, each a SELECT over the one before: an expression written once and used often stays one, and none
 * becomes deeper than databases parse.
 */
export class SqlSteps {
  readonly #columns = new Map<string, Definition>()
  readonly #known = new Map<string, StepColumn>()

  constructor(readonly dialect: ExportDialect) {}

  /**
   * Returns the column of an expression; the same one for the same expression.
   *
   * @param from the columns that the expression reads; none = columns of the table only
   */
  column(sql: string, from: readonly StepColumn[] = []): StepColumn {
    const known = this.#known.get(sql)
    if (known !== undefined) return known
    const step = 1 + Math.max(0, ...from.map((column) => column.step))
    for (const { name } of from) {
      const read = this.#columns.get(name)!
      read.readBy = Math.max(read.readBy, step)
    }
    const column = { name: `v${this.#columns.size}`, step, sql, readBy: step }
    this.#columns.set(column.name, column)
    this.#known.set(sql, column)
    return column
  }

  /** Number of columns of the widest step. */
  get width(): number {
    return Math.max(0, ...this.#steps().map((step) => step.length))
  }

  /**
   * Returns the query.
   *
   * @param table the relation, with its alias
   * @param id the SQL of the id in the table, null = none
   * @param outputs the SQL of what comes out, by name, and the columns that it reads
   */
  query(
    table: string,
    id: string | null,
    outputs: Readonly<Record<string, string>>,
    read: readonly StepColumn[],
  ): string {
    for (const { name } of read) this.#columns.get(name)!.readBy = Number.POSITIVE_INFINITY
    const carried = id === null ? [] : ['id']
    const selects = this.#steps().map((columns, index) => {
      const own = columns.map(({ name, step, sql }) => (step === index + 1 ? `${sql} AS ${name}` : name))
      const first = index === 0 && id !== null ? [`${id} AS id`] : carried
      const parts = [...first, ...own]
      const list = parts.length === 0 ? '1 AS one' : parts.join(',\n  ')
      const source = index === 0 ? table : `holdfast_${index}`
      return `holdfast_${index + 1} AS (SELECT\n  ${list}\nFROM ${source}${this.dialect.fence})`
    })
    const last = Object.entries(outputs).map(([name, sql]) => `${sql} AS ${name}`)
    if (selects.length === 0) {
      const columns = [...(id === null ? [] : [`${id} AS id`]), ...last]
      return `SELECT\n  ${columns.join(',\n  ')}\nFROM ${table}`
    }
    return `WITH ${selects.join(',\n')}\nSELECT\n  ${[...carried, ...last].join(',\n  ')}\nFROM holdfast_${selects.length}`
  }

  /** The columns of each step: those that it computes, and those that later ones need. */
  #steps(): Definition[][] {
    const count = Math.max(0, ...[...this.#columns.values()].map(({ step }) => step))
    const steps = Array.from({ length: count }, (): Definition[] => [])
    for (const column of this.#columns.values()) {
      const last = Math.min(column.readBy - 1, count)
      for (let step = column.step; step <= Math.max(last, column.step); step++) steps[step - 1]!.push(column)
    }
    return steps
  }
}
