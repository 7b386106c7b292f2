import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { NightOutput } from '../../src/night/nightConfig.js'
import { runNight } from '../../src/night/runNight.js'
import { holdfast } from '../cli/holdfast.js'
import { makeJob, refusal } from './nightJob.js'

const job = await makeJob(150)
const mounted: string[] = []
afterAll(async () => {
  for (const place of mounted) mount('umount', place)
  await job.remove()
})

function mount(...[program, ...words]: string[]): boolean {
  try {
    execFileSync(program!, words, { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** Makes a folder of the job a disk of its own, of so many kilobytes; false where that is not allowed. */
async function smallDisk(name: string, kilobytes: number): Promise<boolean> {
  const place = join(job.folder, name)
  await mkdir(place, { recursive: true })
  const isMounted = mount('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', place)
  if (isMounted) mounted.push(place)
  return isMounted
}

const canMount = await smallDisk('small', 64)
if (!canMount)
  process.stderr.write('\n*** No disk can be mounted here; tests of full disks are SKIPPED. ***\n\n')
const outputs: NightOutput[] = [{ file: 'out/scores.csv' }, { file: 'small/scores.csv' }]

it.skipIf(!canMount)('a full disk leaves all outputs as they were, and exit code 7', async () => {
  const old = { 'out/scores.csv': 'old', 'small/scores.csv': 'old' }
  for (const [name, text] of Object.entries(old)) await writeFile(join(job.folder, name), text)
  await writeFile(join(job.folder, 'small', 'filler'), new Uint8Array(52 * 1024))
  const file = await job.configFile(outputs, { stage: false })
  const { code, messages } = await holdfast(['run', file, '--as-of', '2025-01-01'])
  expect(messages).toContain('small/scores.csv')
  expect(messages).toContain('The disk is full')
  expect(code).toBe(7)
  for (const [name, text] of Object.entries(old))
    expect(await readFile(join(job.folder, name), 'utf8')).toBe(text)
  expect(await readdir(join(job.folder, 'out'))).toEqual(['scores.csv'])
  expect((await readdir(join(job.folder, 'small'))).sort()).toEqual(['filler', 'scores.csv'])
  expect(await readdir(join(job.folder, 'state'))).not.toContain('journal.json')
})

it.skipIf(!canMount)('a full disk under the state folder is no fault of the program', async () => {
  await smallDisk('tinyState', 600)
  const config = job.config([{ file: 'out/scores.csv' }], { stage: false, state: 'tinyState' })
  const error = await refusal(runNight(config, { asOf: '2025-01-01' }))
  expect(error.code).toBe('storage-failed')
})

it.skipIf(!canMount)('a folder that cannot be written to is found before the work', async () => {
  await smallDisk('fixed', 64)
  expect(mount('mount', '-o', 'remount,ro', join(job.folder, 'fixed'))).toBe(true)
  const steps: string[] = []
  const config = job.config([{ file: 'fixed/scores.csv' }], { stage: false })
  const onProgress = ({ step }: { readonly step: string }): number => steps.push(step)
  const error = await refusal(runNight(config, { asOf: '2025-01-01', onProgress }))
  expect(error.code).toBe('storage-failed')
  expect(error.message).toContain('You may not write there')
  expect(steps).toEqual([])
})
