import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { numberColumn } from '../../src/base/matrix.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import type { NightOutput } from '../../src/night/nightConfig.js'
import { type NightProgress, runNight } from '../../src/night/runNight.js'
import { readScoreLog } from '../../src/night/scoreLog.js'
import { scoreHistory } from '../../src/score/scoreHistory.js'
import { readScorer } from '../../src/score/scorer.node.js'
import { readTable } from '../../src/table/readTable.node.js'
import { dayColumn } from '../../src/table/table.js'
import { holdfast } from '../cli/holdfast.js'
import { makeJob, refusal, type TestJob, trainedUntil } from './nightJob.js'

const parquet: NightOutput = { file: 'out/scores-{asOf}.parquet' }
const csv: NightOutput = { file: 'out/scores-{asOf}.csv' }
const asOf = '2025-01-01'

let job: TestJob
beforeAll(async () => {
  job = await makeJob()
})
afterAll(() => job.remove())
afterEach(async () => {
  await Promise.all(
    ['state', 'out'].map((name) => rm(join(job.folder, name), { recursive: true, force: true })),
  )
  await mkdir(join(job.folder, 'out'))
})
const at = (...names: string[]): string => join(job.folder, ...names)
const contentOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
const outContents = async (): Promise<Record<string, string>> => {
  const names = (await readdir(at('out'))).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await contentOf(at('out', name))])),
  )
}

describe('a night', () => {
  it('gives the scores of scoreHistory and the stages of tagLifecycle, to the bit, in every output', async () => {
    const warehouse = { duckdb: at('out', 'warehouse.duckdb'), table: 'scores' }
    const [night] = await runNight(job.config([parquet, csv, warehouse]), { asOf })
    expect(night!.outcome).toBe('published')

    const history = await openHistory(job.tables, { completeUntil: asOf })
    const { scores } = await scoreHistory(history, await readScorer(at('churn.model')), { asOf })
    const tags = await tagLifecycle(history, { asOf })
    await history.close()
    const stageOf = new Map(tags.rows().map(({ id, stage }) => [id, stage]))
    const model = night!.manifest.model.fingerprint.slice(0, 12)
    const expected = scores.rows().map(({ id, asOf: day, probability, band, ...reasons }) => ({
      id,
      as_of: day,
      model,
      probability,
      band,
      stage: stageOf.get(id!) ?? null,
      ...reasons,
    }))
    expect(expected.length).toBeGreaterThan(150)
    expect(new Set(expected.map(({ stage }) => stage)).size).toBeGreaterThan(2)

    expect((await readTable(at('out', 'scores-2025-01-01.parquet'))).rows()).toEqual(expected)
    const asText = await readTable(at('out', 'scores-2025-01-01.csv'))
    expect(asText.rows().map(({ id, probability }) => [id, probability])).toEqual(
      expected.map(({ id, probability }) => [id, probability]),
    )
    const engine = await openDuckdb({ path: warehouse.duckdb })
    const inDuckdb = await engine.query('SELECT * FROM scores ORDER BY id')
    const runs = await engine.query('SELECT run FROM holdfast_runs')
    await engine.close()
    expect(inDuckdb.rows()).toEqual(expected)
    expect(runs.rows()).toEqual([{ run: night!.manifest.run }])
    const log = await readScoreLog(at('state'))
    expect(log.rows()).toEqual(
      expected.map(({ id, as_of, probability, band, stage }) => ({
        id,
        as_of,
        model,
        probability,
        band,
        stage,
      })),
    )
  })

  it('says in its manifest what was read, counted and written', async () => {
    const [night] = await runNight(job.config([parquet]), { asOf })
    const { manifest } = night!
    expect(
      JSON.parse(
        await readFile(
          at('state', 'runs', `2025-01-01-${manifest.model.fingerprint.slice(0, 12)}.json`),
          'utf8',
        ),
      ),
    ).toEqual(manifest)
    expect(manifest.model.fingerprint).toBe(await contentOf(at('churn.model')))
    expect(manifest.outputs).toEqual([
      {
        to: at('out', 'scores-2025-01-01.parquet'),
        rows: manifest.counts.scored,
        content: (await outContents())['scores-2025-01-01.parquet'],
      },
    ])
    const people = manifest.counts.population.reduce((sum, { customers }) => sum + customers, 0)
    expect(people).toBe(job.tables.customers.rowCount)
    const inBands = Object.values(manifest.figures.bands).reduce((sum, customers) => sum + customers, 0)
    expect(inBands).toBe(manifest.counts.scored)
    expect(Object.keys(manifest.data).sort()).toEqual(['bills', 'customers', 'payments', 'usage'])
    expect(Object.keys(manifest.seconds)).toEqual(['features', 'score', 'write'])
  })

  it('goes by the end of the history without a day, and by its configuration file without any option', async () => {
    const file = await job.configFile([parquet], { completeUntil: '2024-12-15' })
    const [night] = await runNight(file)
    expect(night!.asOf).toBe('2024-12-15')
    expect(await readdir(at('out'))).toEqual(['scores-2024-12-15.parquet'])
  })

  it('leaves nothing in its working folder, and no lock that holds', async () => {
    await runNight(job.config([parquet]), { asOf })
    expect(await readdir(at('state', 'work'))).toEqual([])
    expect((await readdir(at('state'))).sort()).toEqual(['lock.duckdb', 'rejects', 'runs', 'scores', 'work'])
  })
})

describe('a second run', () => {
  it('changes nothing while model, data and configuration are the same', async () => {
    const [first] = await runNight(job.config([parquet, csv]), { asOf })
    const before = await outContents()
    const [second] = await runNight(job.config([parquet, csv]), { asOf })
    expect(second!.outcome).toBe('unchanged')
    expect(second!.manifest).toEqual(first!.manifest)
    expect(await outContents()).toEqual(before)
  })

  it('writes again what somebody has changed or removed, byte for byte', async () => {
    await runNight(job.config([parquet, csv]), { asOf })
    const before = await outContents()
    await writeFile(at('out', 'scores-2025-01-01.csv'), 'id\n')
    const [again] = await runNight(job.config([parquet, csv]), { asOf })
    expect(again!.outcome).toBe('published')
    expect(await outContents()).toEqual(before)
  })

  it('runs again where a source or an option has another content', async () => {
    await runNight(job.config([parquet]), { asOf })
    const [otherOption] = await runNight(job.config([parquet], { reasons: 1 }), { asOf })
    expect(otherOption!.outcome).toBe('published')
    const { payments } = job.tables
    await job.write(
      'payments',
      payments.take(Int32Array.from({ length: payments.rowCount - 1 }, (_, row) => row)),
    )
    const [otherData] = await runNight(job.config([parquet], { reasons: 1 }), { asOf })
    await job.write('payments', payments)
    expect(otherData!.outcome).toBe('published')
    expect(otherData!.manifest.data['usage']).toBe(otherOption!.manifest.data['usage'])
    expect(otherData!.manifest.data['payments']).not.toBe(otherOption!.manifest.data['payments'])
  })
})

describe('a day in the past', () => {
  it('gives what that night gave: rows that became known later are not read', async () => {
    // A bill of November that arrives on 12 December
    const { bills } = job.tables
    const periods = bills.days('period').values
    const late = epochDay('2024-12-12')
    const knownAt = Array.from(periods, (day) => (day === epochDay('2024-11-01') ? late : null))
    await job.write('bills', bills.with(dayColumn('knownAt', knownAt)))
    const [past] = await runNight(job.config([parquet]), { asOf: '2024-12-05' })
    // Without those rows at all, as the data were that night
    const kept = [...knownAt.keys()].filter((row) => knownAt[row] === null)
    await job.write('bills', bills.with(dayColumn('knownAt', knownAt)).take(kept))
    await rm(at('state'), { recursive: true })
    const before = await outContents()
    const [then] = await runNight(job.config([parquet]), { asOf: '2024-12-05' })
    await job.write('bills', bills)
    expect(await outContents()).toEqual(before)
    expect(then!.manifest.figures).toEqual(past!.manifest.figures)
    // A day after they became known, they count
    await rm(at('state'), { recursive: true })
    await job.write('bills', bills.with(dayColumn('knownAt', knownAt)))
    const [later] = await runNight(job.config([parquet]), { asOf: '2024-12-13' })
    await job.write('bills', bills.with(dayColumn('knownAt', knownAt)).take(kept))
    await rm(at('state'), { recursive: true })
    const [without] = await runNight(job.config([parquet]), { asOf: '2024-12-13' })
    await job.write('bills', bills)
    expect(later!.manifest.figures.meanProbability).not.toBe(without!.manifest.figures.meanProbability)
  })

  it('backfills equal the same nights one by one, byte for byte', async () => {
    const days = ['2024-09-01', '2024-10-01', '2024-11-01', '2024-12-01']
    for (const day of days) await runNight(job.config([parquet, csv]), { asOf: day })
    const one = await outContents()
    expect(Object.keys(one)).toHaveLength(8)
    await rm(at('state'), { recursive: true })
    await rm(at('out'), { recursive: true })
    await mkdir(at('out'))
    const nights = await runNight(job.config([parquet, csv]), { from: '2024-09-01', to: '2024-12-01' })
    expect(nights.map(({ asOf: day }) => day)).toEqual(days)
    expect(await outContents()).toEqual(one)
  })

  it('within the training period is refused unless allowed, and the manifest says so', async () => {
    const error = await refusal(runNight(job.config([parquet]), { asOf: '2024-08-01' }))
    expect(error.code).toBe('data-leak')
    expect(error.message).toContain(`at or after ${trainedUntil}, the end of the outcomes`)
    expect(await readdir(at('out'))).toEqual([])
    const [night] = await runNight(job.config([parquet]), { asOf: '2024-08-01', allowTrainingPeriod: true })
    expect(night!.manifest.warnings.join(' ')).toContain('look better than those of later ones')
    const [first] = await runNight(job.config([parquet]), { asOf: trainedUntil })
    expect(first!.outcome).toBe('published')
  })

  it('is one of several only where outputs keep them apart', async () => {
    const error = await refusal(
      runNight(
        job.config([{ file: 'out/scores.csv' }, { duckdb: at('out/w.duckdb'), table: 't', keep: 'latest' }]),
        {
          from: '2024-10-01',
          to: '2024-11-01',
        },
      ),
    )
    expect(error.problems.map(({ parameter }) => parameter)).toEqual(['outputs.0', 'outputs.1'])
  })
})

describe('rows that come late', () => {
  it('change the nights of the lookback, and no others', async () => {
    const { payments } = job.tables
    const early = payments.days('day').values
    const arrived = [...early.keys()].filter((row) => early[row]! < epochDay('2024-11-20'))
    const config = job.config([csv], { stage: false, lookbackDays: 3, completeUntil: '2024-12-10' })
    await job.write('payments', payments.take(arrived))
    for (const day of ['2024-11-25', '2024-11-30', '2024-12-01'])
      await runNight({ ...config, lookbackDays: 0 }, { asOf: day })
    const before = await outContents()
    await job.write('payments', payments)
    const nights = await runNight(config, { asOf: '2024-12-02' })
    expect(nights.map(({ asOf: day }) => day)).toEqual(['2024-11-30', '2024-12-01', '2024-12-02'])
    const after = await outContents()
    expect(after['scores-2024-11-25.csv']).toBe(before['scores-2024-11-25.csv'])
    expect(after['scores-2024-11-30.csv']).not.toBe(before['scores-2024-11-30.csv'])
    expect(after['scores-2024-12-01.csv']).not.toBe(before['scores-2024-12-01.csv'])
  })
})

describe('what stops a run', () => {
  it('data beyond the limits of the job, all of them named', async () => {
    const contract = {
      minRows: { usage: 1e9 },
      maxAgeDays: { bills: 0 },
      maxMissingShare: { tenure_months: 0.5, none: 1 },
    }
    const error = await refusal(runNight(job.config([parquet], { stage: false, contract }), { asOf }))
    expect(error.problems.map(({ code, parameter }) => [code, parameter])).toEqual([
      ['data-unexpected', 'usage: rows of the last 28 days'],
      ['data-unexpected', 'bills: days since the last row'],
      ['data-unexpected', 'column none: share missing'],
    ])
    expect(await readdir(at('out'))).toEqual([])
    expect(
      (await holdfast(['run', await job.configFile([parquet], { stage: false, contract }), '--as-of', asOf]))
        .code,
    ).toBe(5)
  })

  it('a change unlike those before, if it is to; else the manifest names it', async () => {
    const contract = { leastRuns: 4 }
    const config = job.config([parquet], { stage: false, contract })
    await runNight(config, { from: '2024-12-20', to: '2024-12-24', every: 'day' })
    const { usage } = job.tables
    const day = usage.days('day').values
    await job.write(
      'usage',
      usage.take([...day.keys()].filter((row) => day[row]! < epochDay('2024-12-01') || row % 20 === 0)),
    )
    const stopping = { ...config, contract: { ...contract, unlikely: 'stop' as const } }
    const error = await refusal(runNight(stopping, { asOf: '2024-12-25' }))
    const [night] = await runNight(config, { asOf: '2024-12-25' })
    await job.write('usage', usage)
    expect(error.code).toBe('data-unexpected')
    expect(error.problems.map(({ parameter }) => parameter)).toContain('usage: rows of the last 28 days')
    expect(night!.outcome).toBe('published')
    expect(night!.manifest.unlikely.map(({ quantity }) => quantity)).toContain(
      'usage: rows of the last 28 days',
    )
    expect(night!.manifest.warnings.join(' ')).toContain('was to be expected')
  })

  it('a configuration with faults is refused with all of them', async () => {
    const error = await refusal(
      runNight({
        ...job.config([{ file: 'nowhere/scores.docx' }]),
        model: 'none.model',
        reasons: 3,
      } as never),
    )
    expect(error.problems.map(({ parameter, code }) => `${parameter}: ${code}`)).toEqual([
      'model: file-missing',
      'outputs.0: option-invalid',
      'outputs.0: option-invalid',
    ])
    const typo = await refusal(runNight({ ...job.config([parquet]), reason: 3 } as never))
    expect(typo.message).toContain('Did you mean reasons?')
  })

  it('scores that are all alike', async () => {
    const { usage, bills, payments, customers } = job.tables
    const zero = (name: string, rows: number) => numberColumn(name, new Float64Array(rows))
    await job.write('usage', usage.with(zero('minutes', usage.rowCount)))
    await job.write('bills', bills.with(zero('amount', bills.rowCount)))
    await job.write(
      'payments',
      payments
        .with(
          dayColumn(
            'day',
            Array.from({ length: payments.rowCount }, () => epochDay('2024-12-01')),
          ),
        )
        .take([0]),
    )
    const activated = Array.from({ length: customers.rowCount }, () => epochDay('2023-01-01'))
    await job.write('customers', customers.with(dayColumn('activatedAt', activated)))
    const error = await refusal(
      runNight(job.config([parquet], { badRows: 'setAside', maxRejectShare: 1 }), { asOf }),
    ).finally(() => Promise.all(Object.entries(job.tables).map(([name, table]) => job.write(name, table))))
    expect(error.message).toContain('the scores to differ between customers, but for a share of 0.99')
    expect(error.code).toBe('data-unexpected')
    expect(await readdir(at('out'))).toEqual([])
  })

  it('an abort; the next run goes on with the next chunk', async () => {
    const stop = new AbortController()
    const onProgress = ({ step, done }: NightProgress): void => {
      if (step === 'score' && done === 128) stop.abort()
    }
    const error = await refusal(runNight(job.config([parquet]), { asOf, signal: stop.signal, onProgress }))
    expect(error.code).toBe('aborted')
    expect(await readdir(at('out'))).toEqual([])
    const steps: NightProgress[] = []
    const [night] = await runNight(job.config([parquet]), { asOf, onProgress: (step) => steps.push(step) })
    const chunks = steps.filter(({ step }) => step === 'score').map(({ done }) => done)
    expect(chunks[0]).toBe(192)
    expect(chunks.at(-1)).toBe(night!.manifest.counts.scored)
    const after = await outContents()
    await rm(at('state'), { recursive: true })
    await runNight(job.config([parquet]), { asOf })
    expect(await outContents()).toEqual(after)
  })
})
