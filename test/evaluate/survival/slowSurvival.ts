/** One customer that was followed. */
export interface Followed {
  readonly risk: number
  readonly duration: number
  readonly churned: number
  readonly weight: number
}

/** P(followed up to `day` at least) of Kaplan and Meier, from the definition. O(n²). */
export function slowFollowed(sample: readonly Followed[], day: number): number {
  const ends = [...new Set(sample.map(({ duration }) => duration))]
    .filter((end) => end < day)
    .sort((a, b) => a - b)
  return ends.reduce((probability, end) => {
    const atRisk = weightOf(
      sample,
      (row) => row.duration > end || (row.duration === end && row.churned === 0),
    )
    const censored = weightOf(sample, (row) => row.duration === end && row.churned === 0)
    return censored === 0 ? probability : probability * (1 - censored / atRisk)
  }, 1)
}

/** P(churn after `day`) of Kaplan and Meier, from the definition. O(n²). */
export function slowStaying(sample: readonly Followed[], day: number): number {
  const ends = [...new Set(sample.map(({ duration }) => duration))].filter((end) => end <= day)
  return ends.reduce((probability, end) => {
    const atRisk = weightOf(sample, (row) => row.duration >= end)
    return probability * (1 - weightOf(sample, (row) => row.duration === end && row.churned === 1) / atRisk)
  }, 1)
}

/** The share of comparable pairs in order, each weighed by what the churner's day says. O(n²). */
export function slowConcordance(sample: readonly Followed[], weightOfDay: (day: number) => number): number {
  let [right, all] = [0, 0]
  for (const i of sample) {
    for (const j of sample) {
      const isFirst = i.duration < j.duration || (i.duration === j.duration && j.churned === 0)
      if (i.churned === 0 || !isFirst) continue
      const weight = i.weight * j.weight * weightOfDay(i.duration)
      right += weight * (i.risk > j.risk ? 1 : i.risk === j.risk ? 0.5 : 0)
      all += weight
    }
  }
  return right / all
}

/** AUC of who churned by the day against who stayed beyond it. O(n²). */
export function slowAuc(sample: readonly Followed[], day: number): number {
  let [right, all] = [0, 0]
  for (const i of sample) {
    if (i.churned === 0 || i.duration > day) continue
    for (const j of sample) {
      if (j.duration < day || (j.duration === day && j.churned === 1)) continue
      const weight = (i.weight * j.weight) / slowFollowed(sample, i.duration)
      right += weight * (i.risk > j.risk ? 1 : i.risk === j.risk ? 0.5 : 0)
      all += weight
    }
  }
  return right / all
}

function weightOf(sample: readonly Followed[], counts: (row: Followed) => boolean): number {
  return sample.filter(counts).reduce((sum, { weight }) => sum + weight, 0)
}
