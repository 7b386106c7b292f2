import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import {
  beginFile,
  dropFiles,
  fileBehind,
  removeUnfinishedOnSignals,
  writeTogether,
  writeWholeFile,
} from '../../src/base/wholeFile.node.js'

const folder = await mkdtemp(join(tmpdir(), 'holdfast-whole-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const write = (path: string, content: string): Promise<void> =>
  writeWholeFile('save', path, (part) => writeFile(part, content))
const failure = (work: Promise<void>) =>
  work.then(
    () => undefined,
    (error) => error,
  )

beforeEach(async () => {
  for (const name of await readdir(folder)) await rm(at(name), { recursive: true, force: true })
})

it('a symbolic link stays one: the file that it leads to is replaced', async () => {
  await mkdir(at('models'))
  await writeFile(at('models/real'), 'old')
  await symlink('models/real', at('latest'))
  await symlink('latest', at('again'))
  await write(at('again'), 'new')
  expect((await lstat(at('again'))).isSymbolicLink()).toBe(true)
  expect((await lstat(at('latest'))).isSymbolicLink()).toBe(true)
  expect(await readFile(at('models/real'), 'utf8')).toBe('new')
  expect(await readdir(at('models'))).toEqual(['real'])
})

it('a link that leads nowhere makes the file that it leads to', async () => {
  await symlink('real', at('link'))
  await write(at('link'), 'new')
  expect((await lstat(at('link'))).isSymbolicLink()).toBe(true)
  expect(await readFile(at('real'), 'utf8')).toBe('new')
})

it('a link is seen from the folder that it really is in', async () => {
  await mkdir(at('a/b'), { recursive: true })
  await symlink('../real', at('a/b/link'))
  await symlink('a/b', at('short'))
  // short/../real would be the folder's own real; the link means a/real
  expect(await fileBehind(at('short/link'))).toBe(at('a/real'))
})

it('links in a circle are refused in the name of the function', async () => {
  await symlink('two', at('one'))
  await symlink('one', at('two'))
  const error = await failure(write(at('one'), 'new'))
  expect(error).toMatchObject({ name: 'HoldfastError', operation: 'save', code: 'file-missing' })
  expect(error.message).toContain('form a loop')
  expect((await lstat(at('one'))).isSymbolicLink()).toBe(true)
})

it('a file that only its owner could read stays so', async () => {
  await writeFile(at('private'), 'old')
  await chmod(at('private'), 0o600)
  await write(at('private'), 'new')
  expect((await stat(at('private'))).mode & 0o777).toBe(0o600)
})

it('of files written together none is there before the last is complete', async () => {
  await writeFile(at('one'), 'old')
  const error = await failure(
    writeTogether(async () => {
      await write(at('one'), 'new')
      await write(at('two'), 'new')
      expect(await readFile(at('one'), 'utf8')).toBe('old')
      throw new Error('the third could not be written')
    }),
  )
  expect(error.message).toBe('the third could not be written')
  expect(await readdir(folder)).toEqual(['one'])
  expect(await readFile(at('one'), 'utf8')).toBe('old')
  await writeTogether(async () => {
    await write(at('one'), 'new')
    await write(at('two'), 'new')
  })
  expect(await readdir(folder)).toEqual(['one', 'two'])
  expect(await readFile(at('one'), 'utf8')).toBe('new')
})

it('where a later file cannot be moved to its place, what was written before is named', async () => {
  const error = await failure(
    writeTogether(async () => {
      for (const name of ['one', 'two', 'three']) await write(at(name), 'new')
      // A folder takes the place in the meantime
      await mkdir(at('two'))
    }),
  )
  expect(error).toMatchObject({ operation: 'save', problems: [{ received: at('two') }] })
  expect(error.message).toContain(
    `Written before it: ${at('one')}. Not written: ${at('two')}, ${at('three')}.`,
  )
  expect((await readdir(folder)).sort()).toEqual(['one', 'two'])
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s removes what is unfinished, keeps what was there, and ends with %i', async (signal, code) => {
  const ended: number[] = []
  removeUnfinishedOnSignals((exitCode) => ended.push(exitCode))
  await writeFile(at('one'), 'old')
  const before = process.listenerCount(signal)
  const file = await beginFile('save', at('one'))
  await writeFile(file.part, 'half')
  expect(process.listenerCount(signal)).toBe(before + 1)
  process.emit(signal, signal)
  expect(ended).toEqual([code])
  expect(await readdir(folder)).toEqual(['one'])
  expect(await readFile(at('one'), 'utf8')).toBe('old')
  dropFiles([file])
  // A process that listens does not end where its work never lets it look
  expect(process.listenerCount(signal)).toBe(before)
})

it('nothing listens to signals where no program asked for it, nor after a file is written', async () => {
  const before = process.listenerCount('SIGINT')
  await write(at('one'), 'new')
  await failure(writeWholeFile('save', at('two'), () => Promise.reject(new Error('no'))))
  expect(process.listenerCount('SIGINT')).toBe(before)
  expect(await readdir(folder)).toEqual(['one'])
})
