import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'

// A simulation of a million customers does not end by itself here
const words = ['dist/cli/main.js', 'simulate', '--customers', '1000000', '--overwrite', '--out']

it.skipIf(process.platform === 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while a command writes leaves nothing half and ends with %i', async (signal, code) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-signal-'))
  try {
    await writeFile(join(folder, 'usage.parquet'), 'what was there before')
    const child = spawn(process.execPath, [...words, folder], { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('exit', (...how) => resolve(how)))
    const isWriting = async () => (await readdir(folder)).some((name) => name.endsWith('.part'))
    while (!(await isWriting())) await setTimeout(50)
    child.kill(signal)
    expect(await ended).toEqual([code, null])
    expect(await readdir(folder)).toEqual(['usage.parquet'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
