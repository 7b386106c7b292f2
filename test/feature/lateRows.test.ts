import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { featureName } from '../../src/feature/name/featureName.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { cellOf } from '../../src/table/table.js'

// A usage row of 10 January that arrives on 5 February, and one of 20 January that says it was known on the 19th.
const usage = [
  { id: 'A', day: '2025-01-05', minutes: 1, cell: 'x', knownAt: null },
  { id: 'A', day: '2025-01-10', minutes: 10, cell: 'y', knownAt: '2025-02-05' },
  { id: 'A', day: '2025-01-20', minutes: 100, cell: 'x', knownAt: '2025-01-19' },
]
// The plan L is entered on 3 February with effect from 15 January.
const plans = [
  { id: 'A', from: '2024-06-01', plan: 'M', knownAt: null },
  { id: 'A', from: '2025-01-15', plan: 'L', knownAt: '2025-02-03' },
]
// A complaint of 1 January that is entered on 2 February and settled on 10 February.
const contacts = [
  { id: 'A', day: '2025-01-01', kind: 'complaint', closedAt: '2025-02-10', knownAt: '2025-02-02' },
]
const days = ['2025-02-01', '2025-02-03', '2025-02-05', '2025-02-06', '2025-02-11'].map((text) =>
  epochDay(text),
)
let history: History

beforeAll(async () => {
  const customers = [{ id: 'A', activatedAt: '2024-06-01' }]
  history = await openHistory({ customers, usage, plans, contacts })
})

afterAll(() => history.close())

async function valuesOf(rule: FeatureRule, cutoffs: EpochDay[]): Promise<unknown[]> {
  const { features } = await featureMatrix(history, [rule], { cutoffs })
  return cutoffs.map((_, row) => cellOf(features.columns[0]!, row))
}

const all = { table: 'usage', window: 'all' } as const

// In the order of the days above. The late usage row is seen from 6 February on: `knownAt` < cutoff.
test.each<[FeatureRule, unknown[]]>([
  [{ kind: 'aggregate', aggregate: 'sum', measure: 'minutes', ...all }, [101, 101, 101, 111, 111]],
  [{ kind: 'aggregate', aggregate: 'activeDays', ...all }, [2, 2, 2, 3, 3]],
  [{ kind: 'aggregate', aggregate: 'activeDays', table: 'usage', window: { months: 2 } }, [2, 2, 2, 3, 3]],
  [{ kind: 'aggregate', aggregate: 'distinct', measure: 'cell', ...all }, [1, 1, 1, 2, 2]],
  // x x, and with the late row between them x y x
  [{ kind: 'aggregate', aggregate: 'changes', measure: 'cell', ...all }, [0, 0, 0, 2, 2]],
  // 5 → 20 January: 15 days; with the 10th between: 5 and 10 days, mean 7.5
  [{ kind: 'aggregate', aggregate: 'gapMean', ...all }, [15, 15, 15, 7.5, 7.5]],
  [{ kind: 'valueAt', which: 'last', column: 'minutes', type: 'number', ...all }, [100, 100, 100, 100, 100]],
  // The plan L is seen from 4 February on, the day after it was entered.
  [{ kind: 'inForce', column: 'plan', type: 'text' }, ['M', 'M', 'L', 'L', 'L']],
  // The complaint is seen from 3 February on, and is settled for whoever asks after the 10th.
  [{ kind: 'openRows', table: 'contacts', until: 'closedAt', which: 'count' }, [0, 1, 1, 1, 0]],
  // 3 February − 1 January = 33 days
  [{ kind: 'openRows', table: 'contacts', until: 'closedAt', which: 'oldestDays' }, [null, 33, 35, 36, null]],
])('%j sees a late row once it is known', async (rule, expected) => {
  expect(await valuesOf(rule, days)).toEqual(expected)
  for (const [index, cutoff] of days.entries()) {
    expect([featureName(rule), ...(await valuesOf(rule, [cutoff]))]).toEqual([
      featureName(rule),
      expected[index],
    ])
  }
})
