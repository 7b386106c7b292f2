import { checkArguments } from '../base/arguments.js'
import { HoldfastError } from '../base/errors.js'
import type { CancelCause, UnpaidBefore } from './cancelCause.js'
import { type LabelName, labelName } from './labelName.js'
import type { PlanOrder } from './planOrder.js'
import { type FirstPassageRule, type OutcomeRule, outcomeRuleSchema } from './rule.js'

/**
 * Returns the rule with a given label name, for example that of a model file or a column of old predictions.
 *
 * Lists come back as in the name: sorted, each value once.
 *
 * @param name any text; a literal that is not the name of a label does not compile
 * @throws {HoldfastError} `value-unknown` if it is not the name of a label
 *
 * @example
 * parseLabelName('cancelled_gap7d_30d')
 * // => { kind: 'cancelled', gapDays: 7, horizon: { days: 30 } }
 *
 * @see {@link labelName}
 */
export function parseLabelName<Name extends string>(
  name: Name & (string extends Name ? unknown : LabelName),
): OutcomeRule {
  checkArguments('parseLabelName', ['name', name, 'text'])
  const ending = /^(.*?)(?:_gap(\d+)d)?_(\d+d|\d+m|all)$/s.exec(name)
  const what = ending === null ? undefined : whatOf(ending[1]!)
  if (ending !== null && what !== undefined) {
    const windows = { gapDays: Number(ending[2] ?? 0), horizon: horizonOf(ending[3]!) }
    const checked = outcomeRuleSchema.safeParse({ ...what, ...windows })
    // A name not written exactly as by labelName might mean something else.
    if (checked.success && labelName(checked.data) === name) return checked.data
  }
  throw new HoldfastError('parseLabelName', [
    {
      code: 'value-unknown',
      parameter: 'name',
      rule: 'to be the name of a label, such as cancelled_gap7d_30d',
      received: name,
    },
  ])
}

function horizonOf(text: string): FirstPassageRule['horizon'] {
  if (text === 'all') return 'all'
  const length = Number(text.slice(0, -1))
  return text.endsWith('d') ? { days: length } : { months: length }
}

/** The rule without its windows; the schema checks whether it is valid. */
function whatOf(text: string): object | undefined {
  const silent = /^silent_([a-z]+)_active(\d+)([dm])$/.exec(text)
  if (silent !== null) {
    const length = Number(silent[2])
    const active = silent[3] === 'd' ? { activeDays: length } : { activeMonths: length }
    return { kind: 'silent', table: silent[1], ...active }
  }
  const dropped = /^dropped_([a-z]+)_(.+)_([\d.]+)pct_of_(\d+)m$/s.exec(text)
  if (dropped !== null) {
    const [, table, measure, percent, months] = dropped
    return { kind: 'valueDropped', table, measure, share: shareOf(percent!), lookbackMonths: Number(months) }
  }
  const downgraded = /^downgraded_(.+)_(at_end|any_time)$/s.exec(text)
  if (downgraded !== null) {
    const when = downgraded[2] === 'at_end' ? 'atEnd' : 'anyTime'
    return { kind: 'planDowngraded', order: orderOf(downgraded[1]!), when }
  }
  const first = /^first\[(.+)\]$/s.exec(text)
  if (first !== null) return { kind: 'firstPassage', causes: splitOutside(first[1]!).map(passageOf) }
  return cancelledOf(text, 'kind')
}

function passageOf(text: string): object | undefined {
  const [, name, event] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (name === undefined || event === undefined) return undefined
  const silent = /^silent_([a-z]+)_(\d+)d$/.exec(event)
  const downgraded = /^downgraded_(.+)$/s.exec(event)
  const what =
    silent !== null
      ? { event: 'silent', table: silent[1], days: Number(silent[2]) }
      : downgraded !== null
        ? { event: 'planDowngraded', order: orderOf(downgraded[1]!) }
        : cancelledOf(event, 'event')
  return what === undefined ? undefined : { name: unescaped(name), ...what }
}

function cancelledOf(text: string, key: 'kind' | 'event'): object | undefined {
  const match = /^cancelled(?:_(voluntary|involuntary)\[([^\]]+)\])?$/s.exec(text)
  if (match === null) return undefined
  const [, of, by] = match
  return { [key]: 'cancelled', ...(by === undefined ? {} : { cause: { of, by: byOf(by) } }) }
}

function byOf(text: string): CancelCause['by'] {
  const [first, ...parts] = text.split(';') as [string, ...string[]]
  if (parts.length === 0) {
    const [column, values] = first.split('=')
    return { kind: 'reasonIn', column: unescaped(column!), in: listOf(values ?? '') }
  }
  return Object.assign({ kind: 'unpaid' as const }, ...parts.map(unpaidPartOf))
}

function unpaidPartOf(text: string): Omit<UnpaidBefore, 'kind'> {
  const [, what, days, value] = /^(failed|open)(\d+)d=(.*)$/s.exec(text) ?? []
  return what === 'failed'
    ? { failed: { kinds: listOf(value!), withinDays: Number(days) } }
    : { balance: { above: Number(value), dueDays: Number(days) } }
}

function orderOf(text: string): PlanOrder | undefined {
  const match = /^([^[]+)\[([^\]]+)\]$/s.exec(text)
  if (match === null) return undefined
  const [column, order] = [unescaped(match[1]!), match[2]!]
  if (order.includes('<')) return { column, tiers: order.split('<').map(listOf) }
  const [, number, percent] = /^by([\d.e+-]+)(pct)?$/.exec(order) ?? []
  if (number === undefined) return undefined
  return percent === undefined
    ? { column, leastFall: Number(number) }
    : { column, leastShare: shareOf(number) }
}

/** Splits at semicolons outside brackets. */
function splitOutside(text: string): string[] {
  return text.split(/;(?![^[]*\])/s)
}

function listOf(text: string): string[] {
  return text.split('|').map(unescaped)
}

function unescaped(text: string): string {
  if (text === '%') return ''
  return text.replaceAll(/%([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function shareOf(percent: string): number {
  return Number(`${percent}e-2`)
}
