import fc from 'fast-check'

/** Money in quarters, so that doubling and adding it is exact; the value is above the cost of the offer. */
export const uniformOffer = fc.record({
  customerValue: fc.integer({ min: 100, max: 2000 }).map((quarters) => quarters / 4),
  offerCost: fc.integer({ min: 0, max: 90 }).map((quarters) => quarters / 4),
  contactCost: fc.integer({ min: 0, max: 30 }).map((quarters) => quarters / 4),
})

/** An acceptance: a number, or a Beta. */
export const acceptance = fc.oneof(
  fc.integer({ min: 0, max: 1000 }).map((permille) => permille / 1000),
  fc.record({
    alpha: fc.double({ min: 0.25, max: 60, noNaN: true }),
    beta: fc.double({ min: 0.25, max: 60, noNaN: true }),
  }),
)

/** Rows with ties; both classes occur. */
export const rows = fc
  .array(
    fc.record({
      p: fc.integer({ min: 0, max: 20 }).map((step) => step / 20),
      y: fc.integer({ min: 0, max: 1 }),
    }),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  .map((some) => [...some, { p: 0.5, y: 1 }, { p: 0.25, y: 0 }])
  .map((all) => ({ p: all.map(({ p }) => p), y: all.map(({ y }) => y) }))

/** The mean of an acceptance. */
export function meanOf(acceptance: number | { alpha: number; beta: number }): number {
  return typeof acceptance === 'number' ? acceptance : acceptance.alpha / (acceptance.alpha + acceptance.beta)
}
