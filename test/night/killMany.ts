// Kills a night job many times: npm run build && npx tsx test/night/killMany.ts [kills] [seed] [program]
import { startPostgres } from '../support/postgres.js'
import { killRuns } from './killedRuns.js'
import { makeJob } from './nightJob.js'

async function main([
  kills = '50',
  seed = '1',
  program = 'dist/cli/main.js',
]: readonly string[]): Promise<void> {
  const postgres = await startPostgres()
  if (postgres === null) process.exit(1)
  const job = await makeJob(200)
  try {
    const onKill = (line: string): void => {
      process.stdout.write(`${line}\n`)
    }
    const found = await killRuns(job, postgres, { kills: Number(kills), seed: Number(seed), program, onKill })
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
    if (found.faults.length > 0) process.exitCode = 1
  } finally {
    await postgres.stop()
    await job.remove()
  }
}

await main(process.argv.slice(2))
