// Opens a history with holdfast as it is built: one JSON line of processor time, greatest memory and answers. A process of its
// own, in plain JavaScript: a loader would be part of what is timed.
// Loaded before the clock starts, as on the other side: holdfast loads it when the first history is opened
import '@duckdb/node-api'
import { openHistory } from '../../dist/index.js'

const [customers, usage] = process.argv.slice(2)
const before = process.cpuUsage()
const history = await openHistory({ customers, usage }, { today: '2025-01-01' })
const { user, system } = process.cpuUsage(before)
const memory = process.resourceUsage().maxRSS / 1024
const found = await history.engine.query(
  'SELECT count(*) AS rows, sum(day) AS days, sum(minutes) AS minutes FROM usage',
)
await history.close()
process.stdout.write(JSON.stringify({ time: (user + system) / 1e6, memory, answers: found.row(0) }))
