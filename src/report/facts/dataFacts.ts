import { type EpochDay, formatDay } from '../../base/days.js'
import type { FeatureRule } from '../../feature/rule.js'
import type { TrainingData } from '../../learn/contract.js'
import type { OwnCutoffs } from '../../population/ownCutoffs.js'
import type { Table } from '../../table/table.js'
import type { RowsFacts } from './reportFacts.js'

/** The data of a report: a `Dataset`, or at least features and outcomes. */
export interface ReportedData extends TrainingData {
  readonly ids?: readonly string[]
  /** Cutoff of each row; null for a flat table. */
  readonly cutoffs?: Int32Array | null
  /** Given if customers have their own cutoffs. */
  readonly ownCutoffs?: OwnCutoffs
  readonly label?: {
    readonly name: string
    readonly gapDays: number
    readonly horizonDays: number
    readonly rule?: unknown
  } | null
  /** The rules of the features, which give the features' names in words. */
  readonly rules?: readonly FeatureRule[] | null
  /** The use of the columns of a flat table, which gives the name of the label. */
  readonly report?: { readonly columns?: Table }
  /** What was left out or looks wrong, in sentences. */
  readonly warnings?: readonly string[]
  readonly fingerprint?: string
}

/** Returns the number of rows, of churners, and the cutoffs. Counts are sums of weights. */
export function rowsFacts({ outcome, weight, cutoffs, ownCutoffs, fingerprint }: ReportedData): RowsFacts {
  let [rows, churners] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    rows += weight?.[row] ?? 1
    churners += outcome[row]! * (weight?.[row] ?? 1)
  }
  return {
    rows,
    churners,
    baseRate: rows === 0 ? 0 : churners / rows,
    cutoffs:
      cutoffs === undefined || cutoffs === null ? null : cutoffFacts(cutoffs, ownCutoffs !== undefined),
    fingerprint: fingerprint ?? null,
  }
}

function cutoffFacts(cutoffs: Int32Array, isOwn: boolean): RowsFacts['cutoffs'] {
  const distinct = [...new Set(cutoffs)].sort((a, b) => a - b)
  const [first, last] = [distinct[0], distinct.at(-1)]
  if (first === undefined || last === undefined) return null
  return {
    first: formatDay(first as EpochDay),
    last: formatDay(last as EpochDay),
    count: distinct.length,
    ...(isOwn ? { own: true } : {}),
  }
}
