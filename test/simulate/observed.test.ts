import { expect, it } from 'vitest'
import { addMonths, type EpochDay, epochDay } from '../../src/base/days.js'
import { numberColumn } from '../../src/base/matrix.js'
import { simulateTables } from '../../src/entries/simulate.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import type { Table } from '../../src/table/table.js'
import { monthRows, rowsById, textsOf } from './monthRows.js'

const monthCount = 14
const tables = simulateTables({ customers: 5000, months: monthCount, seed: 41 })
const { rows: atRisk, customer, probability, left, month } = monthRows(tables)
const starts = Array.from({ length: monthCount + 1 }, (_, index) => addMonths(epochDay('2024-01-01'), index))
const monthIndex = new Map<number, number>(starts.map((day, index) => [day, index]))
// Four months of history before the first month asked about.
const rows = atRisk.filter((row) => monthIndex.get(month[row]!)! >= 4)
const observed = observedColumns()

it('no observed monthly column determines the hazard: every correlation with its logarithm is below 0.8', () => {
  const logHazard = rows.map((row) => Math.log(-Math.log1p(-probability[row]!)))
  for (const [name, values] of observed) {
    expect(Math.abs(correlation(values, logHazard)), name).toBeLessThan(0.8)
  }
})

it('a model of the observed columns ranks next month better than 0.75, and worse than the truth', () => {
  const isTest = rows.map((row) => monthIndex.get(month[row]!)! >= monthCount - 3)
  const matrixOf = (test: boolean) => {
    const chosen = [...rows.keys()].filter((index) => isTest[index] === test)
    return {
      chosen,
      features: {
        rowCount: chosen.length,
        columns: observed.map(([name, values]) =>
          numberColumn(
            name,
            chosen.map((index) => values[index]!),
          ),
        ),
      },
      outcome: Uint8Array.from(chosen, (index) => left[rows[index]!]!),
    }
  }
  const [train, test] = [matrixOf(false), matrixOf(true)]
  const model = trainBoosting(train, { rounds: 120 })
  const modelArea = areaUnderCurve(model.probability(test.features), test.outcome)
  const trueArea = areaUnderCurve(
    test.chosen.map((index) => probability[rows[index]!]!),
    test.outcome,
  )
  // About 400 leavers among 8000: the standard error of either area is about 0.012 (Hanley and McNeil 1982).
  expect(modelArea).toBeGreaterThan(0.75)
  expect(modelArea).toBeLessThan(0.87)
  expect(trueArea).toBeGreaterThan(modelArea + 0.02)
})

/** What an operator's report would show of the months before, per customer-month. */
function observedColumns(): [string, number[]][] {
  const { usage, bills, payments, contacts, plans, customers } = tables
  const sums: [string, Float64Array][] = [
    ['minutes', monthlySums(usage, 'day', 'minutes')],
    ['dataMb', monthlySums(usage, 'day', 'dataMb')],
    ['messages', monthlySums(usage, 'day', 'messages')],
    ['usageRows', monthlySums(usage, 'day', null)],
    ['bill', monthlySums(bills, 'period', 'amount')],
    ['overage', monthlySums(bills, 'period', 'overage')],
    ['discount', monthlySums(bills, 'period', 'discount')],
    ['paid', monthlySums(payments, 'day', 'amount')],
    ['payments', monthlySums(payments, 'day', null)],
    ['contacts', monthlySums(contacts, 'day', null)],
    ['plans', monthlySums(plans, 'from', null)],
  ]
  const at = (values: Float64Array, row: number, lag: number) =>
    values[customer[row]! * monthCount + monthIndex.get(month[row]!)! - lag]!
  const columns = sums.flatMap(([name, values]): [string, number[]][] => [
    [name, rows.map((row) => at(values, row, 1))],
    [
      `${name} against the three months before`,
      rows.map(
        (row) =>
          (at(values, row, 1) + 1) / ((at(values, row, 2) + at(values, row, 3) + at(values, row, 4)) / 3 + 1),
      ),
    ],
  ])
  const activated = customers.days('activatedAt').values
  const isPrepaid = textsOf(customers, 'paymentType').map((type) => (type === 'prepaid' ? 1 : 0))
  const inForce = plansInForce()
  return [
    ...columns,
    ['tenure', rows.map((row) => month[row]! - activated[customer[row]!]!)],
    ['prepaid', rows.map((row) => isPrepaid[customer[row]!]!)],
    ['fee', rows.map((row) => inForce(row).fee)],
    ['converged', rows.map((row) => inForce(row).converged)],
    ['contractDays', rows.map((row) => inForce(row).contractDays)],
  ]
}

function monthlySums(table: Table, day: string, measure: string | null): Float64Array {
  const sums = new Float64Array(tables.customers.rowCount * monthCount)
  const rowOf = rowsById(tables.customers)
  const ids = table.texts('id')
  const days = table.days(day).values
  const values = measure === null ? null : table.numbers(measure).values
  for (let row = 0; row < table.rowCount; row++) {
    const index = starts.findLastIndex((start) => start <= days[row]!)
    sums[rowOf.get(ids.dictionary[ids.codes[row]!]!)! * monthCount + index]! +=
      values === null ? 1 : values[row]!
  }
  return sums
}

function plansInForce(): (row: number) => { fee: number; converged: number; contractDays: number } {
  const { plans } = tables
  const rowOf = rowsById(tables.customers)
  const own = new Map<number, number[]>()
  textsOf(plans, 'id').forEach((id, row) => {
    const who = rowOf.get(id!)!
    own.set(who, [...(own.get(who) ?? []), row])
  })
  const from = plans.days('from').values
  const fee = plans.numbers('fee').values
  const converged = plans.column('converged')
  const contractEnd = plans.days('contractEnd')
  return (row) => {
    const plan = own.get(customer[row]!)!.findLast((candidate) => from[candidate]! <= month[row]!)!
    const hasContract = !contractEnd.missing?.has(plan)
    return {
      fee: fee[plan]!,
      converged: converged.kind === 'boolean' ? converged.values[plan]! : 0,
      contractDays: hasContract ? contractEnd.values[plan]! - (month[row]! as EpochDay) : 1000,
    }
  }
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const count = a.length
  const [meanA, meanB] = [a, b].map((values) => values.reduce((sum, value) => sum + value, 0) / count)
  let [ab, aa, bb] = [0, 0, 0]
  for (let index = 0; index < count; index++) {
    const [da, db] = [a[index]! - meanA!, b[index]! - meanB!]
    ab += da * db
    aa += da * da
    bb += db * db
  }
  return ab / Math.sqrt(aa * bb)
}

/** Share of pairs of a leaver and a stayer that are in the right order. */
function areaUnderCurve(score: ArrayLike<number>, outcome: Uint8Array): number {
  const order = [...outcome.keys()].sort((a, b) => score[a]! - score[b]!)
  let stayersBelow = 0
  let pairs = 0
  for (const row of order) {
    if (outcome[row] === 1) pairs += stayersBelow
    else stayersBelow++
  }
  return pairs / (stayersBelow * (outcome.length - stayersBelow))
}
