import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readScorer } from '../../src/score/scorer.node.js'
import { readTable } from '../../src/table/readTable.node.js'
import { holdfast, temporaryFolder, writeLines } from './holdfast.js'

// Scoring reads days and rows as training did: without a flag as the model says, with another not at all.
const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)

it('instants of a file have their day in the time zone of the model', async () => {
  // 20:00 in New York is the next day in UTC
  const rows = Array.from({ length: 60 }, (_, row) => {
    const month = 1 + (row % 12)
    return `C${row},2024-${String(month).padStart(2, '0')}-15T20:00:00-05:00,${month > 6 === row % 7 > 0 ? 1 : 0}`
  })
  await writeLines(at('flat.csv'), ['id,since,churn', ...rows])
  const flags = ['--id', 'id', '--learner', 'logistic', '--as-of', '2025-01-01']
  const train = (zone: string, out: string) =>
    holdfast(['train', at('flat.csv'), ...flags, '--time-zone', zone, '--out', at(out)])
  expect((await train('America/New_York', 'there.model')).code).toBe(0)
  expect((await train('UTC', 'utc.model')).code).toBe(0)
  const [there, utc] = [await readScorer(at('there.model')), await readScorer(at('utc.model'))]
  expect([there.about.timeZone, utc.about.timeZone]).toEqual(['America/New_York', 'UTC'])
  const range = { greatest: 352, least: 17 }
  // from the evening of 15 January or of 15 December to 1 January 2025; in UTC a day less
  expect(there.about.seen![0]).toMatchObject({ range })
  expect(utc.about.seen![0]).toMatchObject({
    range: { greatest: range.greatest - 1, least: range.least - 1 },
  })
  const score = ['score', at('there.model'), at('flat.csv'), '--id', 'id', '--as-of', '2025-01-01']
  expect((await holdfast([...score, '--out', at('scores.csv')])).code).toBe(0)
  const scores = await readTable(at('scores.csv'))
  const first = scores.rows().find(({ id }) => id === 'C0')!
  const alone = there.scoreRow({ since: '2024-01-15' }, { asOf: '2025-01-01' })
  expect(first['probability']).toBeCloseTo(alone.probability, 9)
  for (const command of [
    [...score, '--out', at('no.csv')],
    ['evaluate', at('there.model'), at('flat.csv'), '--as-of', '2025-01-01'],
  ]) {
    const other = await holdfast([...command, '--time-zone', 'UTC'])
    expect(other.code).toBe(3)
    expect(other.messages).toContain('Leave --time-zone out, or give America/New_York')
  }
})

it('rows of a history that are there twice are dropped where the model dropped them', async () => {
  await mkdir(at('operator'))
  const months = ['2024-01', '2024-02', '2024-03', '2024-04', '2024-05', '2024-06']
  const ids = Array.from({ length: 40 }, (_, row) => `C${row}`)
  const end = (row: number) => (row % 2 === 0 ? '' : `2024-0${3 + (((row - 1) / 2) % 4)}-10`)
  await writeLines(at('operator/customers.csv'), [
    'id,activatedAt,cancelledAt',
    ...ids.map((id, row) => `${id},2023-01-01,${end(row)}`),
  ])
  const usage = ids.flatMap((id, row) =>
    months.flatMap((month, index) =>
      end(row) !== '' && `${month}-05` > end(row) ? [] : [`${id},${month}-05,${10 + row + index}`],
    ),
  )
  await writeLines(at('operator/usage.csv'), ['id,day,minutes', ...usage, ...usage.slice(0, 30)])
  const history = ['--history', at('operator'), '--today', '2024-06-30', '--complete-until', '2024-06-30']
  const trained = await holdfast([
    ...['train', ...history, '--learner', 'logistic', '--repeated-rows', 'drop'],
    ...['--horizon-days', '20', '--cutoffs', '2024-03..2024-05'],
    ...['--out', at('drop.model')],
  ])
  expect([trained.code, trained.messages]).toEqual([0, expect.stringContaining('30 of')])
  expect((await readScorer(at('drop.model'))).about.repeatedRows).toBe('drop')
  const score = ['score', at('drop.model'), ...history, '--as-of', '2024-06-01', '--out', at('history.csv')]
  const same = await holdfast(score)
  expect([same.code, same.messages]).toEqual([
    0,
    expect.stringContaining('left out, as --repeated-rows asks'),
  ])
  const other = await holdfast([...score, '--repeated-rows', 'keep'])
  // the flag is wrong, not the input
  expect(other.code).toBe(2)
  expect(other.messages).toContain('Leave --repeated-rows out, or give drop.')
  const evaluated = await holdfast(['evaluate', at('drop.model'), ...history, '--time-zone', 'Asia/Tokyo'])
  expect(evaluated.code).toBe(2)
  expect(evaluated.messages).toContain('Leave --time-zone out, or give UTC.')
})
