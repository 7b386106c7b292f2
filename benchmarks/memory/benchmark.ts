import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Benchmark, Measurement } from '../result.js'

const heapMegabytes = 256
/** The best that the true probabilities reach on uniform risks is 5/6. */
const leastAuc = 0.82

/** Peaks of processes whose heap may not hold the data: what a training from chunks needs per row and feature. */
export const benchmark: Benchmark = {
  about: 'how much memory does a training from chunks need, with a JavaScript heap of 256 MB?',
  run: async () => {
    const [few, fewLong] = [train(4_000_000, 10), train(8_000_000, 10)]
    const [many, manyLong] = [train(4_000_000, 30), train(8_000_000, 30)]
    // What further rows cost: what does not grow with them falls out.
    const ofTen = (fewLong.bytes - few.bytes) / 4_000_000
    const ofThirty = (manyLong.bytes - many.bytes) / 4_000_000
    const perValue = (ofThirty - ofTen) / 20
    const results: Measurement[] = [
      ...[few, fewLong, many, manyLong, await trainFile(4_000_000, 30)].map(({ id, bytes }) => ({
        id: `${id}.peak`,
        value: bytes / 2 ** 20,
        unit: 'MiB',
      })),
      { id: '8m-rows.30-features.asDoubles', value: (8_000_000 * 30 * 8) / 2 ** 20, unit: 'MiB' },
      { id: 'peak.perRowAndFeature', value: perValue, unit: 'bytes' },
      { id: 'peak.perRow', value: ofTen - 10 * perValue, unit: 'bytes' },
    ]
    return { peers: {}, results, notices: [] }
  },
}

interface Trained {
  readonly id: string
  /** Peak of the resident memory over what the process had before. */
  readonly bytes: number
}

function train(rows: number, features: number, ...file: readonly string[]): Trained {
  const id = `${file.length === 0 ? '' : 'parquet.'}${rows / 1_000_000}m-rows.${features}-features`
  const child = fileURLToPath(new URL('child.ts', import.meta.url))
  const flags = [`--max-old-space-size=${heapMegabytes}`, '--import', 'tsx', child]
  const text = execFileSync(process.execPath, [...flags, String(rows), String(features), ...file])
  const { auc, bytes } = JSON.parse(text.toString()) as { auc: number; bytes: number }
  if (!(auc > leastAuc)) throw new Error(`${id}: AUC ${auc} is below ${leastAuc}`)
  return { id, bytes }
}

/** The same from a Parquet file: DuckDB's own memory comes on top. */
async function trainFile(rows: number, features: number): Promise<Trained> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  try {
    const file = join(folder, 'rows.parquet')
    const engine = await openDuckdb()
    const columns = Array.from(
      { length: features },
      (_, index) => `(hash(range * ${features} + ${index}) % 100000) / 100000 AS f${index}`,
    )
    const churn = '(hash(-range) % 100000) / 100000 < f0 AS churn'
    const query = `SELECT *, ${churn} FROM (SELECT range, ${columns.join(', ')} FROM range(${rows}))`
    await engine.run(`COPY (SELECT * EXCLUDE (range) FROM (${query})) TO '${file}' (FORMAT parquet)`)
    await engine.close()
    return train(rows, features, file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
