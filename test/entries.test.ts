import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Dataset } from '../src/dataset/dataset.js'
import type { Interval } from '../src/evaluate/interval/bootstrapInterval.js'
import type { FeatureRule } from '../src/feature/rule.js'
import type { ChurnModel } from '../src/learn/contract.js'
import type { CustomerHistory } from '../src/table/customerHistory.js'
import type { Table } from '../src/table/table.js'
import { entries } from './support/entries.js'

// What users import. A name that moves or ends is a change for them, and stands in CHANGELOG.md.

/** Names of the entry, types among them, as they stand in the file. */
function namesOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) =>
    names!
      .split(',')
      .map((name) => name.replace('type ', '').trim())
      .filter((name) => name !== ''),
  )
}
const topics = readdirSync('src/entries').map((file) => file.replace(/\.ts$/, ''))
const names = new Map([
  ['holdfast', namesOf('src/index.ts')],
  ...topics.map((topic): [string, string[]] => [`holdfast/${topic}`, namesOf(`src/entries/${topic}.ts`)]),
])

it('package.json has the entries that there are, and the tests know them', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object }
  const declared = Object.keys(exports).map((path) => path.replace(/^\./, 'holdfast'))
  expect(declared.filter((path) => path !== 'holdfast/package.json').sort()).toEqual([...names.keys()].sort())
  expect(Object.keys(entries).sort()).toEqual([...names.keys()].sort())
})

it('a function has the name that it is exported by', () => {
  for (const [entry, values] of Object.entries(entries)) {
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'function') expect(value.name, `${name} of ${entry}`).toBe(name)
    }
  }
})

it('the program that is imported as holdfast knows the types of all entries but the simulated one', () => {
  // Without, a project that writes declarations could not name what it infers (TS2742)
  const known = [
    ...readFileSync('src/index.ts', 'utf8').matchAll(/<reference path="\.\/entries\/(\w+)\.ts"/g),
  ]
  expect(known.map(([, topic]) => topic).sort()).toEqual(
    topics.filter((topic) => topic !== 'simulate').sort(),
  )
})

it('a name stands in one entry; holdfast/score alone repeats others, and means the same by them', () => {
  const owner = new Map<string, string>()
  for (const [entry, own] of names) {
    expect(new Set(own).size, entry).toBe(own.length)
    if (entry === 'holdfast/score') continue
    for (const name of own) {
      expect(owner.get(name), `${name} in ${entry}`).toBeUndefined()
      owner.set(name, entry)
    }
  }
  const score: Readonly<Record<string, unknown>> = entries['holdfast/score']
  for (const [name, value] of Object.entries(score)) {
    const other: Readonly<Record<string, unknown>> | undefined =
      entries[owner.get(name) as keyof typeof entries]
    if (other !== undefined) expect(value, name).toBe(other[name])
  }
})

it('holdfast itself has what fits on one completion list', () => {
  expect(names.get('holdfast')!.length).toBeLessThanOrEqual(66)
})

describe('the types of each entry', () => {
  it('holdfast: table → dataset → model → evaluation → scorer', () => {
    type Holdfast = (typeof entries)['holdfast']
    expectTypeOf<Holdfast['readTable']>().returns.resolves.toEqualTypeOf<Table>()
    expectTypeOf<Holdfast['fromFlatTable']>().returns.toExtend<Dataset>()
    expectTypeOf<Holdfast['trainBoosting']>().parameter(0).not.toBeAny()
    expectTypeOf<Dataset>().toExtend<Parameters<Holdfast['trainBoosting']>[0]>()
    expectTypeOf<Holdfast['trainBoosting']>().returns.toExtend<ChurnModel>()
    expectTypeOf<ChurnModel>().toExtend<Parameters<Holdfast['evaluate']>[0]>()
    expectTypeOf<ReturnType<Holdfast['evaluate']>['rocAuc']['value']>().toEqualTypeOf<number>()
    expectTypeOf<Parameters<Holdfast['createScorer']>[0]>().toEqualTypeOf<ChurnModel>()
  })

  it('holdfast/tables: what readers give is what datasets take', () => {
    type Tables = (typeof entries)['holdfast/tables']
    expectTypeOf<Tables['tableFrom']>().returns.toEqualTypeOf<Table>()
    expectTypeOf<Awaited<ReturnType<Tables['readTableWithRejects']>>['table']>().toEqualTypeOf<Table>()
  })

  it('holdfast/labels and holdfast/features: plans are data that churnPlan takes', () => {
    type Plan = Parameters<(typeof entries)['holdfast']['churnPlan']>[0]
    type Labels = (typeof entries)['holdfast/labels']
    type Features = (typeof entries)['holdfast/features']
    expectTypeOf<ReturnType<Labels['valueDropped']>>().toExtend<Plan['label']>()
    expectTypeOf<ReturnType<Labels['activeCustomers']>>().toExtend<NonNullable<Plan['population']>>()
    expectTypeOf<ReturnType<Features['sumOf']>>().toExtend<FeatureRule>()
    expectTypeOf<readonly FeatureRule[]>().toExtend<NonNullable<Plan['features']>>()
  })

  it('holdfast/datasets: a dataset becomes a table', () => {
    type Datasets = (typeof entries)['holdfast/datasets']
    expectTypeOf<Parameters<Datasets['datasetToTable']>[0]>().toExtend<Dataset>()
    expectTypeOf<ReturnType<Datasets['datasetToTable']>>().toExtend<Table>()
  })

  it('holdfast/models: what it trains is a model, and bytes come back as one', () => {
    type Models = (typeof entries)['holdfast/models']
    expectTypeOf<Models['trainPrior']>().returns.toExtend<ChurnModel>()
    expectTypeOf<Models['blendModels']>().returns.toExtend<ChurnModel>()
    expectTypeOf<Models['encodeModel']>().returns.toExtend<Uint8Array>()
  })

  it('holdfast/metrics and holdfast/profit: numbers of lists of numbers, and intervals', () => {
    type Metrics = (typeof entries)['holdfast/metrics']
    type Profit = (typeof entries)['holdfast/profit']
    expectTypeOf<Metrics['rocAuc']>().returns.toEqualTypeOf<number>()
    expectTypeOf<Float64Array>().toExtend<Parameters<Metrics['rocAuc']>[0]>()
    expectTypeOf<Metrics['bootstrapInterval']>().returns.toEqualTypeOf<Interval>()
    expectTypeOf<Profit['savings']>().returns.toEqualTypeOf<number>()
  })

  it('holdfast/explain, holdfast/lifecycle and holdfast/report take what holdfast gives', () => {
    type Explain = (typeof entries)['holdfast/explain']
    type Report = (typeof entries)['holdfast/report']
    type Reported = ReturnType<(typeof entries)['holdfast']['modelReport']>
    expectTypeOf<ChurnModel>().toExtend<Parameters<Explain['permutationImportance']>[0]>()
    expectTypeOf<Reported>().toExtend<Parameters<Report['reportHtml']>[0]>()
    expectTypeOf<Report['reportHtml']>().returns.resolves.toEqualTypeOf<string>()
    expectTypeOf<(typeof entries)['holdfast/lifecycle']['lifecycleStages']>().toExtend<readonly string[]>()
  })

  it('holdfast/score: bytes in, a score out', () => {
    type Score = (typeof entries)['holdfast/score']
    type Scorer = ReturnType<Score['loadScorer']>
    expectTypeOf<Uint8Array>().toExtend<Parameters<Score['loadScorer']>[0]>()
    expectTypeOf<CustomerHistory>().toExtend<Parameters<Scorer['scoreOne']>[0]>()
    expectTypeOf<ReturnType<Scorer['scoreRow']>['probability']>().toEqualTypeOf<number>()
  })

  it('holdfast/simulate: tables', () => {
    type Simulate = (typeof entries)['holdfast/simulate']
    expectTypeOf<ReturnType<Simulate['simulateTables']>['customers']>().toEqualTypeOf<Table>()
  })
})
