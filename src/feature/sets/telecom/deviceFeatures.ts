import { changesOf, countOf } from '../../builders/aggregateBuilders.js'
import { lastValue } from '../../builders/rowBuilders.js'
import type { FeatureRule } from '../../rule.js'
import type { Columns } from '../tables.js'
import type { CheckedTelecomOptions } from './telecomOptions.js'

const year = { months: 12 }

/** Returns the rules about devices: how many months they were seen, how often they changed, their generation. */
export function deviceFeatures(columns: Columns, options: CheckedTelecomOptions): FeatureRule[] {
  const { generation } = options.columns
  return [
    changesOf('devices', 'deviceId', year),
    countOf('devices', { months: 3 }),
    ...(columns[generation] === 'text' ? [lastValue('devices', generation, 'text', year)] : []),
  ]
}
