// label: what happened after the cutoff. A plain object; an outcome that is not known yet is null, never "stayed".
import { buildDataset, cancelled, churnPlan, epochDay, silent } from 'holdfast'
import { tenure } from 'holdfast/features'
import {
  firstPassage,
  labelName,
  planDowngraded,
  survivalTable,
  unpaidBefore,
  valueDropped,
  voluntary,
} from 'holdfast/labels'
import { openOperator } from './operator.js'

const history = await openOperator()
const labels = [
  cancelled({ gapDays: 7, horizonDays: 30 }),
  cancelled({ cause: voluntary(unpaidBefore({ failedKinds: ['failed'] })) }),
  silent({ gapDays: 7, silentDays: 30 }),
  planDowngraded({ leastShare: 0.1, horizonMonths: 1 }),
  valueDropped({ share: 0.3 }),
]
for (const label of labels) {
  const plan = churnPlan({ label, features: [tenure()], cutoffs: ['2024-09-01', '2024-10-01', '2024-12-20'] })
  const { report, warnings } = await buildDataset(history, plan)
  console.log(`${labelName(label)} ${JSON.stringify(label)}`)
  for (const { cutoff, rows, churned } of report.baseRates.rows())
    console.log(`  ${cutoff}: ${churned} of ${rows} churned`)
  for (const { cutoff, reason, customers } of report.unlabelled.rows()) {
    if (Number(customers) > 0) console.log(`  ${cutoff}: ${customers} without outcome, ${reason}`)
  }
  for (const warning of warnings) console.log(`  ${warning}`)
}

// Time to the first of two events. Whoever has had none is censored where the history ends, and not left out.
const label = firstPassage({
  causes: [
    { name: 'cancelled', event: 'cancelled' },
    { name: 'silent', event: 'silent', table: 'usage', days: 60 },
  ],
})
const { causes, causeNames, times } = await survivalTable(history, {
  label,
  cutoffs: [epochDay('2024-09-01')],
})
for (const [code, name] of ['censored', ...causeNames].entries()) {
  const days = times.filter((_, row) => causes[row] === code)
  const mean = days.reduce((sum, count) => sum + count, 0) / days.length
  console.log(`${name}: ${days.length} customers after ${mean.toFixed(0)} days on average`)
}
await history.close()
