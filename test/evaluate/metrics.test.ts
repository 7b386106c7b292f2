import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metricNames, metrics } from '../../src/evaluate/metrics.js'
import { liftAt, precisionAt, recallAt } from '../../src/evaluate/ranking/topOfList.js'
import { rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'
import { describeMetrics, exportedFunctionsOfPredictions, type MetricCase } from './metricProperties.js'
import { type MetricTraits, metricTraits } from './metricTraits.js'
import { noMetrics } from './noMetrics.js'

type Name = 'probability' | 'outcome'

const entries = Object.entries<MetricTraits>(metricTraits)

describeMetrics<Name>({
  metrics: Object.fromEntries(
    entries.map(([name, { figures, rankOnly, classSwap }]): [string, MetricCase<Name>] => [
      name,
      {
        figures: ({ probability, outcome }, weight) =>
          figures(probability, outcome, weight === undefined ? {} : { weight }),
        rankOnly,
        classSwap,
      },
    ]),
  ),
  row: fc.record({
    // Odd multiples of 1/256: 1 − p is exact, no value lies on the end of one of ten bins, and squares stay apart.
    probability: fc.integer({ min: 0, max: 127 }).map((step) => (2 * step + 1) / 256),
    outcome: fc.integer({ min: 0, max: 1 }),
  }),
  // Both classes occur and overlap.
  always: [
    { probability: 65 / 256, outcome: 1 },
    { probability: 65 / 256, outcome: 0 },
    { probability: 191 / 256, outcome: 1 },
    { probability: 191 / 256, outcome: 0 },
  ],
  score: 'probability',
  rising: (p) => p * p,
  swapped: ({ probability, outcome }) => ({ probability: 1 - probability, outcome: 1 - outcome }),
  refused: [
    {
      columns: { probability: [0.25, 0.75], outcome: [1, 1] },
      says: /both churned \(1\) and stayed \(0\)/,
    },
    { columns: { probability: [Number.NaN, 0.75], outcome: [1, 0] }, says: /row 1: expected probability/ },
    { columns: { probability: [0.25, 1.5], outcome: [1, 0] }, says: /row 2: expected probability.*log odds/ },
    { columns: { probability: [0.25, -0.5], outcome: [1, 0] }, says: /row 2: expected probability/ },
    { columns: { probability: [0.25, 0.5], outcome: [1, 2] }, says: /row 2: expected outcome to be 1/ },
    {
      columns: { probability: [0.25], outcome: [1, 0] },
      says: /expected outcome to have one value per prob/,
    },
    { columns: { probability: [], outcome: [] }, says: /at least one row/ },
  ],
})

const folder = new URL('./', import.meta.url)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.replaceAll('\\', '/'),
)
const traitFiles = files.filter((file) => /[mM]etricTraits\.ts$/.test(file))

test('every exported function of predictions is in a registry of metrics, or is said to be none', async () => {
  const found = exportedFunctionsOfPredictions()
  expect(found).toEqual(expect.arrayContaining(['rocAuc', 'checkOutcomeRows', 'contactsForSameCatch']))
  const registered = new Set<string>()
  for (const file of traitFiles) {
    const registry = (await import(new URL(file, folder).href)) as object
    for (const value of Object.values(registry)) for (const name of Object.keys(value)) registered.add(name)
  }
  expect(found.filter((name) => !registered.has(name) && !(name in noMetrics))).toEqual([])
  expect(Object.keys(noMetrics).filter((name) => registered.has(name))).toEqual([])
  expect(Object.keys(metrics).filter((name) => !found.includes(name))).toEqual([])
})

test('the property sets run over every registry', () => {
  const tests = files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .filter((text) => text.includes('describeMetrics'))
  const named = (file: string): string => file.replace(/.*\//, './').replace(/\.ts$/, '.js')
  expect(traitFiles).toHaveLength(4)
  expect(traitFiles.filter((file) => !tests.some((text) => text.includes(named(file))))).toEqual([])
})

test('a metric says of sorted rows what it says of the rows, at the share, threshold or bins of the registry', () => {
  const p = Array.from({ length: 97 }, (_, row) => (((row * 37) % 97) + 0.5) / 97)
  const y = p.map((value, row) => (value > 0.4 === row % 4 > 0 ? 1 : 0))
  const ranked = rankOutcomes(p, y)
  for (const name of metricNames)
    expect(metrics[name].ofRanked(ranked), name).toBeCloseTo(metricTraits[name].figures(p, y, {})[0]!, 12)
  const at = { precisionAt: precisionAt(p, y, 0.1), recallAt: recallAt(p, y, 0.1), liftAt: liftAt(p, y, 0.1) }
  for (const [name, figure] of Object.entries(at))
    expect(metricTraits[name as keyof typeof at].figures(p, y, {}), name).toEqual([figure])
})

test('metrics of one number have these names, in this order', () => {
  expect(metricNames).toEqual([
    'rocAuc',
    'averagePrecision',
    'logLoss',
    'brierScore',
    'liftAt',
    'calibrationError',
    'giniCoefficient',
    'kolmogorovSmirnov',
    'precisionAt',
    'recallAt',
    'matthewsCorrelation',
    'fBeta',
    'maximumCalibrationError',
    'integratedCalibrationIndex',
  ])
})
