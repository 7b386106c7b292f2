import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { percentileReferences } from '../../src/feature/sql/percentileReferences.js'
import { customerHistories, knownAtOnce, numbered } from './arbitraryHistories.js'
import { featureRules } from './arbitraryRules.js'
import { differences, inEngine, inMemory, openCustomers } from './bothExecutions.js'

const cutoffDays = fc.oneof(
  fc.integer({ min: epochDay('2024-03-15'), max: epochDay('2026-06-01') }),
  fc.constantFrom('2025-01-31', '2025-02-28', '2025-03-01', '2024-12-31').map((text) => epochDay(text)),
) as fc.Arbitrary<EpochDay>

test('the engine and the memory give the same features for random histories, rules and cutoffs', async () => {
  let compared = 0
  let missing = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(customerHistories, { minLength: 10, maxLength: 30, size: 'max' }),
      fc.uniqueArray(featureRules, { selector: featureName, minLength: 20, maxLength: 40, size: 'max' }),
      // One cutoff is computed in another way than several, and rows that are known late in another than others.
      fc.uniqueArray(cutoffDays, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (histories, rules, cutoffs, isKnownAtOnce) => {
        const customers = isKnownAtOnce ? knownAtOnce(numbered(histories)) : numbered(histories)
        const history = await openCustomers(customers)
        try {
          const percentiles = await percentileReferences(history, rules, { cutoffs })
          const memory = inMemory(customers, rules, cutoffs, percentiles)
          const engine = await inEngine(history, rules, cutoffs)
          expect(differences(engine, memory, rules.map(featureName))).toEqual([])
          for (const values of memory.values()) {
            compared += values.length
            missing += values.filter((value) => value === null).length
          }
        } finally {
          await history.close()
        }
      },
    ),
    { numRuns: 5 },
  )
  // A test of histories without rows would pass as well.
  expect(compared).toBeGreaterThan(1000)
  expect(missing / compared).toBeLessThan(0.5)
})
