import * as z from 'zod'

/** The base rate has nothing to choose. */
export type PriorOptions = Readonly<Record<string, never>>

/** Rules of {@link PriorOptions}: no option is known. */
export const priorOptions = z.strictObject({})
