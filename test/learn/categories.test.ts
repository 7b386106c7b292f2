import { expect, test } from 'vitest'
import { textColumn } from '../../src/base/matrix.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { trainForest } from '../../src/learn/forest/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'

// 40 customers of each plan; of the missing ones a quarter leaves, of Gold a tenth, of Café half.
const plans = [null, 'Gold', 'Caf\u00e9'] as const
const rowsOf = (write: (plan: string | null, row: number) => string | null) =>
  plans.flatMap((plan) => Array.from({ length: 40 }, (_, row) => write(plan, row)))
const outcome = Uint8Array.from(
  [4, 10, 2].flatMap((every) => Array.from({ length: 40 }, (_, row) => (row % every === 0 ? 1 : 0))),
)
const matrix = (texts: readonly (string | null)[]) => ({
  rowCount: texts.length,
  columns: [textColumn('plan', texts)],
})

const clean = rowsOf((plan) => plan)
const written = rowsOf((plan, row) => {
  if (plan === null) return [null, '', ' ', '\u00a0'][row % 4]!
  return [plan, ` ${plan}`, `${plan}\t`, plan.normalize('NFD')][row % 4]!
})

test.each([
  ['boosting', trainBoosting],
  ['a forest', trainForest],
  ['logistic regression', trainLogistic],
])('%s reads categories, however they are written, the same in training and in scoring', (_, train) => {
  const [fromClean, fromWritten] = [clean, written].map((texts) =>
    train({ features: matrix(texts), outcome }),
  )
  const expected = fromClean!.probability(matrix(clean))
  for (const model of [fromClean!, fromWritten!]) {
    expect(model.probability(matrix(clean))).toEqual(expected)
    expect(model.probability(matrix(written))).toEqual(expected)
  }
})
