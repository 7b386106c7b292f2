import { openDuckdb } from '../../src/engine/duckdb.js'
import type { History } from '../../src/engine/history.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { writeFeatures } from '../../src/feature/sql/writeFeatures.node.js'
import { rejectsTable } from '../../src/table/rejects.js'
import { cutoff, tables } from './data.js'
import { handwritten } from './handwritten.js'

/** One turn of one contender, in a process of its own, so that its peak of memory is its own. */
export interface Turn {
  readonly contender: 'holdfast' | 'handwritten' | 'arrays'
  readonly database: string
  readonly output: string
  readonly threads: number
  readonly memoryLimit: string
}

/** What a turn took. */
export interface TurnResult {
  readonly seconds: number
  /** Largest resident set of the process, bytes. */
  readonly peakBytes: number
}

const turn = JSON.parse(process.argv[2]!) as Turn
const { database: path, threads, memoryLimit } = turn
const engine = await openDuckdb({ path, threads, memoryLimit })
const history: History = {
  engine,
  tables,
  completeUntil: cutoff,
  timeZone: 'UTC',
  repeatedRows: 'keep',
  completeUntilByTable: {},
  notes: [],
  rejects: rejectsTable([]),
  close: () => engine.close(),
}
const rules = telecomFeatures(tables)
const start = performance.now()
if (turn.contender === 'handwritten') {
  await engine.run(`COPY (${handwritten}) TO '${turn.output}' (FORMAT parquet)`)
} else if (turn.contender === 'holdfast') {
  await writeFeatures(history, rules, turn.output, { cutoffs: [cutoff] })
} else {
  await featureMatrix(history, rules, { cutoffs: [cutoff] })
}
const seconds = (performance.now() - start) / 1000
// The unit of maxRSS is a kilobyte on every system.
const result: TurnResult = { seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }
await engine.close()
console.log(JSON.stringify(result))
