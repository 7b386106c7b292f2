import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { type Report, resultSchema } from '../../benchmarks/result.js'
import { benchmarkNames, loadBenchmark, resultOf, withEarlier } from '../../benchmarks/runBenchmark.js'

const report: Report = {
  peers: { lightgbm: '4.7.0' },
  results: [
    { id: 'telco.boosting.rocAuc', value: 0.85, unit: '1' },
    { id: 'telco.lightgbm.rocAuc', value: 0.84, unit: '1', peer: 'lightgbm', ratio: 1.012 },
  ],
  notices: [],
}

test('a result holds versions, machine, commit and date beside the figures', () => {
  const result = resultOf('quality', report)
  expect(result.versions).toMatchObject({ node: process.versions.node, lightgbm: '4.7.0' })
  expect(Object.keys(result.versions)).toContain('holdfast')
  expect(result.machine.cores).toBeGreaterThan(0)
  expect(result.results).toEqual(report.results)
  expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result)
})

test('a result names no host, no user and no path', () => {
  const text = JSON.stringify(resultOf('quality', report))
  expect(text).not.toContain(process.cwd())
  expect(text).not.toContain(JSON.stringify(hostname()))
  expect(text).not.toContain(JSON.stringify(userInfo().username))
})

test('two figures of one id are refused', () => {
  const twice = { ...report, results: [...report.results, report.results[0]!] }
  expect(() => resultOf('quality', twice)).toThrow(/the id telco\.boosting\.rocAuc occurs more than once/)
})

test('a figure of a peer without a version is refused', () => {
  expect(() => resultOf('quality', { ...report, peers: {} })).toThrow(/names no version of lightgbm/)
})

test('a figure that is no number is refused', () => {
  const results = [{ id: 'telco.boosting.rocAuc', value: Number.NaN, unit: '1' }]
  expect(() => resultOf('quality', { ...report, results })).toThrow(/results\.0\.value/)
})

test('a run of some lines keeps the others, with their date and commit, but not those of other versions', () => {
  const commit = 'a'.repeat(40)
  const earlier = { ...resultOf('quality', report), date: '2026-01-01T00:00:00.000Z', commit }
  const one = { ...report, results: [{ id: 'telco.boosting.rocAuc', value: 0.86, unit: '1' }] }
  const { results, notices } = withEarlier(resultOf('quality', one), earlier)
  expect(results).toEqual([
    one.results[0],
    { ...report.results[1], run: { date: '2026-01-01T00:00:00.000Z', commit } },
  ])
  expect(notices).toEqual([])
  const newer = withEarlier(resultOf('quality', { ...one, peers: { lightgbm: '5.0.0' } }), earlier)
  expect(newer.results).toEqual(one.results)
  expect(newer.notices).toEqual(['1 earlier figures are gone: their versions or their machine were others.'])
})

test('an unknown benchmark is refused with the existing names', async () => {
  expect(benchmarkNames()).toContain('quality')
  await expect(loadBenchmark('qualtiy')).rejects.toThrow(/"qualtiy"\. There is: .*quality/)
  await expect(loadBenchmark(undefined)).rejects.toThrow(/There is: .*quality/)
})

const results = new URL('../../benchmarks/results/', import.meta.url)
const committed = existsSync(results) ? readdirSync(results).filter((file) => file.endsWith('.json')) : []

test.each(committed)('the result %s is of the form and belongs to a benchmark', (file) => {
  const result = resultSchema.parse(JSON.parse(readFileSync(new URL(file, results), 'utf8')))
  expect(`${result.name}.json`).toBe(file)
  expect(benchmarkNames()).toContain(result.name)
})
