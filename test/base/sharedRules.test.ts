import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { numberColumn } from '../../src/base/matrix.js'
import { seedRule } from '../../src/base/sharedRules.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'

const source = new URL('../../src/', import.meta.url)
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  // What files hold has the rules of its format.
  .filter((file) => file.endsWith('.ts') && !/factsRule|learn\/imported/.test(file))

test('a seed, whose rows are, a signal, a level and a day have one rule each, wherever they are options', () => {
  const own = /\b(?:seed|groups|signal|level|asOf): (?:z\s*\.|z\n)/
  expect(files.filter((file) => own.test(readFileSync(new URL(file, source), 'utf8')))).toEqual([])
})

test('a seed is any 32-bit integer: -1 draws as 4294967295, one beyond is refused', () => {
  expect(seedRule.safeParse(-(2 ** 31)).success).toBe(true)
  expect(seedRule.safeParse(2 ** 32).success).toBe(false)
  const values = Array.from({ length: 80 }, (_, row) => (row * 37) % 80)
  const data = {
    features: { rowCount: 80, columns: [numberColumn('calls', values)] },
    outcome: Uint8Array.from(values, (value, row) => ((value + row) % 3 === 0 ? 1 : 0)),
  }
  const marginOf = (seed: number) =>
    trainBoosting(data, { seed, rounds: 3, earlyStopping: false, rowShare: 0.5 }).margin(data.features)
  expect(marginOf(-1)).toEqual(marginOf(4_294_967_295))
  expect(marginOf(-1)).not.toEqual(marginOf(7))
})
