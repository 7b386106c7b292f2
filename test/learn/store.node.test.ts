import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trainPrior } from '../../src/learn/baseline/train.js'
import { encodeModel } from '../../src/learn/store.js'
import { loadModel, saveModel } from '../../src/learn/store.node.js'
import { sampleData } from './sample.js'

const model = trainPrior(sampleData(40, 1))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-store-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('saveModel', () => {
  it('writes what encodeModel gives, replaces an older file, and leaves nothing else', async () => {
    const path = join(folder, 'prior.model')
    await writeFile(path, 'older')
    await saveModel(model, path, { market: 'north' })
    expect(new Uint8Array(await readFile(path))).toEqual(encodeModel(model, { market: 'north' }))
    expect(await readdir(folder)).toEqual(['prior.model'])
    const loaded = await loadModel(path)
    expect(loaded.about).toEqual({ market: 'north' })
    expect(loaded.model.baseRate).toBe(model.baseRate)
  })

  it('refuses a folder that is not there, with the path', async () => {
    const path = join(folder, 'no', 'such', 'folder.model')
    await expect(saveModel(model, path)).rejects.toMatchObject({ problems: [{ received: path }] })
  })

  it('leaves the older file as it was where it refuses what is about the model', async () => {
    const path = join(folder, 'kept.model')
    await saveModel(model, path)
    const before = await readFile(path)
    await expect(saveModel(model, path, { share: Number.NaN })).rejects.toMatchObject({ code: 'value-type' })
    expect(await readFile(path)).toEqual(before)
  })
})

describe('loadModel', () => {
  it('names the file that was edited or cut short', async () => {
    const path = join(folder, 'edited.model')
    const bytes = encodeModel(model)
    await writeFile(path, bytes.subarray(0, bytes.length - 10))
    await expect(loadModel(path)).rejects.toMatchObject({
      code: 'model-truncated',
      problems: [{ place: { file: path } }],
    })
    bytes[bytes.length - 20]! ^= 1
    await writeFile(path, bytes)
    await expect(loadModel(path)).rejects.toMatchObject({
      code: 'model-edited',
      problems: [{ place: { file: path } }],
    })
  })

  it('refuses a missing file, a folder, a file too large, and wrong options', async () => {
    await expect(loadModel(join(folder, 'none.model'))).rejects.toMatchObject({ code: 'file-missing' })
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'file-unreadable' })
    const path = join(folder, 'large.model')
    await saveModel(model, path)
    await expect(loadModel(path, { maxBytes: 10 })).rejects.toMatchObject({ code: 'model-too-large' })
    await expect(loadModel(path, { maxBytes: 0 })).rejects.toMatchObject({ code: 'option-invalid' })
  })
})
