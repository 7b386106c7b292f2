import { numberColumn, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import type { ReportedData } from '../../src/report/facts/dataFacts.js'
import type { ReportFacts } from '../../src/report/facts/reportFacts.js'
import { modelReport } from '../../src/report/modelReport.js'

/** Names that would break a page which does not escape them. */
export const oddNames = [
  '<script>alert("x")</script>',
  `quo"te's & ampersands`,
  'عدد الاتصالات',
  `${'very long name '.repeat(13)}end`,
  '😀 \u0007 \ud800',
] as const

/** Customers of whom those who call little leave; names of features as given, the last one of texts. */
export function customers(
  rows: number,
  names: readonly string[] = ['calls', 'fee', 'plan'],
  seed = 1,
): ReportedData {
  const random = seededRandom(seed)
  const calls = Array.from({ length: rows }, () => random.integer(40))
  const outcome = Uint8Array.from(calls, (each) => (random.uniform() < (each < 10 ? 0.7 : 0.1) ? 1 : 0))
  // Both outcomes in any sample
  outcome[0] = 1
  outcome[1] = 0
  const columns = names.map((name, index) =>
    index === names.length - 1 && names.length > 1
      ? textColumn(
          name,
          calls.map((each) => (each % 5 === 0 ? null : ['<b>gold</b>', 'silver', 'زر'][each % 3]!)),
        )
      : numberColumn(name, index === 0 ? calls : calls.map(() => random.uniform() * 100)),
  )
  return { features: { rowCount: rows, columns }, outcome }
}

/** Facts with every section. */
export function wholeFacts(names?: readonly string[]): ReportFacts {
  const train = customers(900, names)
  const test = customers(600, names, 2)
  const segmentsBy = [test.features.columns.at(-1)!.name]
  return modelReport(trainLogistic(train), test, {
    train,
    segmentsBy,
    title: 'Spring <campaign>',
    author: "O'Neil & Co",
    date: '1 May 2025',
    offer: { customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.3, currency: '€' },
    evaluate: { resamples: 40 },
    backtest: {
      folds: [19_800, 19_830, 19_860].map((cutoff, index) => ({
        cutoff: cutoff as never,
        trainCutoffs: [],
        trainRows: 500,
        purgedRows: 0,
        testRows: 300 + index,
        churners: 60,
        baseRate: 0.2,
        meanProbability: 0.18,
        refitted: true,
        figures: { rocAuc: { value: 0.8 - index / 50, lower: 0.7, upper: 0.87 } },
        note: index === 1 ? 'Only few churners.' : null,
      })),
      drift: [],
      pooled: { rocAuc: { value: 0.79, lower: 0.75, upper: 0.83 } },
      level: 0.95,
      rows: new Int32Array(0),
      probability: new Float64Array(0),
      foldOf: new Int32Array(0),
      outcome: new Uint8Array(0),
      ids: [],
      weight: null,
      notes: ['Two cutoffs were only trained on.'],
    },
  })
}
