import { link, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '../base/errors.js'
import { openDuckdb } from '../engine/duckdb.js'
import type { Engine } from '../engine/engine.js'
import { refuseStopped } from './stopped.js'

const lockFile = 'lock.duckdb'
const holderFile = 'lock.json'
const millisBetweenTries = 200

/** State folders that this process holds: an operating system does not keep a process out of its own locks. */
const held = new Set<string>()

/** How to wait for a lock. */
export interface LockOptions {
  /** Longest time to wait for another run. 0 = refuse at once. */
  readonly waitMillis: number
  readonly signal?: AbortSignal
}

/**
 * Takes the lock of a state folder and returns what gives it back.
 *
 * The lock is the one that the operating system gives a process on a DuckDB file. It ends with the process, however that
 * ends, so that there is no stale lock to be recognised and taken over. A file beside it tells who holds it, for
 * messages only.
 *
 * @throws {HoldfastError} `run-locked` if another run holds it for longer than that
 */
export async function takeLock(
  operation: string,
  folder: string,
  { waitMillis, signal }: LockOptions,
): Promise<() => Promise<void>> {
  const place = await realpath(folder)
  await createLockFile(place)
  const until = performance.now() + waitMillis
  for (;;) {
    const engine = held.has(place) ? undefined : await tryLock(place)
    if (engine !== undefined) {
      const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() }
      await writeFile(join(place, holderFile), JSON.stringify(holder)).catch(() => undefined)
      return async () => {
        await rm(join(place, holderFile), { force: true })
        held.delete(place)
        await engine.close()
      }
    }
    if (performance.now() >= until) throw await locked(operation, place, waitMillis)
    refuseStopped(operation, signal)
    await sleep(millisBetweenTries)
  }
}

/** Opens the file, which takes its lock; undefined if another process has it. */
async function tryLock(place: string): Promise<Engine | undefined> {
  held.add(place)
  try {
    return await openDuckdb({ path: join(place, lockFile), threads: 1 })
  } catch (error) {
    held.delete(place)
    const isLocked = error instanceof HoldfastError && /could not set lock/i.test(error.message)
    if (!isLocked) throw error
    return undefined
  }
}

/** Linked into place when complete, so that nobody finds half a file and whoever is first gives it to all. */
async function createLockFile(place: string): Promise<void> {
  const path = join(place, lockFile)
  // Never opened here: a process that closes a file loses its lock on it
  if ((await stat(path).catch(() => undefined)) !== undefined) return
  const own = `${path}.${process.pid}.${Math.round(performance.now() * 1000)}.part`
  const engine = await openDuckdb({ path: own, threads: 1 })
  await engine.close()
  try {
    await link(own, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(own, { force: true })
  }
}

async function locked(operation: string, place: string, waitMillis: number): Promise<HoldfastError> {
  const holder = await readFile(join(place, holderFile), 'utf8')
    .then((text) => JSON.parse(text) as { pid: number; host: string; since: string })
    .catch(() => undefined)
  const who = holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host}, since ${holder.since})`
  const waited = waitMillis === 0 ? '' : `, for longer than the ${waitMillis / 1000} s that it waited`
  return new HoldfastError(operation, [
    {
      code: 'run-locked',
      parameter: `the state folder ${place}`,
      rule: `to be free, but another run works in it${who}${waited}`,
      wayOut: 'Wait for it to end, or give a longer time to wait.',
    },
  ])
}
