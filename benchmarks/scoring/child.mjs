// One process that scores single rows with what is built: reads lines {"model"} or {"rows", "reasons"}, or {"history"}.
import { createInterface } from 'node:readline'
import { loadScorer } from '../../dist/entries/score.js'

let scorer
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  if (asked.model !== undefined) {
    scorer = loadScorer(Buffer.from(asked.model, 'base64'))
    console.log('{}')
    continue
  }
  const [times, predictions] = [[], []]
  const options = { reasons: asked.reasons }
  for (const row of asked.rows ?? asked.histories) {
    const begin = process.hrtime.bigint()
    const { probability } =
      asked.rows === undefined
        ? scorer.scoreOne(row, { asOf: asked.asOf, ...options })
        : scorer.scoreRow(row, options)
    times.push(Number(process.hrtime.bigint() - begin) / 1000)
    predictions.push(probability)
  }
  console.log(JSON.stringify({ microseconds: times, predictions }))
}
