// feature: what was known before the cutoff. One rule, two executions: SQL for all customers, memory for one.
import { epochDay, telecomFeatures } from 'holdfast'
import {
  countOf,
  describeFeature,
  drop,
  featureMatrix,
  featureName,
  featuresOf,
  followCustomer,
  recency,
  sumOf,
} from 'holdfast/features'
import { openOperator } from './operator.js'

const rules = [
  recency('usage'),
  sumOf('usage', 'minutes', { months: 3 }),
  drop('bills', 'amount', 3),
  countOf('contacts', { months: 6 }, { column: 'kind', in: ['complaint'] }),
]
for (const rule of rules) console.log(`${featureName(rule)}: ${describeFeature(rule)}`)

// In a service, for one customer, without an engine:
const history = {
  customer: { id: 'A', activatedAt: '2023-05-10' },
  usage: [
    { day: '2024-09-28', minutes: 30 },
    { day: '2024-10-02', minutes: 99 },
  ],
  bills: [6, 7, 8, 9].map((month) => ({ period: `2024-0${month}`, amount: month === 9 ? 15 : 30 })),
  // A table that rules read is given, be it empty: one that is left out might have been forgotten.
  contacts: [],
}
const one = featuresOf(history, rules, epochDay('2024-10-01'))
for (const { name, ...column } of one.columns)
  if (column.kind === 'number') console.log(`${name} = ${column.values[0]}`)

// The same customer, followed: events come as they happen, and nothing is checked twice.
const followed = followCustomer(history, rules)
followed.append('contacts', { day: '2024-09-30', kind: 'complaint' })
followed.append('usage', { day: '2024-09-29', minutes: 5 })
const complaints = followed.features(epochDay('2024-10-01')).columns.at(-1)
if (complaints?.kind === 'number') console.log(`${complaints.name} = ${complaints.values[0]}`)

// For all customers, as one SQL statement:
const operator = await openOperator()
const features = telecomFeatures(operator.tables, { attributes: ['paymentType', 'region'] })
const all = await featureMatrix(operator, features, { cutoffs: [epochDay('2024-10-01')] })
console.log(`${all.ids.length} customers × ${all.features.columns.length} features`)
await operator.close()
