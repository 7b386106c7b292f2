import type { MetricName } from './metrics.js'

const ownWords: Readonly<Partial<Record<MetricName, string>>> = {
  rocAuc: 'ROC AUC',
  brierScore: 'Brier score',
  liftAt: 'lift, top 10 %',
}

/** Returns what a metric is called in a sentence or a heading: `averagePrecision` → `average precision`. */
export function metricWords(metric: MetricName): string {
  return ownWords[metric] ?? metric.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
