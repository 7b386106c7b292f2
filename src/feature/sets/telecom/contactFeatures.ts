import type { RowCondition } from '../../../population/rowFilter.js'
import { countOf, distinctOf } from '../../builders/aggregateBuilders.js'
import { difference } from '../../builders/arithmeticBuilders.js'
import { openRows, recency } from '../../builders/rowBuilders.js'
import type { NumberRule } from '../../rule.js'
import type { Columns } from '../tables.js'
import type { CheckedTelecomOptions } from './telecomOptions.js'

const sixMonths = { months: 6 }

/** Returns the rules about contacts: complaints, by topic, repeated, unresolved; requests to cancel. */
export function contactFeatures(columns: Columns, options: CheckedTelecomOptions): NumberRule[] {
  const { kinds, complaintTopics } = options
  const { complaintTopic: topic, resolvedAt } = options.columns
  const complaints: RowCondition = { column: 'kind', in: kinds.complaint }
  const ofSixMonths = countOf('contacts', sixMonths, complaints)
  const hasTopic = columns[topic] === 'text'
  return [
    countOf('contacts', { months: 1 }, complaints),
    countOf('contacts', { months: 3 }, complaints),
    ofSixMonths,
    countOf('contacts', { months: 3 }, { column: 'kind', in: kinds.cancelRequest }),
    recency('contacts', complaints),
    // Repeated complaints about the same topic
    ...(hasTopic ? [difference(ofSixMonths, distinctOf('contacts', topic, sixMonths, complaints))] : []),
    ...(hasTopic
      ? complaintTopics.map((text) =>
          countOf('contacts', sixMonths, [complaints, { column: topic, in: [text] }]),
        )
      : []),
    ...(columns[resolvedAt] === 'day'
      ? [
          openRows('contacts', resolvedAt, 'count', complaints),
          openRows('contacts', resolvedAt, 'oldestDays', complaints),
        ]
      : []),
  ]
}
