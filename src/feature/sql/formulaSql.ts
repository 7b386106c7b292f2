import { doubleSql } from '../../population/rowFilterSql.js'
import { type Formula, leastDivisor } from '../formula.js'
import type { CustomersSql } from './customerSql.js'
import type { PartsSql } from './partsSql.js'
import type { PlansSql } from './planSql.js'
import type { WindowsSql } from './windowsSql.js'

/** Sources of the values in formulas. */
export interface FormulaSources {
  readonly parts: PartsSql
  readonly plans: PlansSql
  readonly customers: CustomersSql
  readonly windows: WindowsSql
}

/** An SQL expression over the columns of a level: those of the sources at 0, then those named by the levels below. */
interface Expression {
  readonly sql: string
  readonly level: number
}

type Formulas<Op extends Formula['op']> = Extract<Formula, { op: Op }>

/**
 * Formulas as SQL expressions. What an expression would repeat is named in a SELECT below it, so that the statement
 * grows with the number of formulas and not exponentially with their depth.
 */
export class FormulaSql {
  readonly #sources: FormulaSources
  readonly #columns = new Map<string, string>()
  readonly #levels: Map<string, string>[] = []

  constructor(sources: FormulaSources) {
    this.#sources = sources
  }

  /** Returns the name of the column that holds the value of a formula. */
  column(formula: Formula): string {
    return this.#named(this.#expression(formula)).sql
  }

  /** Returns the SELECTs around the sources, the population `p` and its joins: columns `id`, `cutoff` and all names. */
  rows(from: string): string {
    const columns = [...this.#columns].map(([sql, name]) => `${sql} AS ${name}`)
    const first = `SELECT ${['p.id', 'p.cutoff', ...columns].join(', ')}\n${from}`
    return this.#levels.reduce((inner, level, index) => {
      const named = [...level].map(([sql, name]) => `${sql} AS ${name}`)
      return `SELECT ${['*', ...named].join(',\n  ')}\nFROM (${inner}) level${index}`
    }, first)
  }

  #expression(formula: Formula): Expression {
    switch (formula.op) {
      case 'constant':
        return { sql: doubleSql(formula.value), level: 0 }
      case 'minus':
      case 'times':
        return joined(
          [formula.left, formula.right].map((of) => this.#expression(of)),
          ([left, right]) => {
            return `(${left} ${formula.op === 'minus' ? '-' : '*'} ${right})`
          },
        )
      case 'divided':
        return this.#divided(formula)
      case 'weighted':
        return joined(
          formula.of.map((of) => this.#expression(of)),
          (of) => {
            return `(${of.map((sql, index) => `${doubleSql(formula.weights[index]!)} * ${sql}`).join(' + ')})`
          },
        )
      case 'countTrue':
        return joined(
          formula.of.map((of) => this.#expression(of)),
          (of) => {
            return `(${of.map((sql) => `CASE WHEN ${sql} > 0 THEN 1 ELSE 0 END`).join(' + ')})`
          },
        )
      case 'streak':
        return this.#streak(formula)
      case 'percentile':
        return this.#percentile(formula)
      case 'part':
      case 'tenure':
      case 'attribute':
      case 'isOther':
      case 'daysUntilAttribute':
      case 'inForce':
      case 'daysUntil':
      case 'oldestUnpaid':
        return this.#source(formula)
      default:
        return this.#changed(formula)
    }
  }

  #changed(
    formula: Formulas<
      'orZero' | 'rounded' | 'log' | 'log1p' | 'sqrt' | 'band' | 'daysSince' | 'ifActiveThroughout'
    >,
  ): Expression {
    const of = this.#expression(formula.of)
    switch (formula.op) {
      case 'orZero':
        return joined([of], ([x]) => `coalesce(${x}, 0)`)
      case 'rounded':
        return joined([of], ([x]) => roundedSql(x!))
      case 'daysSince':
        return joined([of], ([day]) => `(cutoff - ${day})`)
      case 'log':
        return joined([this.#named(of)], ([x]) => `CASE WHEN ${x} > 0 THEN ln(${x}) END`)
      case 'log1p':
        return joined([this.#named(of)], ([x]) => log1pSql(x!))
      case 'sqrt':
        return joined([this.#named(of)], ([x]) => `(sign(${x}) * sqrt(abs(${x})))`)
      case 'band':
        return joined([this.#named(of)], ([x]) => {
          const reached = formula.edges.map(
            (edge) => `CASE WHEN ${x} >= ${doubleSql(edge)} THEN 1 ELSE 0 END`,
          )
          return `CASE WHEN ${x} IS NOT NULL THEN ${reached.join(' + ')} END`
        })
      case 'ifActiveThroughout': {
        const activatedAt = this.#of(this.#sources.customers.attribute('activatedAt'))
        const start = this.#of(this.#sources.windows.start(formula.window))
        return joined(
          [activatedAt, start, of],
          ([day, first, x]) => `CASE WHEN ${day} <= ${first} THEN ${x} END`,
        )
      }
    }
  }

  #divided({ left, right }: Formulas<'divided'>): Expression {
    const [top, bottom] = [this.#expression(left), this.#named(double(this.#expression(right)))]
    return joined([double(top), bottom], ([a, b]) => {
      return `(${a} / CASE WHEN abs(${b}) >= ${doubleSql(leastDivisor)} THEN ${b} END)`
    })
  }

  // From the inside out: a month counts if all later ones do.
  #streak({ of, monthly }: Formulas<'streak'>): Expression {
    const values = monthly.map((month) => this.#named(this.#expression(month)))
    const compares = of === 'rising' || of === 'falling'
    const activatedAt = this.#of(this.#sources.customers.attribute('activatedAt'))
    const starts = monthly.map((_, lag) => this.#of(this.#sources.windows.start({ months: 1, lag })))
    const { sql, level } = joined([activatedAt, ...values, ...starts], ([day, ...rest]) => {
      const [sums, firsts] = [rest.slice(0, monthly.length), rest.slice(monthly.length)]
      const months = compares ? monthly.length - 1 : monthly.length
      let run = '0'
      for (let month = months - 1; month >= 0; month--) {
        const first = firsts[compares ? month + 1 : month]
        const isSo = streakSql(of, sums[month]!, sums[month + 1])
        run = `CASE WHEN ${day} <= ${first} AND ${isSo} THEN 1 + ${run} ELSE 0 END`
      }
      return run
    })
    return { sql: `(${sql})`, level }
  }

  // Missing values are ranked last and not counted.
  #percentile({ of, within }: Formulas<'percentile'>): Expression {
    const value = this.#named(
      joined([this.#expression(of)], ([x]) => roundedSql(`CAST(${x} AS DOUBLE PRECISION)`)),
    )
    const group = within === null ? [] : [this.#named(this.#expression(within))]
    return this.#named(
      joined([value, ...group], ([x, ...names]) => {
        const others = ['cutoff', ...names].join(', ')
        const below = `rank() OVER (PARTITION BY ${others} ORDER BY ${x} NULLS LAST) - 1`
        const alike = `count(*) OVER (PARTITION BY ${others}, ${x})`
        const all = `count(${x}) OVER (PARTITION BY ${others})`
        const there = [x!, ...names].map((name) => `${name} IS NOT NULL`).join(' AND ')
        return `CASE WHEN ${there} THEN (${below} + ${alike} / 2e0) / ${all} END`
      }),
    )
  }

  #source(
    formula: Formulas<
      | 'part'
      | 'tenure'
      | 'attribute'
      | 'isOther'
      | 'daysUntilAttribute'
      | 'inForce'
      | 'daysUntil'
      | 'oldestUnpaid'
    >,
  ): Expression {
    const { parts, plans, customers } = this.#sources
    switch (formula.op) {
      case 'part':
        return this.#of(parts.column(formula.part))
      case 'attribute':
        return this.#of(customers.attribute(formula.column))
      case 'inForce':
        return this.#of(plans.column(formula.column, formula.lag))
      case 'isOther': {
        const { sql, level } = this.#of(customers.attribute(formula.column))
        return { sql: `CASE WHEN ${sql} = id THEN 0 WHEN ${sql} <> id THEN 1 END`, level }
      }
      case 'daysUntilAttribute':
        return joined([this.#of(customers.attribute(formula.column))], ([day]) => `(${day} - cutoff)`)
      case 'daysUntil':
        return joined([this.#of(plans.column(formula.column, undefined))], ([day]) => `(${day} - cutoff)`)
      case 'oldestUnpaid':
        return joined([this.#of(parts.unpaidDay(formula.due, formula.paid))], ([day]) => `(cutoff - ${day})`)
      case 'tenure':
        return this.#tenure()
    }
  }

  // A month is complete once the activation's day of the month, capped at the month's length, is reached.
  #tenure(): Expression {
    const [now, then] = [this.#sources.windows.calendar(), this.#sources.customers.activation()]
    const columns = [now.month, then.month, then.dayOfMonth, now.dayReached].map((sql) => this.#of(sql))
    return joined(columns, ([month, activated, day, reached]) => {
      return `(${month} - ${activated} - CASE WHEN ${day} > ${reached} THEN 1 ELSE 0 END)`
    })
  }

  /** Names a column of the sources. */
  #of(sql: string): Expression {
    if (isPlain(sql)) return { sql, level: 0 }
    const name = this.#columns.get(sql) ?? `b${this.#columns.size}`
    this.#columns.set(sql, name)
    return { sql: name, level: 0 }
  }

  /** Names an expression, so that it can be used in several places. */
  #named(expression: Expression): Expression {
    const { sql, level } = expression
    if (isPlain(sql)) return expression
    const names = this.#levels[level] ?? new Map<string, string>()
    this.#levels[level] = names
    const name = names.get(sql) ?? `x${level}_${names.size}`
    names.set(sql, name)
    return { sql: name, level: level + 1 }
  }
}

function joined(parts: readonly Expression[], write: (sql: string[]) => string): Expression {
  return { sql: write(parts.map(({ sql }) => sql)), level: Math.max(...parts.map(({ level }) => level)) }
}

function double(expression: Expression): Expression {
  return joined([expression], ([sql]) => `CAST(${sql} AS DOUBLE PRECISION)`)
}

function roundedSql(value: string): string {
  return `round(${value} * 1e9) / 1e9`
}

/**
 * Engines have no ln(1 + x), and 1 + x drops digits of a small x: they are restored by the factor x / ((1 + x) − 1),
 * good to the last digits (Kahan; Goldberg 1991, theorem 4).
 */
function log1pSql(value: string): string {
  const one = `(1e0 + abs(${value}))`
  return `CASE WHEN ${one} = 1e0 THEN ${value} ELSE ln(${one}) * (${value} / (${one} - 1e0)) END`
}

function streakSql(of: Formulas<'streak'>['of'], value: string, before: string | undefined): string {
  switch (of) {
    case 'active':
      return `${value} > 0`
    case 'silent':
      return `${value} = 0`
    case 'rising':
      return `${value} > ${before}`
    case 'falling':
      return `${value} < ${before}`
  }
}

/** A name or a whole number, which can be repeated as it is. */
function isPlain(sql: string): boolean {
  return /^(\w+|\(-\d+\))$/.test(sql)
}
