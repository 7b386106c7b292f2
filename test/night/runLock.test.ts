import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { takeLock } from '../../src/night/runLock.js'
import { refusal } from './nightJob.js'

const folder = await mkdtemp(join(tmpdir(), 'holdfast-lock-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const atOnce = { waitMillis: 0 }

/** Another process that opens the lock file, as a run does, and says so. */
async function otherProcess(path: string) {
  const text = `
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const held = await DuckDBInstance.create(${JSON.stringify(path)})
    console.log('held')
    setTimeout(() => held.closeSync(), 60_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

it('is taken by one run; another of the same process is refused, and told who has it', async () => {
  const release = await takeLock('runNight', folder, atOnce)
  const error = await refusal(takeLock('runNight', folder, atOnce))
  expect(error.code).toBe('run-locked')
  expect(error.message).toContain(`process ${process.pid} on `)
  await release()
  await (await takeLock('runNight', folder, atOnce))()
})

it('waits for another to end, if asked to', async () => {
  const release = await takeLock('runNight', folder, atOnce)
  const waiting = takeLock('runNight', folder, { waitMillis: 60_000 })
  await release()
  await (await waiting)()
})

it('that another process holds is refused while it lives, and free once it was killed', async () => {
  await (await takeLock('runNight', folder, atOnce))()
  const other = await otherProcess(join(folder, 'lock.duckdb'))
  expect((await refusal(takeLock('runNight', folder, atOnce))).code).toBe('run-locked')
  other.kill('SIGKILL')
  await once(other, 'exit')
  await (await takeLock('runNight', folder, atOnce))()
})

it('is not kept by what a dead process has written about itself', async () => {
  const holder = join(folder, 'lock.json')
  await writeFile(holder, JSON.stringify({ pid: 1, host: 'elsewhere', since: '2020-01-01T00:00:00Z' }))
  const release = await takeLock('runNight', folder, atOnce)
  expect(JSON.parse(await readFile(holder, 'utf8')).pid).toBe(process.pid)
  await release()
})

it('of two that begin at once in a new folder, one is given it', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'holdfast-lock-'))
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => takeLock('runNight', fresh, atOnce)))
  const taken = tries.filter((each) => each.status === 'fulfilled')
  expect(taken).toHaveLength(1)
  await taken[0]!.value()
  await rm(fresh, { recursive: true })
})

it('ends its wait when the run is told to stop', async () => {
  const release = await takeLock('runNight', folder, atOnce)
  const stop = new AbortController()
  const waiting = refusal(takeLock('runNight', folder, { waitMillis: 60_000, signal: stop.signal }))
  stop.abort()
  expect((await waiting).code).toBe('aborted')
  await release()
})
