import { monthsBetween } from '../../base/days.js'
import { ownValue } from '../../base/ownValue.js'
import type { CheckedEvent, CheckedRow } from '../../table/customerHistory.js'
import { type Formula, leastDivisor, paidPart } from '../formula.js'
import type { PercentileReference } from '../percentileReference.js'
import { oldestUnpaidDay } from './oldestUnpaidDay.js'
import { percentileAsOf } from './percentileAsOf.js'
import type { ProgramParts } from './programParts.js'
import type { Step, TextStep } from './ruleProgram.js'

type Run = Step['run']

/** Turns formulas into steps; equal formulas share a slot. */
export class FormulaSteps {
  readonly steps: Step[] = []
  readonly #slots = new Map<string, number>()
  readonly #parts: ProgramParts

  constructor(parts: ProgramParts) {
    this.#parts = parts
  }

  /** Returns the slot of a formula whose value is a number. */
  number(formula: Formula): number {
    switch (formula.op) {
      case 'part':
        return this.#parts.slot(formula.part)
      case 'constant':
        return this.#step(['constant', formula.value], () => formula.value)
      case 'minus':
      case 'times':
      case 'divided':
        return this.#binary(formula)
      case 'weighted':
      case 'countTrue':
        return this.#list(formula)
      case 'streak':
        return this.#streak(formula)
      case 'ifActiveThroughout': {
        const [of, window] = [this.number(formula.of), this.#parts.window(formula.window)]
        return this.#step(['ifActiveThroughout', of, window], (values, { customer, windows }) =>
          customer.activatedAt <= windows[window]!.start ? values[of]! : Number.NaN,
        )
      }
      case 'oldestUnpaid':
        return this.#oldestUnpaid(formula)
      case 'percentile':
        throw new TypeError('a percentile cannot be part of another rule')
      case 'tenure':
      case 'attribute':
      case 'isOther':
      case 'daysUntilAttribute':
        return this.#ofCustomer(formula)
      case 'inForce':
      case 'daysUntil':
        return this.#ofPlan(formula)
      default:
        return this.#unary(formula)
    }
  }

  /** Returns the slot of a percentile, which is read from the references of its feature. */
  percentile(
    formula: Extract<Formula, { op: 'percentile' }>,
    references: readonly PercentileReference[],
  ): number {
    const of = this.number(formula.of)
    const within = formula.within === null ? null : this.text(formula.within)
    return this.#step(['percentile', references[0]!.feature], (values, asked) =>
      percentileAsOf(references, asked.cutoff, values[of]!, within === null ? null : within(values, asked)),
    )
  }

  /** Returns the reader of a formula whose value is a text. */
  text(formula: Formula): TextStep {
    switch (formula.op) {
      case 'attribute':
        return (_, { customer }) => textOf(customer, formula.column)
      case 'inForce': {
        const lag = this.#parts.lag(formula.lag)
        return (_, { plans }) => textOf(plans[lag], formula.column)
      }
      case 'part': {
        const slot = this.#parts.slot(formula.part)
        const [table, column] = this.#parts.column(formula.part)
        return (values, { tables }) => tables[table]!.columns[column]!.texts[values[slot]!] ?? null
      }
      default:
        throw new TypeError(`${formula.op} is not a text`)
    }
  }

  #unary(formula: Extract<Formula, { of: Formula }>): number {
    const of = this.number(formula.of)
    switch (formula.op) {
      case 'band': {
        const { edges } = formula
        return this.#step(['band', of, ...edges], (values) => bandOf(values[of]!, edges))
      }
      case 'daysSince':
        return this.#step(['daysSince', of], (values, { cutoff }) => cutoff - values[of]!)
      default: {
        const change = changes[formula.op as keyof typeof changes]
        return this.#step([formula.op, of], (values) => change(values[of]!))
      }
    }
  }

  #binary(formula: Extract<Formula, { op: 'minus' | 'times' | 'divided' }>): number {
    const [left, right] = [this.number(formula.left), this.number(formula.right)]
    const runs: Record<typeof formula.op, Run> = {
      minus: (values) => values[left]! - values[right]!,
      times: (values) => values[left]! * values[right]!,
      divided: (values) =>
        Math.abs(values[right]!) < leastDivisor ? Number.NaN : values[left]! / values[right]!,
    }
    return this.#step([formula.op, left, right], runs[formula.op])
  }

  #list(formula: Extract<Formula, { op: 'weighted' | 'countTrue' }>): number {
    const of = formula.of.map((inner) => this.number(inner))
    if (formula.op === 'countTrue') {
      return this.#step(['countTrue', ...of], (values) => of.filter((slot) => values[slot]! > 0).length)
    }
    const { weights } = formula
    return this.#step(['weighted', ...of, ...weights], (values) => {
      let total = 0
      for (let index = 0; index < of.length; index++) total += weights[index]! * values[of[index]!]!
      return total
    })
  }

  #streak({ of, monthly }: Extract<Formula, { op: 'streak' }>): number {
    const slots = monthly.map((inner) => this.number(inner))
    const compares = of === 'rising' || of === 'falling'
    const months = compares ? slots.length - 1 : slots.length
    const lags = slots.map((_, lag) => this.#parts.window({ months: 1, lag }))
    const isSo = streaks[of]
    return this.#step(['streak', of, ...slots], (values, { customer, windows }) => {
      let month = 0
      while (
        month < months &&
        customer.activatedAt <= windows[lags[compares ? month + 1 : month]!]!.start &&
        isSo(values[slots[month]!]!, values[slots[month + 1]!] ?? 0)
      )
        month++
      return month
    })
  }

  #oldestUnpaid({ due, paid }: Extract<Formula, { op: 'oldestUnpaid' }>): number {
    const settled = this.#parts.slot(paidPart(paid))
    const [table, column] = this.#parts.column(due)
    const group = this.#parts.group(due)
    return this.#step(['oldestUnpaid', table, column, group, settled], (values, { cutoff, tables }) => {
      const rows = tables[table]!
      const day = oldestUnpaidDay(
        rows.seen(group, cutoff),
        rows.days,
        rows.columns[column]!,
        values[settled]!,
      )
      return cutoff - day
    })
  }

  #ofCustomer(
    formula: Extract<Formula, { op: 'tenure' | 'attribute' | 'isOther' | 'daysUntilAttribute' }>,
  ): number {
    if (formula.op === 'tenure') {
      return this.#step(['tenure'], (_, { customer, cutoff }) => monthsBetween(customer.activatedAt, cutoff))
    }
    const { column } = formula
    const runs: Record<typeof formula.op, Run> = {
      attribute: (_, { customer }) => numberOf(customer, column),
      daysUntilAttribute: (_, { customer, cutoff }) => numberOf(customer, column) - cutoff,
      isOther: (_, { customer }) => {
        const other = textOf(customer, column)
        return other === null ? Number.NaN : Number(other !== customer.id)
      },
    }
    return this.#step([formula.op, column], runs[formula.op])
  }

  #ofPlan(formula: Extract<Formula, { op: 'inForce' | 'daysUntil' }>): number {
    const { column } = formula
    const lag = this.#parts.lag(formula.op === 'inForce' ? formula.lag : undefined)
    return formula.op === 'inForce'
      ? this.#step(['inForce', column, lag], (_, { plans }) => numberOf(plans[lag], column))
      : this.#step(['daysUntil', column], (_, { plans, cutoff }) => numberOf(plans[lag], column) - cutoff)
  }

  #step(key: readonly (string | number)[], run: Run): number {
    const text = JSON.stringify(key)
    let slot = this.#slots.get(text)
    if (slot === undefined) {
      slot = this.#parts.newSlot()
      this.#slots.set(text, slot)
      this.steps.push({ slot, run })
    }
    return slot
  }
}

const changes = {
  orZero: (value: number) => (Number.isNaN(value) ? 0 : value),
  rounded,
  log: (value: number) => (value > 0 ? Math.log(value) : Number.NaN),
  log1p: (value: number) => Math.sign(value) * Math.log1p(Math.abs(value)),
  sqrt: (value: number) => Math.sign(value) * Math.sqrt(Math.abs(value)),
}

const streaks = {
  active: (rows: number) => rows > 0,
  silent: (rows: number) => rows === 0,
  rising: (sum: number, before: number) => sum > before,
  falling: (sum: number, before: number) => sum < before,
}

/** To 9 decimals; never −0. */
function rounded(value: number): number {
  return (Math.sign(value) * Math.round(Math.abs(value) * 1e9)) / 1e9 + 0
}

function bandOf(value: number, edges: readonly number[]): number {
  return Number.isNaN(value) ? value : edges.filter((edge) => edge <= value).length
}

function numberOf(row: CheckedRow | CheckedEvent | undefined, column: string): number {
  const cell = ownValue(row, column) ?? null
  return cell === null ? Number.NaN : Number(cell)
}

function textOf(row: CheckedRow | undefined, column: string): string | null {
  const cell = ownValue(row, column)
  return typeof cell === 'string' ? cell : null
}
