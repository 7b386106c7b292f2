import type { Measurement } from '../result.js'

const sets = [
  ['telco', 'telco'],
  ['mlc-churn', 'mlc_churn'],
  ['cdnow', 'CDNOW, raw history, split by time'],
  ['internet', 'internet'],
  ['job-change', 'job_change'],
  ['calls-3150', 'calls_3150'],
  ['operator', 'simulated operator, split by time'],
] as const

const models = [
  ['boosting', '**holdfast boosting**'],
  ['forest', '**holdfast forest**'],
  ['logistic', '**holdfast logistic**'],
  ['sklearn-logistic', 'scikit-learn logistic'],
  ['sklearn-hgb', 'scikit-learn HistGradientBoosting'],
  ['xgboost', 'XGBoost'],
  ['lightgbm', 'LightGBM'],
  ['catboost', 'CatBoost'],
] as const

const figures = [
  ['rocAuc', 'AUC', 4],
  ['averagePrecision', 'AP', 4],
  ['logLoss', 'log loss', 4],
  ['brierScore', 'Brier', 4],
  ['topDecileLift', 'lift 10 %', 2],
  ['ece10', 'ECE', 3],
] as const

/** Returns the table of README.md: every learner and peer with its own defaults. */
export function readmeTable(results: readonly Measurement[]): string {
  const valueById = new Map(results.map(({ id, value }) => [id, value]))
  const rows = sets.flatMap(([set, setName]) =>
    models
      .filter(([model]) => valueById.has(`${set}.${model}.rocAuc`))
      .map(([model, modelName], index) => {
        const cells = figures.map(([figure, , digits]) =>
          valueById.get(`${set}.${model}.${figure}`)!.toFixed(digits),
        )
        return [index === 0 ? setName : '', modelName, ...cells]
      }),
  )
  const head = ['data', 'model, defaults', ...figures.map(([, heading]) => heading)]
  return [head, head.map((_, column) => (column < 2 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
