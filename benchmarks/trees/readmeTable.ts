import type { Measurement } from '../result.js'

const rows = [
  ['training.200k.1thread', 'training, 200,000 rows × 28 numbers'],
  ['training.1m.1thread', 'training, 1,000,000 rows × 28 numbers'],
  ['telco-shaped.1thread', 'training, 200,000 rows × 43 columns, most of few values'],
  ['small.1thread', 'training, telco, 5,634 rows, in a warm process'],
  ['scoring.100trees.31leaves', 'scoring, 100 trees of 31 leaves'],
  ['explaining.100trees.31leaves', 'exact contributions, 100 trees of 31 leaves'],
] as const

const models = [
  ['holdfast', '**holdfast**'],
  ['lightgbm', 'LightGBM'],
  ['xgboost', 'XGBoost'],
  ['sklearn-hgb', 'scikit-learn HistGradientBoosting'],
] as const

/** Returns the table of speeds of README.md: one thread, the same settings for all. */
export function speedTable(results: readonly Measurement[]): string {
  const byId = new Map(results.map((result) => [result.id, result]))
  const body = rows.map(([id, name]) => [
    name,
    ...models.map(([model]) => {
      const figure = byId.get(`${id}.${model}`)
      return figure === undefined ? '' : shown(figure)
    }),
  ])
  const head = ['one thread', ...models.map(([, name]) => name)]
  return [head, head.map((_, column) => (column < 1 ? '---' : '---:')), ...body]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function shown({ value, unit }: Measurement): string {
  if (unit === 's') return `${value.toPrecision(2)} s`
  return `${Number(value.toPrecision(2)).toLocaleString('en-US')} ${unit}`
}
