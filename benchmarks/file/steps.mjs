// From a file to figures with holdfast as it is built: one JSON line of processor times and answers. A process of its own,
// in plain JavaScript: a loader would be part of what is timed.
import { evaluate, fromFlatTable, readTable, splitRows, trainBoosting } from '../../dist/index.js'

const [path, threads] = process.argv.slice(2)
const times = {}

async function step(name, work) {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  times[name] = (user + system) / 1e6
  return result
}

const table = await step('readTable', () => readTable(path))
const dataset = await step('fromFlatTable', () => fromFlatTable(table, { id: 'id', label: 'churn' }))
const { train, test } = await step('splitRows', () => splitRows(dataset))
const model = await step('trainBoosting', () => trainBoosting(train, { threads: Number(threads) }))
const figures = await step('evaluate', () => evaluate(model, test))
const sum = Array.from(table.numbers(table.columnNames[1]).values).reduce((all, value) => all + value, 0)
const churners = dataset.outcome.reduce((all, each) => all + each, 0)
const answers = {
  rows: table.rowCount,
  sum,
  churners,
  tested: test.outcome.length,
  rocAuc: figures.rocAuc.value,
  rocAucWidth: figures.rocAuc.upper - figures.rocAuc.lower,
}
const memory = process.resourceUsage().maxRSS / 1024
process.stdout.write(JSON.stringify({ times, answers, memory }))
