import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, type EpochDay, epochDay } from '../../src/base/days.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { percentileReferences } from '../../src/feature/sql/percentileReferences.js'
import { cutoffsListed } from '../../src/population/ownCutoffs.js'
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
  // A test of histories without rows would pass as well. What is drawn has between 770 and 2,300 values that are
  // there (six runs); a share of them that is asked for fails by chance.
  expect(compared - missing).toBeGreaterThan(100)
})

test('the engine and the memory give the same features to customers with cutoffs of their own', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(customerHistories, { minLength: 20, maxLength: 25, size: 'max' }),
      fc.uniqueArray(featureRules, { selector: featureName, minLength: 25, maxLength: 40, size: 'max' }),
      // On few days the spans of time are searched for, on many each day is one.
      fc.constantFrom(12, 240),
      fc.boolean(),
      fc.integer({ min: 1, max: 97 }),
      async (histories, given, days, isKnownAtOnce, step) => {
        const rules = given.filter(({ kind }) => kind !== 'percentile')
        const customers = isKnownAtOnce ? knownAtOnce(numbered(histories)) : numbered(histories)
        const history = await openCustomers(customers)
        const pairs = Array.from({ length: 15 * customers.length }, (_, pair) => ({
          id: `C${pair % customers.length}`,
          cutoff: addDays(epochDay('2024-09-15'), (pair * step) % days),
        }))
        const cutoffs = cutoffsListed(pairs)
        try {
          const [memory, engine] = [
            inMemory(customers, rules, cutoffs),
            await inEngine(history, rules, cutoffs),
          ]
          expect(differences(engine, memory, rules.map(featureName))).toEqual([])
          compared += memory.size
        } finally {
          await history.close()
        }
      },
    ),
    { numRuns: 4 },
  )
  expect(compared).toBeGreaterThan(100)
})
