import { runBenchmark } from './runBenchmark.js'

const [name, ...args] = process.argv.slice(2)
try {
  console.log(await runBenchmark(name, args))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
