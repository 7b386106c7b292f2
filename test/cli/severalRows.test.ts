import { join } from 'node:path'
import { expect, it } from 'vitest'
import { flatLines, holdfast, temporaryFolder, writeLines } from './holdfast.js'

// Every customer of a file stands in it four times.
const folder = await temporaryFolder()
const at = (name: string): string => join(folder, name)
const [header, ...rows] = flatLines(150) as [string, ...string[]]
const several = await writeLines(at('several.csv'), [header, ...[1, 2, 3, 4].flatMap(() => rows)])
const once = await writeLines(at('once.csv'), [header, ...rows])
const words = ['train', several, '--id', 'id', '--learner', 'logistic', '--out', at('a.model')]

it('customers with several rows are trained on where that is said, and tested or trained on whole', async () => {
  const refused = await holdfast(words)
  expect([refused.code, refused.messages]).toEqual([3, expect.stringContaining('to occur once')])
  const kept = at('kept.csv')
  const { code, output } = await holdfast([...words, '--rows-per-customer', 'several', '--test-out', kept])
  expect(code).toBe(0)
  // A fifth of 150 customers, four rows each
  expect(output).toContain('the 120 held-out rows')
  expect(output).toContain('trained on 480 rows')
})

interface Figures {
  readonly rocAuc: { readonly value: number; readonly lower: number; readonly upper: number }
}

it('evaluate --id counts customers: four copies of each tell no more than one', async () => {
  const figures = async (file: string, ...more: string[]): Promise<Figures['rocAuc']> => {
    const { output, messages, code } = await holdfast(['evaluate', at('a.model'), file, '--json', ...more])
    expect(code, messages).toBe(0)
    return (JSON.parse(output) as Figures).rocAuc
  }
  const width = ({ lower, upper }: Figures['rocAuc']): number => upper - lower
  const [one, named, unnamed] = [
    await figures(once, '--id', 'id'),
    await figures(several, '--id', 'id'),
    await figures(several),
  ]
  // Copies change no share, and so no figure
  expect(named.value).toBeCloseTo(one.value, 12)
  // Of four times the rows a range is half as wide (1 / √4), where they are taken for others; copies are found without ids too
  expect(width(named) / width(one)).toBeCloseTo(1, 1)
  expect(width(unnamed) / width(one)).toBeGreaterThan(0.8)
})

it('a column that the file does not have is refused by name', async () => {
  const { code, messages } = await holdfast(['evaluate', at('a.model'), once, '--id', 'ids'])
  expect(code).toBe(3)
  expect(messages).toContain('Did you mean id?')
})
