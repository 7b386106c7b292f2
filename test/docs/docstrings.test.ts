import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { entries, everyName } from '../support/entries.js'
import { agrees, docstringExamples, namesOf, runExample } from '../support/runExample.js'

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

const moduleOf = (place: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ `../../${place.split(':')[0]}`)

it.each(examples.map((example) => [example.place, example.code]))(
  'the docstring at %s shows what its code gives',
  async (place, code) => {
    const module = await moduleOf(place)
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

it('an example imports what stands neither in holdfast nor beside what it shows', async () => {
  const entryOf = new Map(
    Object.entries(entries)
      .filter(([entry]) => entry !== 'holdfast' && entry !== 'holdfast/score')
      .flatMap(([entry, names]) => Object.keys(names).map((name) => [name, entry] as const)),
  )
  const missing: string[] = []
  for (const { place, code } of examples) {
    const module = await moduleOf(place)
    const own = Object.keys(module).filter((name) => name in everyName)
    if (own.length === 0) continue
    const beside = new Set(own.map((name) => entryOf.get(name)))
    const { used, imported } = namesOf(code)
    for (const name of used) {
      const entry = entryOf.get(name)
      if (name in entries.holdfast || entry === undefined || beside.has(entry)) continue
      if (imported.get(name) !== entry) missing.push(`${place}: import { ${name} } from '${entry}'`)
    }
    for (const [name, entry] of imported)
      if (!(name in (entries[entry as keyof typeof entries] ?? {})))
        missing.push(`${place}: ${name} is not in ${entry}`)
  }
  expect(missing).toEqual([])
})
