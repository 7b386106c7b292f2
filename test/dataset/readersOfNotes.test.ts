import { expect, it } from 'vitest'
import { epochDay, formatDay, monthly } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { readersOfNotes } from '../../src/dataset/readersOfNotes.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { meanOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { ratio } from '../../src/feature/builders/arithmeticBuilders.js'
import { tenure } from '../../src/feature/builders/customerBuilders.js'
import { cancelled } from '../../src/label/cancelled.js'

it('what reads a table that was out is named with the note of it', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `C${index}`)
  const days = monthly('2024-01', '2024-12')
  const history = await openHistory({
    customers: ids.map((id, index) => ({
      id,
      activatedAt: '2023-12-01',
      cancelledAt: index % 4 === 0 ? '2024-11-15' : null,
    })),
    // No usage in June
    usage: ids.flatMap((id, index) =>
      days
        .filter((_, month) => month !== 5 && (index % 4 !== 0 || month < 11))
        .map((day) => ({ id, day: new Date((day + 9) * 86_400_000), minutes: 10 + index })),
    ),
    bills: ids.flatMap((id) => days.map((day) => ({ id, period: formatDay(day).slice(0, 7), amount: 20 }))),
  })
  try {
    const minutes = sumOf('usage', 'minutes', { months: 3 })
    const amount = meanOf('bills', 'amount', { months: 3 })
    const plan = churnPlan({
      label: cancelled({ horizonDays: 30 }),
      features: [minutes, amount, ratio(minutes, amount)],
      cutoffs: [epochDay('2024-11-01')],
    })
    const { warnings } = await buildDataset(history, plan)
    expect(warnings.join('\n')).toContain('Table usage: in 2024-06 only 0 % of the customers have a row')
    expect(warnings.filter((warning) => warning.includes('is read by'))).toEqual([
      'Table usage, mentioned above, is read by 2 features: usage_minutes_sum_3m, usage_minutes_sum_3m_per_bills_amount_mean_3m.',
    ])
  } finally {
    await history.close()
  }
})

it('every row reads customers: no feature is named for a note of theirs', () => {
  const plan = { features: [tenure()], label: cancelled({ horizonDays: 30 }) }
  expect(readersOfNotes(['Table customers: 3 rows have no id.'], plan)).toEqual([])
})
