// population: who is counted at a cutoff, and for what reason the others are not.
import { epochDay } from 'holdfast'
import { featureMatrix, tenure } from 'holdfast/features'
import { activeCustomers, attributeIn, joinedWithin } from 'holdfast/labels'
import { openOperator } from './operator.js'

const history = await openOperator()
const population = activeCustomers({
  exclusions: [joinedWithin({ months: 3 }), attributeIn('doNotDisturb', [true])],
})
const counted = await featureMatrix(history, [tenure()], { cutoffs: [epochDay('2024-10-01')], population })
for (const { reason, customers } of counted.population.rows()) {
  console.log(`${String(customers).padStart(6)}  ${reason}`)
}
await history.close()
