import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

// A disk that is full while a file is written, as a process of a shell whose files may not grow beyond 4 kB meets it.
const script = `
import * as main from ${JSON.stringify(pathToFileURL('dist/index.js').href)}
import * as tables from ${JSON.stringify(pathToFileURL('dist/entries/tables.js').href)}
import * as features from ${JSON.stringify(pathToFileURL('dist/entries/features.js').href)}
import * as models from ${JSON.stringify(pathToFileURL('dist/entries/models.js').href)}
import * as reports from ${JSON.stringify(pathToFileURL('dist/entries/report.js').href)}
import { writeOperator } from ${JSON.stringify(pathToFileURL('dist/entries/simulate.js').href)}
const count = 4000
const numbers = Array.from({ length: count }, (_, row) => Math.sin(row))
const churn = numbers.map((x) => Number(x > 0))
const holdfast = { ...main, ...tables, ...features, ...models, ...reports }
const table = holdfast.tableFrom({ id: numbers.map((_, row) => 'C' + row), x: numbers, churn })
const model = holdfast.trainBoosting(holdfast.fromFlatTable(table, { label: 'churn', id: 'id' }), { rounds: 50 })
const facts = holdfast.predictionReport(numbers.map((x) => (x + 1) / 2), churn)
const history = await holdfast.openHistory({
  customers: Array.from({ length: 3000 }, (_, row) => ({ id: 'C' + row, activatedAt: '2024-01-15' })),
  usage: Array.from({ length: 3000 }, (_, row) => ({ id: 'C' + row, day: '2025-03-31', minutes: Math.sin(row) })),
})
const rules = [holdfast.sumOf('usage', 'minutes', { months: 1 })]
const writers = {
  writeTable: [() => holdfast.writeTable(table, 'a.csv'), () => holdfast.writeTable(table, 'a.csv.gz'),
    () => holdfast.writeTable(table, 'a.jsonl'), () => holdfast.writeTable(table, 'a.parquet')],
  saveModel: [() => holdfast.saveModel(model, 'a.model')],
  saveScorer: [() => holdfast.saveScorer(holdfast.createScorer(model), 'a.model')],
  writeReport: [() => holdfast.writeReport(facts, 'a.html'), () => holdfast.writeReport(facts, 'a.json')],
  writePictures: [() => holdfast.writePictures(facts, '.', { formats: ['svg'] })],
  writeFeatures: [() => holdfast.writeFeatures(history, rules, 'a.parquet', { cutoffs: [holdfast.epochDay('2025-04-01')] })],
  writeOperator: [() => writeOperator('.', { customers: 300, months: 6 })],
}
const said = []
for (const [name, calls] of Object.entries(writers)) {
  for (const call of calls) {
    const error = await call().then(() => 'written', (error) => error)
    said.push([name, error.name, error.operation])
  }
}
console.log(JSON.stringify(said))
await history.close()
`

it.skipIf(process.platform === 'win32')('a disk that is full while writing leaves no half file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-full-'))
  const program = `${folder}.mjs`
  await writeFile(join(folder, 'a.csv'), 'what was there before\n')
  await writeFile(program, script)
  try {
    const limited = `trap '' XFSZ; ulimit -f 4; exec "$0" "$1"`
    const words = ['-c', limited, process.execPath, program]
    const { stdout } = await promisify(execFile)('bash', words, { cwd: folder })
    const said: [string, string, string][] = JSON.parse(stdout)
    expect(said.map(([writer]) => [writer, 'HoldfastError', writer])).toEqual(said)
    expect(await readdir(folder)).toEqual(['a.csv'])
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(program, { force: true })
  }
})

// 200 rows of a table are some 800 bytes packed and some 8 kB as they are: the first output fits, the second does not.
const lines = Array.from({ length: 200 }, (_, row) => `C${row},${row % 7},${row % 7 < 2 ? 'yes' : 'no'}`)

it.skipIf(process.platform === 'win32')(
  'of two outputs of a command of which one does not fit none is written',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-full-'))
    const main = resolve('dist/cli/main.js')
    try {
      await writeFile(join(folder, 'in.csv'), `id,calls,churn\n${lines.join('\n')}\n`)
      const run = (words: string[], limit: string) =>
        promisify(execFile)(
          'bash',
          ['-c', `trap '' XFSZ; ulimit -f ${limit}; exec "$0" "$@"`, process.execPath, main, ...words],
          {
            cwd: folder,
          },
        ).then(
          ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
          (error) => error,
        )
      const made = await run(
        ['train', 'in.csv', '--id', 'id', '--learner', 'prior', '--out', 'a.model'],
        'unlimited',
      )
      expect(made.code).toBe(0)
      const before = await readdir(folder)
      const { code, stderr } = await run(
        ['score', 'a.model', 'in.csv', '--out', 'a.csv.gz', '--out', 'b.csv'],
        '4',
      )
      expect([code, stderr]).toEqual([3, expect.stringContaining('b.csv')])
      expect(await readdir(folder)).toEqual(before)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
