import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { everyName } from '../support/entries.js'
import { agrees, docstringExamples, runExample } from '../support/runExample.js'

const examples = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .flatMap((file) => docstringExamples(readFileSync(`src/${file}`, 'utf8'), `src/${file}`))

// Examples read and write files by name: each run has a folder of its own.
const home = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-docs-'))
beforeAll(() => process.chdir(folder))
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

it.each(examples.map((example) => [example.place, example.code]))(
  'the docstring at %s shows what its code gives',
  async (place, code) => {
    const module = await import(`../../${place.split(':')[0]}`)
    const { z } = await import('zod')
    const shown = await runExample(code, { ...everyName, ...module, z })
    expect(shown.length, 'an example shows at least one output').toBeGreaterThan(0)
    for (const claim of shown) {
      const { expression, expected, received } = claim
      const message = `${expression}\nshown: ${JSON.stringify(expected)}\ngiven: ${JSON.stringify(received)}`
      expect(agrees(claim), message).toBe(true)
    }
  },
)
