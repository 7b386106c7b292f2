import { isMissing } from '../base/bitmap.js'
import { type EpochDay, formatDay } from '../base/days.js'
import { inNameOf, nearName, type Problem, refuse } from '../base/errors.js'
import type { Table } from '../table/table.js'
import { lifecycleStages } from './stage.js'

/** The tags of a table as numbers. */
export interface Tags {
  /** Tagged months, ascending. */
  readonly months: readonly EpochDay[]
  /** Index of each row's month in `months`. Shape (rows). */
  readonly rowMonth: Int32Array
  /** Index of each row's stage in `lifecycleStages`. Shape (rows). */
  readonly rowStage: Int32Array
  /** Equal for rows of one customer. Shape (rows). */
  readonly rowId: Int32Array
  /** First day of the month in which the stage began. Shape (rows). */
  readonly since: Int32Array
  /** Row numbers by customer and month. Shape (rows). */
  readonly order: Int32Array
}

/** Reads a table of tags. @throws {HoldfastError} `column-missing`, `column-type`, `value-missing`, `value-unknown`, `duplicate-id` */
export function readTags(operation: string, tags: Table): Tags {
  const [id, month, stage, since] = inNameOf(
    operation,
    () => [tags.texts('id'), tags.days('month'), tags.texts('stage'), tags.days('since')] as const,
  )
  const problems: Problem[] = []
  for (const column of [id, month, stage, since]) {
    const count = column.missing?.count() ?? 0
    const rule = 'to have a value in every row'
    if (count > 0) problems.push({ code: 'value-missing', parameter: `column ${column.name}`, rule, count })
  }
  const stageOfCode = stage.dictionary.map((text) => lifecycleStages.indexOf(text as 'churn'))
  const rowStage = Int32Array.from(stage.codes, (code) => stageOfCode[code] ?? -1)
  const unknown = rowStage.findIndex((code, row) => code < 0 && !isMissing(stage.missing, row))
  if (unknown >= 0) problems.push(unknownStage(stage.dictionary[stage.codes[unknown]!]!, unknown))
  refuse(operation, problems)

  const months = [...new Set(month.values)].sort((a, b) => a - b) as EpochDay[]
  const placeOf = new Map(months.map((day, place) => [day as number, place]))
  const rowMonth = Int32Array.from(month.values, (day) => placeOf.get(day)!)
  const rowId = sameIds(id.codes, id.dictionary)
  const order = Int32Array.from(rowId.keys()).sort(
    (a, b) => rowId[a]! - rowId[b]! || rowMonth[a]! - rowMonth[b]!,
  )
  const twice = order.findIndex(
    (row, place) =>
      place > 0 && rowId[order[place - 1]!] === rowId[row] && rowMonth[order[place - 1]!] === rowMonth[row],
  )
  if (twice >= 0)
    refuse(operation, [tagTwice(id.dictionary[id.codes[order[twice]!]!]!, months[rowMonth[order[twice]!]!]!)])
  return { months, rowMonth, rowStage, rowId, since: since.values, order }
}

// A dictionary may contain a text twice after tables have been combined.
function sameIds(codes: Int32Array, dictionary: readonly string[]): Int32Array {
  const numberOf = new Map<string, number>()
  for (const text of dictionary) if (!numberOf.has(text)) numberOf.set(text, numberOf.size)
  return Int32Array.from(codes, (code) => numberOf.get(dictionary[code]!)!)
}

function unknownStage(received: string, row: number): Problem {
  return {
    code: 'value-unknown',
    parameter: 'stage',
    rule: `to be one of ${lifecycleStages.join(', ')}`,
    received,
    place: { row: row + 1, column: 'stage' },
    ...nearName(received, lifecycleStages),
  }
}

function tagTwice(id: string, month: EpochDay): Problem {
  return {
    code: 'duplicate-id',
    parameter: `customer ${id}`,
    rule: `to have one tag in ${formatDay(month).slice(0, 7)}`,
    wayOut: 'Leave out the repeated rows.',
  }
}
