import { expect, test } from 'vitest'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan, churnPlanSchema } from '../../src/dataset/churnPlan.js'
import { takeDatasetRows } from '../../src/dataset/dataset.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { tenure } from '../../src/feature/builders/customerBuilders.js'
import { cancelled } from '../../src/label/cancelled.js'
import { falseChurn } from '../../src/population/falseChurnRule.js'

const plan = churnPlan({
  label: cancelled({ horizonMonths: 1 }),
  features: [tenure()],
  cutoffs: ['2025-02-01', '2025-03-01'],
})

test('a re-entry is no churn of the dataset: no row, counted by its reason, and told in the report', async () => {
  const history = await openHistory(
    {
      customers: [
        { id: 'left', activatedAt: '2024-01-15', cancelledAt: '2025-03-20' },
        { id: 'moved', activatedAt: '2024-01-15', cancelledAt: '2025-03-20' },
        { id: 'moved here', activatedAt: '2025-03-21', cancelledAt: null },
        { id: 'stays', activatedAt: '2024-01-15', cancelledAt: null },
      ],
      devices: ['left', 'moved', 'moved here'].map((id) => {
        return { id, period: '2025-03', deviceId: id.startsWith('moved') ? 'p' : 'q' }
      }),
    },
    { today: '2025-04-01', completeUntil: '2025-04-01' },
  )
  const all = await buildDataset(history, plan)
  const real = await buildDataset(history, churnPlan({ ...plan, falseChurn: falseChurn() }))
  await history.close()
  const rowsOf = ({ ids, cutoffs, outcome }: typeof all) =>
    ids.map((id, row) => `${id} ${cutoffs![row]} ${outcome[row]}`)
  const [february, march] = plan.cutoffs
  expect(rowsOf(all)).toContain(`moved ${march} 1`)
  // In February nobody had left yet: the row of February stays
  expect(rowsOf(real)).toEqual(rowsOf(all).filter((row) => row !== `moved ${march} 1`))
  expect(rowsOf(real)).toContain(`moved ${february} 0`)
  expect(real.report.unlabelled.rows()).toContainEqual({
    cutoff: '2025-03-01',
    reason: 're-entry',
    customers: 1,
  })
  expect(real.report.falseChurn?.rows()[1]).toEqual({ reason: 're-entry', customers: 1, share: 0.5 })
  expect(takeDatasetRows(real, [0]).report.falseChurn).toBe(real.report.falseChurn)
  expect(all.report.falseChurn).toBe(undefined)
})

test('cancellations whose time for coming back is not over are named in a warning', async () => {
  const history = await openHistory(
    {
      customers: [
        { id: 'left', activatedAt: '2024-01-15', cancelledAt: '2025-03-20' },
        { id: 'stays', activatedAt: '2024-01-15', cancelledAt: null },
      ],
      devices: [{ id: 'left', period: '2025-03', deviceId: 'p' }],
    },
    { today: '2025-04-01', completeUntil: '2025-04-01' },
  )
  const warningsOf = async (rule: ReturnType<typeof falseChurn>) =>
    (await buildDataset(history, churnPlan({ ...plan, falseChurn: rule }))).warnings.filter((text) =>
      text.includes('for now'),
    )
  expect(await warningsOf(falseChurn())).toEqual([])
  expect(await warningsOf(falseChurn({ device: { monthsAfter: 1 } }))).toEqual([
    '1 cancelled customers count as churned for now: they may still come back under another number, because the history is complete only until 2025-04-01.',
  ])
  await history.close()
})

test('a plan with a rule of false churn comes back from JSON as it was', () => {
  const withRule = churnPlan({ ...plan, falseChurn: falseChurn({ account: 'accountId', reentryDays: 30 }) })
  expect(churnPlanSchema.parse(JSON.parse(JSON.stringify(withRule)))).toEqual(withRule)
})
