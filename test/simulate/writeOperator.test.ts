import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { operatorTableNames, simulateTables, writeOperator } from '../../src/entries/simulate.js'

const options = { customers: 30, months: 5, seed: 8, customersPerBlock: 8 }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

it('the files hold the rows of the tables in memory', async () => {
  const { files, rowCounts } = await writeOperator(folder, options)
  const tables = simulateTables(options)
  for (const name of operatorTableNames) {
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(files[name]) })
    expect(rows.map(asCells), name).toEqual(tables[name].rows())
    expect(rowCounts[name]).toBe(tables[name].rowCount)
  }
})

it('the same seed gives the same bytes', async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  await writeOperator(one, options)
  await writeOperator(two, options)
  for (const name of operatorTableNames) {
    const bytes = await Promise.all([one, two].map((place) => readFile(join(place, `${name}.parquet`))))
    expect(bytes[0]!.equals(bytes[1]!), name).toBe(true)
  }
})

it('progress counts people, block by block', async () => {
  const seen: number[] = []
  await writeOperator(folder, options, { onProgress: ({ done, total }) => seen.push(done, total) })
  expect(seen).toEqual([8, 30, 16, 30, 24, 30, 30, 30])
})

it('an abort on the way leaves no file behind', async () => {
  const controller = new AbortController()
  const onProgress = () => controller.abort()
  await expect(
    writeOperator(folder, options, { onProgress, signal: controller.signal }),
  ).rejects.toMatchObject({
    code: 'aborted',
  })
  expect(await readdir(folder)).toEqual([])
})

it('existing files are refused by name, and replaced only where that is asked for', async () => {
  const { files } = await writeOperator(folder, options)
  const before = await readFile(files.customers)
  await expect(writeOperator(folder, { ...options, seed: 9 })).rejects.toMatchObject({
    problems: operatorTableNames.map((name) => ({ code: 'file-exists', parameter: files[name] })),
  })
  expect((await readFile(files.customers)).equals(before)).toBe(true)
  await writeOperator(folder, { ...options, seed: 9 }, { overwrite: true })
  expect((await readFile(files.customers)).equals(before)).toBe(false)
})

it('refused options make no folder', async () => {
  const place = join(folder, 'new')
  await expect(writeOperator(place, { months: 0 })).rejects.toMatchObject({ code: 'option-invalid' })
  expect(existsSync(place)).toBe(false)
})

function asCells(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString().slice(0, 10) : (value ?? null),
    ]),
  )
}

it('a folder whose name is a file is refused', async () => {
  const path = join(folder, 'taken')
  await writeFile(path, 'a file')
  await expect(writeOperator(path, options)).rejects.toMatchObject({
    code: 'file-unreadable',
    problems: [{ parameter: 'folder', received: path }],
  })
})
