import { rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { contentOf, flatLines, holdfast, temporaryFolder, writeLines } from './holdfast.js'

// What a disk says of itself; everything else is the real one
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>()
  return { ...real, statfs: vi.fn(real.statfs) }
})

const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const file = await writeLines(at('flat.csv'), flatLines(60))
await holdfast(['train', file, '--id', 'id', '--out', at('flat.model')])

const freeBlocks = (blocks: number, freeBlocks: number) =>
  vi.mocked(statfs).mockResolvedValue({
    type: 0,
    bsize: 4096,
    blocks,
    bfree: freeBlocks,
    bavail: freeBlocks,
    files: 0,
    ffree: 0,
  } as never)

// 16 MB are 4,096 blocks of 4,096 bytes: 4,095 of them are 16.0 MB when rounded, 512 are 2 MB.
const commands: [string, string[]][] = [
  ['train', ['train', file, '--id', 'id', '--out', at('new.model')]],
  ['train', ['train', file, '--id', 'id', '--out', at('new.model'), '--test-out', at('kept.csv')]],
  ['score', ['score', at('flat.model'), file, '--out', at('new.csv')]],
  ['report', ['report', at('flat.model'), file, '--out', at('new.html')]],
  ['report', ['report', at('flat.model'), file, '--out', at('new.md'), '--pictures', at('new')]],
  ['simulate', ['simulate', '--out', at('operator'), '--customers', '5', '--months', '3']],
]
it.each(commands)('%s is refused before its work where the disk is full', async (name, words) => {
  const before = await contentOf(folder)
  freeBlocks(1_000_000, 512)
  const { code, messages } = await holdfast(words)
  expect(code).toBe(3)
  expect(messages).toContain(`holdfast ${name}: `)
  expect(messages).toContain('to be on a disk with 16 MB free, but only 2 MB are left')
  expect(messages).toContain(`Free some space on the disk of ${folder}`)
  expect(await contentOf(folder)).toEqual(before)
})

it('16 MB are enough, and a disk that does not know its size is not asked', async () => {
  const words = ['train', file, '--id', 'id', '--learner', 'prior', '--out', at('new.model')]
  freeBlocks(1_000_000, 4095)
  expect((await holdfast(words)).code).toBe(3)
  freeBlocks(1_000_000, 4096)
  expect((await holdfast(words)).code).toBe(0)
  freeBlocks(0, 0)
  expect((await holdfast(words)).code).toBe(0)
  await rm(at('new.model'))
})
