// lifecycle: the stage of each customer, with its evidence; the tag of a month never sees a later one.
import { epochDay, monthly, stageTable, tagCustomer, tagLifecycle, transitionTable } from 'holdfast'
import { openOperator } from './operator.js'

const amounts = [50, 50, 50, 30, 30]
const bills = amounts.map((amount, month) => ({ period: `2025-0${month + 1}`, amount }))
const tag = tagCustomer(
  { customer: { id: 'A', activatedAt: '2020-06-15' }, bills },
  { asOf: epochDay('2025-06-01') },
)
console.log(`${tag.stage}: ${tag.because}`)

const history = await openOperator()
const tags = await tagLifecycle(history, { cutoffs: monthly('2024-08', '2024-12') })
await history.close()
for (const { month, stage, customers, change } of stageTable(tags).rows()) {
  if (month === '2024-11-01')
    console.log(`${String(stage).padEnd(12)} ${String(customers).padStart(5)}  change ${change}`)
}
const recovered = transitionTable(tags)
  .rows()
  .find(({ from, to }) => from === 'decline' && to === 'maturity')
console.log(`recovered from decline within a month: ${recovered?.['customers']}`)
