import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { segmentTable } from '../../src/evaluate/segment/segmentTable.js'
import { featureBuilders } from '../../src/feature/builders/featureBuilders.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { checkCustomerHistory } from '../../src/table/customerHistory.js'
import { tableFrom } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

// What every object inherits, and what a plain assignment or look-up does not keep apart from it
const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'] as const
const rowOf = (...entries: [string, unknown][]) => Object.fromEntries(entries)

describe('names that every object has', () => {
  test('are columns, categories and features like any other, from rows to the score of a loaded model', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...names), { minLength: 3, maxLength: 3 }), (three) => {
        const [number, text, label] = three as [string, string, string]
        const rows = Array.from({ length: 60 }, (_, index) =>
          rowOf(
            ['id', `${names[index % 6]}${index}`],
            [label, index % 3 === 0 ? 'yes' : 'no'],
            ...(index % 5 === 0 ? [] : [[number, (index * 7) % 11] as [string, unknown]]),
            [text, names[index % 6]],
          ),
        )
        const table = tableFromRows(rows, { types: rowOf([text, 'text']) as never })
        expect(table.row(0)).toEqual({ ...rows[0], ...rowOf([number, null]) })
        const data = fromFlatTable(table, { id: 'id', label })
        expect(data.features.columns.map(({ name }) => name).sort()).toEqual([number, text].sort())
        for (const model of [
          trainLogistic(data),
          trainBoosting(data, {
            rounds: 3,
            earlyStopping: false,
            columnWeights: rowOf([number, 2]) as never,
            monotone: rowOf([number, 'increasing']) as never,
          }),
        ]) {
          const scorer = loadScorer(encodeScorer(createScorer(model, data)))
          const { [label]: _outcome, ...row } = rows[7]!
          expect(scorer.scoreRow(row as never).probability).toBe(model.probability(data.features)[7])
          expect(scorer.scoreTable(table, { id: 'id' }).column('id')).toEqual(table.column('id'))
        }
      }),
      { numRuns: 6 },
    )
  })

  test('are read alike by SQL and in memory, and are missing where a row does not have them', async () => {
    const customers = [
      rowOf(
        ['id', 'toString'],
        ['activatedAt', '2024-01-01'],
        ...names.map((name): [string, unknown] => [name, `of ${name}`]),
      ),
      { id: '__proto__', activatedAt: '2024-01-01' },
    ]
    const usage = [
      rowOf(['day', '2025-02-10'], ...names.map((name, index): [string, unknown] => [name, index + 1])),
      { day: '2025-02-11' },
      rowOf(['day', '2025-02-12'], ...names.map((name): [string, unknown] => [name, 10])),
    ]
    const plans = [
      rowOf(
        ['from', '2024-01-01'],
        ['plan', 'valueOf'],
        ...names.map((name): [string, unknown] => [name, 3]),
      ),
      { from: '2024-01-01', plan: 'valueOf' },
    ]
    const of = (id: string, rows: readonly object[]) => rows.map((row) => ({ ...row, id }))
    const history = await openHistory(
      {
        customers: customers as never,
        usage: [...of('toString', usage), ...of('__proto__', usage.slice(1, 2))],
        plans: [...of('toString', plans), ...of('__proto__', plans.slice(1))],
      },
      { today: '2025-03-01' },
    )
    try {
      const make = featureBuilders(history.tables as never) as unknown as Record<
        string,
        (...given: unknown[]) => never
      >
      const rules = names.flatMap((name) => [
        make['attribute']!(name),
        make['sumOf']!('usage', name, { days: 30 }),
        make['inForce']!(name),
      ])
      const cutoff = epochDay('2025-03-01')
      const matrix = await featureMatrix(history, rules, { cutoffs: [cutoff] })
      const tables = await tableFrom(
        Object.fromEntries(matrix.features.columns.map((column) => [column.name, column as never])),
      )
      const compiled = compileRules(rules)
      for (const [row, id] of matrix.ids.entries()) {
        const isFirst = id === 'toString'
        const one = {
          customer: customers[isFirst ? 0 : 1] as never,
          usage: (isFirst ? usage : usage.slice(1, 2)) as never,
          plans: (isFirst ? plans : plans.slice(1)) as never,
        }
        // A service says that a value is not known; leaving the column out is refused.
        const withNulls = (given: object) =>
          rowOf(...names.map((name): [string, unknown] => [name, null]), ...Object.entries(given)) as never
        const asked = {
          customer: withNulls(one.customer),
          usage: (one.usage as object[]).map(withNulls) as never,
          plans: (one.plans as object[]).map(withNulls) as never,
        }
        const inMemory = featuresOf(asked, compiled, cutoff)
        const memory = tableFrom(
          Object.fromEntries(inMemory.columns.map((column) => [column.name, column as never])),
        )
        expect(memory.row(0)).toEqual(tables.row(row))
        // 1 + 10 for the first name, … 6 + 10 for the last, nothing for the customer without any
        expect(names.map((_, index) => memory.cell(memory.columnNames[3 * index + 1]!, 0))).toEqual(
          names.map((_, index) => (isFirst ? index + 11 : 0)),
        )
        const { customer } = checkCustomerHistory(one)
        expect(names.filter((name) => Object.hasOwn(customer, name))).toEqual(isFirst ? names : [])
      }
    } finally {
      await history.close()
    }
  })

  test('are attributes of segments', () => {
    const attributes = rowOf(['constructor', [1, 2, 3, 4]]) as never
    const segments = segmentTable([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1], attributes)
    expect(segments.attributes).toEqual(['constructor'])
  })

  test('are checked in options, __proto__ too', () => {
    const rows = [rowOf(['__proto__', '7'], ['x', 1])]
    const types = rowOf(['__proto__', 'text']) as never
    expect(tableFromRows(rows, { types }).column('__proto__').kind).toBe('text')
    expect(tableFromRows(rows).column('__proto__').kind).toBe('number')
    expect(() => tableFromRows(rows, { types: rowOf(['__proto__', 'word']) as never })).toThrow(
      /types\.__proto__/,
    )
  })
})
