import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { takeRows } from '../../src/base/matrix.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { createScorer } from '../../src/score/scorer.js'
import { scoreStream } from '../../src/score/scoreStream.js'
import { cellOf } from '../../src/table/table.js'
import { sampleData } from '../learn/sample.js'

const data = sampleData(400, 3)
const scorer = createScorer(trainBoosting(data, { rounds: 20, earlyStopping: false }))
const rows = Array.from({ length: 50 }, (_, row) =>
  Object.fromEntries(data.features.columns.map((column) => [column.name, cellOf(column, row)])),
)

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('scoreStream', () => {
  it('gives each row, in order, the score that scoreRow and the whole table give it, to the bit', async () => {
    const streamed = await collected(scoreStream(scorer, rows))
    expect(streamed.map(({ place }) => place)).toEqual([...rows.keys()])
    expect(streamed.map(({ row }) => row)).toEqual(rows)
    expect(streamed.map(({ score }) => score)).toEqual(rows.map((row) => scorer.scoreRow(row)))
    const first = Int32Array.from(rows.keys())
    const whole = scorer.scoreMatrix({
      rowCount: rows.length,
      columns: takeRows(data.features, first).columns,
    })
    expect(streamed.map(({ score }) => score.probability)).toEqual([...whole.numbers('probability').values])
  })

  it('takes a row from the source only when its score is asked for, and ends the source with itself', async () => {
    let [taken, isEnded] = [0, false]
    async function* source() {
      try {
        for (const row of rows) {
          taken++
          yield row
        }
      } finally {
        isEnded = true
      }
    }
    const stream = scoreStream(scorer, source(), { reasons: 0 })
    expect(taken).toBe(0)
    await stream.next()
    await stream.next()
    expect(taken).toBe(2)
    await stream.return()
    expect([taken, isEnded]).toEqual([2, true])
  })

  it('a row that cannot be scored ends the stream with an error that names it', async () => {
    const bad = [rows[0]!, { ...rows[1]!, [data.features.columns[0]!.name]: Number.NaN }, rows[2]!]
    const stream = scoreStream(scorer, bad)
    await stream.next()
    const error: unknown = await stream.next().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HoldfastError)
    expect((error as HoldfastError).operation).toBe('scoreStream')
    expect((error as HoldfastError).problems[0]).toMatchObject({
      code: 'value-not-finite',
      place: { row: 2 },
    })
  })

  it('or is handed over with the reason, and the stream goes on', async () => {
    const bad = [rows[0]!, 5 as never, {}, rows[3]!]
    const refused: [number, string][] = []
    const onRefused = (_: unknown, place: number, { problems }: HoldfastError) =>
      refused.push([place, problems[0]!.code])
    const streamed = await collected(scoreStream(scorer, bad, { onRefused }))
    expect(streamed.map(({ place }) => place)).toEqual([0, 3])
    expect(refused).toEqual([
      [1, 'value-type'],
      [2, 'feature-missing'],
    ])
  })

  it('wrong arguments are refused at the call and not at the first row', () => {
    expect(() => scoreStream(scorer, 3 as never)).toThrow('expected rows to be a list of rows')
    expect(() => scoreStream(scorer, rows, { reason: 3 } as never)).toThrow('Did you mean reasons?')
    expect(() => scoreStream(scorer, rows, { onRefused: 3 as never })).toThrow('to be a function')
    expect(() => scoreStream({} as never, rows)).toThrow('scorer')
  })

  it('an error of the callback or of the source is not one of a row', async () => {
    const fails = () => {
      throw new Error('no more room')
    }
    await expect(collected(scoreStream(scorer, [{}], { onRefused: fails }))).rejects.toThrow('no more room')
  })
})
