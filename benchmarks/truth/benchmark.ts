import { addMonths, type EpochDay, epochDay, monthsBetween } from '../../src/base/days.js'
import type { Dataset } from '../../src/dataset/dataset.js'
import { splitByTime } from '../../src/dataset/splitByTime.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { calibrationError } from '../../src/evaluate/calibration/calibrationTable.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { learners } from '../../src/learn/learners.js'
import type { LifecycleStage } from '../../src/lifecycle/stage.js'
import { stageAgreement } from '../../src/lifecycle/stageAgreement.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import { simulateTables } from '../../src/simulate/operator.js'
import type { Table } from '../../src/table/table.js'
import type { Benchmark, Measurement } from '../result.js'
import { cutoffs, keyOf, monthlyRows, rowByMonth, trueProbabilities } from './monthlyRows.js'
import { newCustomerMeasurements } from './newCustomers.js'

const testFrom = epochDay('2025-04-01')
const operator = { customers: 20_000, months: 18, firstMonth: '2024-01', seed: 1 }

/** Models and tagger beside what the simulator knows and no customer table shows. */
export const benchmark: Benchmark = {
  about: 'how near do probabilities and lifecycle stages come to the truth of the simulated operator?',
  run: async () => {
    const { truth, ...tables } = simulateTables(operator)
    const history = await openHistory(tables)
    const { train, test } = splitByTime(await monthlyRows(history), { testFrom })
    const known = trueProbabilities(truth, test)
    const models = (['logistic', 'boosting'] as const).flatMap((name) =>
      modelMeasurements(name, learners[name].train(train).probability(test.features), known, test),
    )
    const tags = await tagLifecycle(history, { cutoffs, evidence: false })
    await history.close()
    const results: Measurement[] = [
      { id: 'test.rows', value: test.ids.length, unit: 'rows' },
      { id: 'cancelled.truth.rocAuc', value: rocAuc(known, test.outcome), unit: '1' },
      ...models,
      ...stageMeasurements(tags, tables.customers, truth),
      ...(await newCustomerMeasurements()),
    ]
    return { peers: {}, results, notices: [] }
  },
}

function modelMeasurements(
  name: string,
  probability: Float64Array,
  known: Float64Array,
  test: Dataset,
): Measurement[] {
  const difference =
    probability.reduce((sum, p, row) => sum + Math.abs(p - known[row]!), 0) / probability.length
  const bias = probability.reduce((sum, p, row) => sum + p - known[row]!, 0) / probability.length
  const figures = {
    rocAuc: rocAuc(probability, test.outcome),
    calibrationError: calibrationError(probability, test.outcome, { bins: 10, binning: 'equal-count' }),
    meanAbsoluteDifferenceToTruth: difference,
    meanDifferenceToTruth: bias,
  }
  return Object.entries(figures).map(([figure, value]) => ({
    id: `cancelled.${name}.${figure}`,
    value,
    unit: '1',
  }))
}

/** A tag judges a month and is known when it is over: beside it stands the true stage at the beginning of the next. */
function stageMeasurements(tags: Table, customers: Table, truth: Table): Measurement[] {
  const rowOf = rowByMonth(truth)
  const joined = new Map(
    customers.rows().map((row) => [String(row['id']), epochDay(String(row['activatedAt']))]),
  )
  const months = tags.days('month').values
  const cases = Array.from({ length: tags.rowCount }, (_, row) => {
    const id = String(tags.cell('id', row))
    const cutoff = addMonths(months[row]! as EpochDay, 1)
    return {
      tagged: tags.cell('stage', row) as LifecycleStage,
      known: truth.cell('stage', rowOf.get(keyOf(id, cutoff))!) as LifecycleStage,
      byTenure: stageByTenure(monthsBetween(joined.get(id)!, cutoff)),
    }
  })
  const staying = cases.filter(({ known }) => known !== 'churn')
  const figures = { all: cases, staying }
  return Object.entries(figures).flatMap(([who, some]) =>
    (['tagged', 'byTenure'] as const).flatMap((tagger) => {
      const { accuracy, kappa } = stageAgreement(
        some.map((one) => one[tagger]),
        some.map((one) => one.known),
      )
      return [
        { id: `stages.${who}.${tagger}.accuracy`, value: accuracy, unit: '1' },
        { id: `stages.${who}.${tagger}.kappa`, value: kappa!, unit: '1' },
      ]
    }),
  )
}

/** The naive tagger: nothing but the age. */
function stageByTenure(months: number): LifecycleStage {
  if (months < 3) return 'acquisition'
  return months < 12 ? 'growth' : 'maturity'
}
