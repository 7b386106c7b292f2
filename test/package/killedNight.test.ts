import { afterAll, expect, it } from 'vitest'
import { killRuns } from '../night/killedRuns.js'
import { makeJob } from '../night/nightJob.js'
import { startPostgres } from '../support/postgres.js'

// The same with fifty kills: npx tsx test/night/killMany.ts 50
const postgres = await startPostgres()
const job = await makeJob(200)
afterAll(async () => {
  await postgres?.stop()
  await job.remove()
})

it.skipIf(postgres === null)(
  'a night that is killed leaves the old outputs or the new ones, and the next run ends it',
  async () => {
    const { faults, ...counts } = await killRuns(job, postgres!, { kills: 3, seed: 1 })
    expect(faults).toEqual([])
    expect(counts.old + counts.new).toBe(3)
  },
)
