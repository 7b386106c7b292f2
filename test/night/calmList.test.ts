import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { addDays, type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import type { NightConfig, NightList } from '../../src/night/nightConfig.js'
import { runNight } from '../../src/night/runNight.js'
import { readTable } from '../../src/table/readTable.node.js'
import { makeJob, refusal, type TestJob } from './nightJob.js'

let job: TestJob
beforeAll(async () => {
  job = await makeJob(250)
})
afterAll(() => job.remove())
beforeEach(async () => {
  await Promise.all(
    ['state', 'out'].map((name) => rm(join(job.folder, name), { recursive: true, force: true })),
  )
  await mkdir(join(job.folder, 'out'))
})
const listFile = (day: string): string => join(job.folder, 'out', `list-${day}.csv`)
const config = (list: Partial<NightList> = {}): NightConfig =>
  job.config([{ file: 'out/scores-{asOf}.csv' }], {
    stage: false,
    list: { file: listFile('{asOf}'), band: 'middle', coolDownDays: 10, ...list },
  })

interface Listed {
  readonly id: string
  readonly status: string
  readonly since: string
  readonly probability: number | null
  readonly why: string | null
}
const listOf = async (day: string): Promise<Listed[]> =>
  (await readTable(listFile(day), { types: { id: 'text', why: 'text' } })).rows() as unknown as Listed[]
const scoresOf = async (day: string): Promise<Map<string, number>> => {
  const table = await readTable(join(job.folder, 'out', `scores-${day}.csv`), { types: { id: 'text' } })
  return new Map(table.rows().map(({ id, probability }) => [String(id), Number(probability)]))
}

it('each night follows from the night before and the scores, by the rules written down', async () => {
  const [from, nights] = [epochDay('2024-11-25'), 8]
  const results = await runNight(config(), { from, to: addDays(from, nights - 1), every: 'day' })
  const { bands } = JSON.parse(await bandsOf())
  const enter = bands.find(({ name }: { readonly name: string }) => name === 'middle').from as number
  // Odds of three quarters of those of the band
  const odds = (0.75 * enter) / (1 - enter)
  const leave = odds / (1 + odds)
  const on = new Map<string, string>()
  const leftAt = new Map<string, EpochDay>()
  const seen = new Set<string>()
  for (let night = 0; night < nights; night++) {
    const today = addDays(from, night)
    const day = formatDay(today)
    const scores = await scoresOf(day)
    const expected: [id: string, status: string, since: string][] = []
    for (const [id, since] of on) {
      const stays = (scores.get(id) ?? 0) >= leave
      expected.push([id, stays ? 'still' : 'gone', since])
      if (!stays) leftAt.set(id, today)
    }
    for (const [id, probability] of scores) {
      const isCooling = leftAt.has(id) && today - leftAt.get(id)! < 10
      if (!on.has(id) && probability >= enter && !isCooling) expected.push([id, 'new', day])
    }
    for (const [id, status, since] of expected) status === 'gone' ? on.delete(id) : on.set(id, since)
    const found = await listOf(day)
    const order = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(' ')).sort()
    expect(order(found.map(({ id, status, since }) => [id, status, since]))).toEqual(order(expected))
    const { list } = results[night]!.manifest
    for (const status of ['new', 'still', 'gone'] as const) {
      expect(list![status]).toBe(found.filter((each) => each.status === status).length)
      if (list![status] > 0) seen.add(status)
    }
  }
  expect([...seen].sort()).toEqual(['gone', 'new', 'still'])
})

const bandsOf = async (): Promise<string> => {
  const { readScorer } = await import('../../src/score/scorer.node.js')
  return JSON.stringify((await readScorer(join(job.folder, 'churn.model'))).about)
}

it('a list of one bound and no cool-down changes more from night to night', async () => {
  const days = { from: '2024-11-20', to: '2024-12-10', every: 'day' } as const
  const changes = (nights: Awaited<ReturnType<typeof runNight>>): number =>
    nights.slice(1).reduce((sum, { manifest: { list } }) => sum + list!.new + list!.gone, 0)
  const restless = changes(await runNight(config({ leaveShare: 1, coolDownDays: 0 }), days))
  await rm(join(job.folder, 'state'), { recursive: true })
  const calm = changes(await runNight(config(), days))
  expect(restless).toBeGreaterThan(20)
  expect(calm).toBeLessThan(restless)
})

it('who is suppressed does not come on the list, and leaves it with the reason, on the days that are named', async () => {
  await runNight(config(), { asOf: '2024-12-01' })
  const [first, second] = (await listOf('2024-12-01')).map(({ id }) => id)
  const file = join(job.folder, 'contacted.csv')
  await writeFile(file, `customer,from,until\n${first},2024-12-02,2024-12-03\n${second},2024-12-05,\n`)
  const suppress = [{ from: file, id: 'customer', since: 'from', until: 'until', reason: 'contacted lately' }]
  const [night] = await runNight(config({ suppress }), { asOf: '2024-12-02' })
  const gone = (await listOf('2024-12-02')).filter(({ why }) => why === 'contacted lately')
  expect(gone.map(({ id, status }) => [id, status])).toEqual([[first, 'gone']])
  // A day later the first is no longer suppressed, but has just left
  const [next] = await runNight(config({ suppress }), { asOf: '2024-12-03' })
  expect((await listOf('2024-12-03')).map(({ id }) => id)).not.toContain(first)
  expect(next!.manifest.list!.coolingDown).toBeGreaterThan(0)
  expect(night!.manifest.list!.suppressed).toBe(0)
  await writeFile(file, 'customer,from,until\n')
  expect((await runNight(config({ suppress }), { asOf: '2024-12-03' }))[0]!.outcome).toBe('published')
  // Nobody is suppressed where there is a header; without one, the export has failed
  await writeFile(file, '')
  expect((await refusal(runNight(config({ suppress }), { asOf: '2024-12-03' }))).message).toContain(
    'contacted.csv',
  )
})

it('is the same when a night is run again, and changes nothing', async () => {
  await runNight(config(), { from: '2024-12-01', to: '2024-12-03', every: 'day' })
  const before = await readFile(listFile('2024-12-03'), 'utf8')
  expect((await runNight(config(), { asOf: '2024-12-03' }))[0]!.outcome).toBe('unchanged')
  await writeFile(listFile('2024-12-03'), '')
  expect((await runNight(config(), { asOf: '2024-12-03' }))[0]!.outcome).toBe('published')
  expect(await readFile(listFile('2024-12-03'), 'utf8')).toBe(before)
})

it('a band that the model does not have, or the lowest, is refused', async () => {
  for (const band of ['hihg', 'low']) {
    const error = await refusal(runNight(config({ band }), { asOf: '2024-12-01' }))
    expect(error.message).toContain('list.band to be a band above the lowest: high, middle')
  }
})
