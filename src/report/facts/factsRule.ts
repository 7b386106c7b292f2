import * as z from 'zod'

// JSON has null for non-finite numbers
const number = z.custom<number | null>(
  (value) => value === null || typeof value === 'number',
  'to be a number or null',
)
const text = z.string()
const numberOrText = z.custom<number | string>(
  (value) => typeof value === 'number' || typeof value === 'string',
  'to be a number or a text',
)
const texts = z.array(text)
const numbers = z.array(number)
const interval = z.looseObject({ value: number, lower: number, upper: number })
const curve = z.looseObject({ x: numbers, y: numbers })

const rows = z.looseObject({
  rows: number,
  churners: number,
  baseRate: number,
  cutoffs: z
    .looseObject({ first: text, last: text, count: number, own: z.exactOptional(z.boolean()) })
    .nullable(),
  fingerprint: text.nullable(),
})

const data = z.looseObject({
  test: rows,
  train: rows.nullable(),
  seen: z.looseObject({ compared: number, equal: number }).nullable(),
  features: z.array(
    z.looseObject({ feature: text, kind: text, missingShare: number, psi: number, newShare: number }),
  ),
  warnings: texts,
})

const model = z.looseObject({
  learner: text.nullable(),
  features: number,
  options: z.record(text, text),
  label: text,
  window: z.looseObject({ gapDays: number, horizonDays: number }).nullable(),
  intendedUse: text,
  remarks: texts,
})

// Members of a bin, a part of the list, a group; facts of earlier versions have no `rows`
const counted = { rows: number.optional(), customers: number }

const evaluation = z.looseObject({
  ...counted,
  churners: number,
  baseRate: number,
  level: number,
  resamples: number,
  rocAuc: interval,
  gini: interval,
  kolmogorovSmirnov: interval,
  averagePrecision: interval,
  logLoss: interval.nullable(),
  brierScore: interval,
  topShare: number,
  lift: interval,
  bins: number,
  binning: text,
  calibrationError: number,
  calibrationLine: z.looseObject({ slope: number, intercept: number }).nullable(),
  calibration: z.array(
    z.looseObject({ ...counted, lower: number, upper: number, meanProbability: number, churnRate: number }),
  ),
  calibrationCurve: z.looseObject({ integratedCalibrationIndex: number }),
  liftTable: z.array(
    z.looseObject({
      ...counted,
      topShare: number,
      lowestProbability: number,
      churners: number,
      churnRate: number,
      lift: number,
      caughtShare: number,
      cumulativeLift: number,
    }),
  ),
  gains: z.looseObject({ contactedShare: numbers, caughtShare: numbers }),
  confusion: z.looseObject({
    threshold: number,
    truePositives: number,
    falsePositives: number,
    falseNegatives: number,
    trueNegatives: number,
    contactedShare: number,
    precision: number,
    recall: number,
  }),
  matthewsCorrelation: number,
  halfOfChurners: z.looseObject({
    churnersCaught: number,
    withoutModel: number,
    withModel: number,
    sparedShare: number,
  }),
  notes: texts,
})

const point = z.looseObject({ contactedShare: number, contacts: number, churners: number, profit: number })

const profit = z.looseObject({
  currency: text.nullable(),
  customerValue: number,
  offerCost: number,
  contactCost: number,
  acceptance: number,
  acceptanceBeta: z.looseObject({ alpha: number, beta: number }).nullable(),
  customers: number,
  curve,
  best: point,
  everybody: point,
  bestProfit: interval,
  lists: z.array(z.looseObject({ contactedShare: number, profit: number })),
})

const group = z.looseObject({
  ...counted,
  name: text,
  churners: number,
  baseRate: number,
  meanProbability: number,
  rocAuc: interval.nullable(),
  observedToExpected: interval.nullable(),
  mergedFrom: texts,
  notes: texts,
})

const fold = z.looseObject({
  cutoff: text,
  testRows: number,
  churners: number,
  baseRate: number,
  meanProbability: number,
  rocAuc: interval.nullable(),
  note: text.nullable(),
})

/** The facts that pages, texts and pictures read; there may be more. */
export const factsRule = z.looseObject({
  title: text,
  author: text.nullable(),
  date: text.nullable(),
  model,
  data,
  evaluation,
  roc: curve,
  precisionRecall: curve,
  scores: z.looseObject({ edges: numbers, churned: numbers, stayed: numbers }),
  profit: profit.nullable(),
  importances: z
    .looseObject({
      scale: text,
      features: number,
      shown: z.array(z.looseObject({ feature: text, meanAbsolute: number, share: number })),
    })
    .nullable(),
  effects: z.array(
    z.looseObject({
      feature: text,
      kind: text,
      scale: text,
      at: z.array(numberOrText),
      effect: numbers,
      customers: numbers,
      missing: z.looseObject({ effect: number, customers: number }).nullable(),
    }),
  ),
  segments: z.array(
    z.looseObject({
      level: number,
      attributes: texts,
      segments: z.array(group),
      overall: group,
      worst: texts,
      notes: texts,
    }),
  ),
  backtest: z
    .looseObject({
      level: number,
      pooledRocAuc: interval.nullable(),
      folds: z.array(fold),
      drift: texts,
      notes: texts,
    })
    .nullable(),
  words: z.record(text, text),
})
