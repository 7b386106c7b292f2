import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { dayRule } from '../base/dayRule.js'
import { type DayInput, formatDay } from '../base/days.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { openDuckdb } from '../engine/duckdb.js'
import { dayColumn, Table } from '../table/table.js'

/** The folder of the score log within a state folder. */
export const scoreLogFolder = 'scores'

/** Options of {@link readScoreLog}. */
export interface ScoreLogOptions {
  /** Only these customers. Default all. */
  readonly ids?: readonly string[]
  /** First as-of day. Default: the first there is. */
  readonly from?: DayInput
  /** First as-of day that is not returned. Default: none. */
  readonly until?: DayInput
  /** Only scores of the model with this fingerprint, or the beginning of it, as in the column `model`. Default all. */
  readonly model?: string
}

const options = z.strictObject({
  ids: z.array(z.string()).optional(),
  from: dayRule.optional(),
  until: dayRule.optional(),
  model: z
    .string()
    .regex(/^[0-9a-f]+$/)
    .optional(),
})

/**
 * Returns what a night job has scored: one row per customer, as-of day and model, in the order of day, model and id.
 *
 * Use it for how the score of a customer has moved, or for the lists of a day. Read while a night is running, it has the
 * nights before.
 *
 * @param state the state folder of the job
 * @returns columns `id`, `as_of`, `model`, `probability`, `band`, `stage`
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `engine-failed`
 *
 * Reads the files of the asked days only; memory for the rows returned.
 *
 * @see {@link runNight} for what writes it
 */
export async function readScoreLog(state: string, asked?: ScoreLogOptions): Promise<Table> {
  checkArguments('readScoreLog', ['state', state, 'text'])
  const { ids, from, until, model } = checkOptions('readScoreLog', options, asked)
  const folder = join(state, scoreLogFolder)
  const names = (await readdir(folder).catch(() => [])).filter((name) => {
    const [, day, by] = /^(\d{4}-\d\d-\d\d)-([0-9a-f]+)\.parquet$/.exec(name) ?? []
    if (day === undefined || by === undefined) return false
    if (from !== undefined && day < formatDay(from)) return false
    if (until !== undefined && day >= formatDay(until)) return false
    return model === undefined || by.startsWith(model.slice(0, by.length))
  })
  if (names.length === 0) return emptyLog()
  const engine = await openDuckdb()
  try {
    const { literal } = engine.dialect
    const files = names.sort().map((name) => literal(join(folder, name)))
    const where =
      ids === undefined ? '' : ` WHERE list_contains([${ids.map(literal).join(', ')}]::VARCHAR[], id)`
    return await engine.query(
      `SELECT * FROM read_parquet([${files.join(', ')}])${where} ORDER BY as_of, model, id`,
    )
  } finally {
    await engine.close()
  }
}

function emptyLog(): Table {
  return new Table([
    textColumn('id', []),
    dayColumn('as_of', []),
    textColumn('model', []),
    numberColumn('probability', []),
    textColumn('band', []),
    textColumn('stage', []),
  ])
}
