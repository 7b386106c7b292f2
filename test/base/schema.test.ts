import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type * as zod from 'zod'
import type { HoldfastError, Problem } from '../../src/base/errors.js'
import { featureRules } from '../feature/arbitraryRules.js'

// What is read with the schemas of `base/schema.ts` is read with those of zod too: each module is loaded twice, once with
// each, and both read the same values, valid ones and changed ones.

async function loaded() {
  const [options, about, rules, population, cutoffs, reading, content, state, calibrator, customer, compile] =
    await Promise.all([
      import('../../src/base/options.js'),
      import('../../src/score/aboutModel.js'),
      import('../../src/feature/featureRuleSchema.js'),
      import('../../src/population/rule.js'),
      import('../../src/population/ownCutoffs.js'),
      import('../../src/table/readingOptions.js'),
      import('../../src/learn/modelContent.js'),
      import('../../src/learn/tree/state.js'),
      import('../../src/learn/calibrate/calibrator.js'),
      import('../../src/table/customerHistory.js'),
      import('../../src/score/scorer.js'),
    ])
  const z = await import('../../src/base/schema.js')
  const schemas: Record<string, zod.ZodType> = {
    about: about.aboutModelSchema,
    rule: rules.featureRuleSchema,
    population: population.populationRuleSchema,
    cutoffs: cutoffs.ownCutoffsSchema,
    notation: reading.columnNotationSchema,
    content: content.modelContentSchema({ prior: () => null as never }),
    trees: state.ensembleState,
    calibrator: calibrator.calibratorSchema,
    customerOptions: z.strictObject(customer.checkCustomerShape),
    scoreOptions: compile.scoreOptions,
  }
  return { checkOptions: options.checkOptions, schemas }
}

const ours = await loaded()
vi.resetModules()
vi.doMock('../../src/base/schema.js', () => import('zod'))
const zods = await loaded()
vi.doUnmock('../../src/base/schema.js')

const share = { count: 60, quantiles: Array.from({ length: 21 }, (_, place) => place) }
const number = { kind: 'number', name: 'minutes', missingShare: 0.1 }
const about = {
  rules: [{ kind: 'tenure' }, { kind: 'recency', table: 'usage', where: { column: 'kind', in: ['sms'] } }],
  population: {
    exclusions: [
      { kind: 'joinedWithin', reason: 'new', within: { days: 90 } },
      { kind: 'attributeIn', reason: 'staff', column: 'segment', in: ['staff', 3, true] },
    ],
  },
  ownCutoffs: { kind: 'before', column: 'contractEnd', days: 7, of: 'plan' },
  bands: [
    { name: 'high', from: 0.5 },
    { name: 'low', from: 0 },
  ],
  label: { name: 'cancelled', rule: { any: [1, null, 'json'] }, gapDays: 7, horizonDays: 30 },
  flat: {
    days: ['since'],
    notations: { fee: { decimal: ',', thousands: '.', unit: '%' }, since: { dateFormat: 'DD/MM/YYYY' } },
  },
  timeZone: 'UTC',
  repeatedRows: 'drop',
  tables: { usage: { minutes: 'number', day: 'day' } },
  trainedOn: {
    rows: 10,
    churned: 2,
    fingerprint: '0'.repeat(64),
    trainedRows: { columns: ['minutes'], salt: 1, rows: 10, twinShare: 0.5, below: 9, fingerprints: 'AAAA' },
  },
  seen: [
    { ...number, range: { least: 0, low: 1, high: 8, greatest: 9 }, values: [0, 1], spread: share },
    { ...number, name: 'empty', range: null },
    { kind: 'text', name: 'plan', missingShare: 0, further: ['gold'] },
  ],
}

/** A valid value of each schema. */
const valid: Record<keyof typeof ours.schemas, fc.Arbitrary<unknown>> = {
  about: fc.constant(about),
  rule: featureRules,
  population: fc.constant(about.population),
  cutoffs: fc.constantFrom<unknown>(
    about.ownCutoffs,
    { kind: 'listed', ids: ['a', 'b'], cutoffs: ['2024-01-31', 19_000] },
    { kind: 'after', table: 'usage', nth: 2, where: { weekday: [6, 7] }, days: 3, from: '2024-01-01' },
    { kind: 'monthDay', until: '2025-01-01' },
  ),
  notation: fc.constantFrom<unknown>(about.flat.notations.fee, about.flat.notations.since),
  content: fc.constant({
    learner: 'prior',
    baseRate: 0.2,
    features: [
      { kind: 'number', name: 'a' },
      { kind: 'text', name: 'b', categories: ['x'] },
    ],
    state: {},
  }),
  trees: fc.constant({
    roots: [0],
    feature: [0, 0, 0],
    right: [2, 0, 0],
    threshold: [0.5, 0, 0],
    missingLeft: [1, 0, 0],
    categoryStart: [0, 0, 0],
    leftCategories: [0],
    value: [0, -1, 1],
    cover: [3, 1, 2],
    gain: [1, 0, 0],
  }),
  calibrator: fc.constantFrom<unknown>(
    { method: 'none' },
    { method: 'shift', from: 0.1, to: 0.2 },
    { method: 'isotonic', probability: [0.1, 0.5], calibrated: [0, 1] },
  ),
  customerOptions: fc.constant({ tables: about.tables, timeZone: 'Europe/Paris', repeatedRows: 'keep' }),
  scoreOptions: fc.constant({ threads: 2, reasons: 3, maxUnseenShare: 0.5 }),
}

/** What only files hold comes from JSON. */
const isOfFiles = new Set(['about', 'content', 'trees', 'calibrator'])

const junk = fc.constantFrom<unknown>(
  ...[undefined, null, true, 0, -1, 0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '', 'usage'],
  ...['number', 'UTC', '2024-02-30', [], [1], ['a', 'a'], {}, { kind: 'tenure' }, { days: 0 }, new Date(0)],
)

/** Where a value is changed, and into what: a member set, left out or added. */
const change = fc.record({
  steps: fc.array(fc.nat(7), { maxLength: 6 }),
  how: fc.constantFrom('set', 'leave out', 'add'),
  value: junk,
})

function changed(
  value: unknown,
  { steps, how, value: given }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  const copy: unknown = structuredClone(value)
  let [holder, key]: [Record<string, unknown> | null, string] = [null, '']
  let current = copy
  for (const step of steps) {
    if (typeof current !== 'object' || current === null || Object.keys(current).length === 0) break
    const keys = Object.keys(current)
    holder = current as Record<string, unknown>
    key = keys[step % keys.length]!
    current = holder[key]
  }
  if (holder === null) return how === 'set' ? given : copy
  if (how === 'set') holder[key] = given
  else if (how === 'leave out') delete holder[key]
  else holder[`${key}x`] = given
  return copy
}

/** What a schema makes of a value; undefined where it refuses it. */
function read(schema: zod.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  return result.success ? { data: result.data } : undefined
}

function refusal({ checkOptions }: typeof ours, schema: zod.ZodType, value: unknown): readonly Problem[] {
  try {
    checkOptions('read', schema, value)
    return []
  } catch (error) {
    // Each has a HoldfastError of its own
    if ((error as Error).name !== 'HoldfastError') throw error
    return (error as HoldfastError).problems
  }
}

describe.each(Object.keys(ours.schemas))('%s', (name) => {
  const [own, zodOwn] = [ours.schemas[name]!, zods.schemas[name]!]

  it('takes valid values as zod does', () => {
    fc.assert(
      fc.property(valid[name]!, (value) => {
        expect(read(own, value)).toEqual({ data: expect.anything() })
        expect(read(own, value)).toEqual(read(zodOwn, value))
      }),
    )
  })

  it('finds in changed values what zod finds, and refuses them in the same words', () => {
    const changes = fc.array(change, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(valid[name]!, changes, (value, all) => {
        const made = all.reduce<unknown>(changed, value)
        const given = isOfFiles.has(name) ? JSON.parse(JSON.stringify(made) ?? 'null') : made
        expect(read(own, given)).toEqual(read(zodOwn, given))
        const [found, expected] = [refusal(ours, own, given), refusal(zods, zodOwn, given)]
        // Where zod's own words would be said, ours are, also for any JSON
        const inOurWords = expected.map((problem, place) =>
          /^(Invalid|Too) |^to be a text or a number or true/.test(problem.rule)
            ? { ...problem, rule: found[place]?.rule }
            : problem,
        )
        expect(found).toEqual(inOurWords)
        expect(found.filter(({ rule }) => !rule.startsWith('to '))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })
})
