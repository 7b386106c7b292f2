import * as z from 'zod'

const idForm = /^[a-z0-9]+(?:[.-][A-Za-z0-9]+)*$/

/** One measured figure. Its id is permanent: a figure that means something else gets another id. */
export const measurementSchema = z.strictObject({
  /** What was measured, from the general to the particular: `telco.boosting.rocAuc`. */
  id: z.string().regex(idForm),
  value: z.number(),
  /** `1` for figures without a unit; otherwise as in `s`, `ms`, `rows/s`, `MiB`. */
  unit: z.string().min(1),
  /** Whose figure it is; left out for holdfast. A name of `versions`. */
  peer: z.string().min(1).optional(),
  /** Value of holdfast over the value of the peer, from the same run. */
  ratio: z.number().optional(),
  /** The earlier run that it is kept from; left out where this run measured it. */
  run: z.strictObject({ date: z.iso.datetime(), commit: z.string().nullable() }).optional(),
})

/** One measured figure. */
export type Measurement = z.output<typeof measurementSchema>

/** What a run of a benchmark leaves in `benchmarks/results/NAME.json`: figures, and what they were measured on. */
export const resultSchema = z
  .strictObject({
    name: z.string().regex(idForm),
    /** Day and time of the run, UTC. */
    date: z.iso.datetime(),
    /** Commit of the measured code; null outside of a checkout. */
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}$/)
      .nullable(),
    /** True where the measured code was not exactly that commit. */
    edited: z.boolean(),
    /** `node`, `holdfast`, and each peer with its version. */
    versions: z.record(z.string(), z.string()),
    machine: z.strictObject({
      /** Model name of the processor. */
      cpu: z.string(),
      /** Logical cores. */
      cores: z.int().gte(1),
      /** Memory, GiB. */
      memory: z.number().gt(0),
    }),
    results: z.array(measurementSchema).min(1),
    /** What was left out and why, in whole sentences. */
    notices: z.array(z.string()),
  })
  .superRefine((result, context) => {
    for (const id of duplicates(result.results.map((measurement) => measurement.id))) {
      context.addIssue({ code: 'custom', path: ['results'], message: `the id ${id} occurs more than once` })
    }
    for (const { id, peer } of result.results) {
      if (peer !== undefined && !(peer in result.versions)) {
        context.addIssue({ code: 'custom', path: ['versions'], message: `${id} names no version of ${peer}` })
      }
    }
  })

/** What a run of a benchmark leaves behind. */
export type Result = z.output<typeof resultSchema>

/** What a benchmark itself reports; the harness adds the rest. */
export interface Report {
  /** Version of each peer that took part. */
  readonly peers: Readonly<Record<string, string>>
  readonly results: readonly Measurement[]
  readonly notices: readonly string[]
  /** The figures as a table for people, where one line a figure is not readable. */
  readonly text?: string
  /** A run on other data than the ids say, to try the benchmark itself: printed, not written. */
  readonly trial?: boolean
  /** Only some of the figures were asked for: those of earlier runs stay in the file, and say so. */
  readonly partial?: boolean
}

/** A benchmark: a folder `benchmarks/NAME` whose `benchmark.ts` exports one of these as `benchmark`. */
export interface Benchmark {
  /** What it answers, one sentence. */
  readonly about: string
  /** Measures. `args` are the words after the name on the command line. */
  readonly run: (args: readonly string[]) => Promise<Report>
}

function duplicates(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))]
}
