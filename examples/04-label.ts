// label: what happened after the cutoff. A plain object; an outcome that is not known yet is null, never "stayed".
import { buildDataset, cancelled, churnPlan, silent, tenure, valueDropped } from 'holdfast'
import { openOperator } from './operator.js'

const history = await openOperator()
const labels = [
  cancelled({ gapDays: 7, horizonDays: 30 }),
  silent({ gapDays: 7, silentDays: 30 }),
  valueDropped({ share: 0.3 }),
]
for (const label of labels) {
  const plan = churnPlan({ label, features: [tenure()], cutoffs: ['2024-09-01', '2024-10-01', '2024-12-20'] })
  const { report, warnings } = await buildDataset(history, plan)
  console.log(JSON.stringify(label))
  for (const { cutoff, rows, churned } of report.baseRates.rows())
    console.log(`  ${cutoff}: ${churned} of ${rows} churned`)
  for (const { cutoff, reason, customers } of report.unlabelled.rows()) {
    if (Number(customers) > 0) console.log(`  ${cutoff}: ${customers} without outcome, ${reason}`)
  }
  for (const warning of warnings) console.log(`  ${warning}`)
}
await history.close()
