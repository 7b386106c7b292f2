import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { likelyEncoding } from '../../src/table/encoding.node.js'
import { readTable } from '../../src/table/readTable.node.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(() => rm(folder, { recursive: true }))

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )

/** Texts in encodings, as `iconv -t` writes them. */
const files: readonly (readonly [string, Uint8Array, string])[] = [
  ['gb18030', bytes('id,plan\n1,', [0xcc, 0xd7, 0xb2, 0xcd], '\n'), '套餐'],
  // é and ü of Windows-1252, and its euro sign
  ['windows-1252', bytes('id,plan\n1,caf', [0xe9], ' f', [0xfc], 'r 5 ', [0x80], '\n'), 'café für 5 €'],
  [
    'windows-1251',
    bytes('id,plan\n1,', [0xd2, 0xe0, 0xf0, 0xe8, 0xf4], ' ', [0xcb, 0xe0, 0xe9, 0xf2, 0xf3], '\n'),
    'Тариф Лайту',
  ],
  ['utf-16le', Buffer.from('\ufeffid,plan\n1,套餐\n', 'utf16le'), '套餐'],
  ['utf-16be', Buffer.from('\ufeffid,plan\n1,套餐\n', 'utf16le').swap16(), '套餐'],
]

test.each(files)(
  'a file in %s is refused with that name, and read with it',
  async (encoding, content, plan) => {
    const path = join(folder, `${encoding}.csv`)
    await writeFile(path, content)
    expect(likelyEncoding(content)).toBe(encoding)
    await expect(readTable(path)).rejects.toThrow(
      `It is probably ${encoding}: read it with encoding: '${encoding}'`,
    )
    expect((await readTable(path, { encoding })).rows()).toEqual([{ id: 1, plan }])
  },
)

test('UTF-8, with or without its mark, and bytes of ASCII are of no other encoding', () => {
  expect(likelyEncoding(Buffer.from('\ufeffid,plan\n1,套餐\n'))).toBeUndefined()
  expect(likelyEncoding(Buffer.from('id,plan\n1,Z\u00fcrich\n'))).toBeUndefined()
  expect(likelyEncoding(Buffer.from('id,plan\n'))).toBeUndefined()
})

test('an encoding that the mark of the file contradicts is refused', async () => {
  const path = join(folder, 'marked.csv')
  await writeFile(path, '\ufeffid,plan\n1,套餐\n')
  await expect(readTable(path, { encoding: 'windows-1252' })).rejects.toThrow(
    'expected the file to be windows-1252, and it begins with the mark of utf-8',
  )
  const wide = join(folder, 'wide.csv')
  await writeFile(wide, Buffer.from('\ufeffid,plan\n1,x\n', 'utf16le').swap16())
  await expect(readTable(wide, { encoding: 'utf-16' })).rejects.toThrow("Read it with encoding: 'utf-16be'")
})
