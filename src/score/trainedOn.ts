import { argumentProblems } from '../base/arguments.js'
import type { EpochDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import type { FeatureMatrix } from '../base/matrix.js'
import { tablesRead } from '../feature/columnKindsOf.js'
import type { FeatureRule } from '../feature/rule.js'
import type { ChurnModel } from '../learn/contract.js'
import {
  areTrainingRows,
  foundAmong,
  knownRowsOf,
  overlapOf,
  overlapWith,
  rememberTrainedRows,
  type TrainedRows,
  trainedRowsOf,
} from '../learn/trainedRows.js'
import type { OwnCutoffs } from '../population/ownCutoffs.js'
import type { PopulationRule } from '../population/rule.js'
import type { HistoryKinds } from '../table/inputs.js'
import type { RepeatedRows } from '../table/repeatedRows.js'
import { type AboutModel, mostFurtherRows } from './aboutModel.js'

/** What a scorer takes from the training data of its model. A `Dataset` is one. */
export interface TrainedOn {
  readonly rules: readonly FeatureRule[] | null
  readonly label: {
    readonly name: string
    readonly rule: unknown
    readonly gapDays: number
    readonly horizonDays: number
  } | null
  /** Who was counted; null for a flat table. */
  readonly population: PopulationRule | null
  /** The rule that gave customers their own cutoffs; left out if all had the same. */
  readonly ownCutoffs?: OwnCutoffs
  /** How the columns of a flat table became features; left out for a history. */
  readonly flat?: NonNullable<AboutModel['flat']>
  /** Time zone that gave instants of the history or table their day; left out = UTC. */
  readonly timeZone?: string
  /** Treatment of repeated rows in the history; left out = `'keep'`. */
  readonly repeatedRows?: RepeatedRows
  /** Tables and columns of the history, which tell rows apart; left out = not known. */
  readonly tables?: HistoryKinds
  readonly outcome: Uint8Array
  /** Cutoff of each row; null or left out = not known. */
  readonly cutoffs?: Int32Array | null
  readonly fingerprint: string
  /**
   * The training rows, for what training has seen and for fingerprints that reveal an evaluation on them. Left out:
   * only categories can be compared later.
   */
  readonly features?: FeatureMatrix
  /** The customer of each training row: equal rows of one customer say nothing about others. */
  readonly ids?: ArrayLike<string | number>
}

const wayOut = 'Give the dataset that it was trained on, or none.'
const namesShown = 5

/** Throws if the data cannot be the training data: they lack the model's features, or all of the rows it knows. */
export function checkTrainedOn(operation: string, model: ChurnModel, { features }: TrainedOn): void {
  if (features === undefined) return
  refuse(operation, argumentProblems('trainedOn.features', features, 'matrix'))
  refuse(operation, featureProblems(model, features))
  if (!holdsNone(model, features)) return
  refuse(operation, [
    {
      code: 'data-changed',
      parameter: 'trainedOn',
      rule: 'to hold the rows that the model was trained on',
      received: `${features.rowCount} other rows`,
      wayOut,
    },
  ])
}

function featureProblems(model: ChurnModel, features: FeatureMatrix): Problem[] {
  const kinds = new Map(features.columns.map(({ name, kind }) => [name, kind]))
  const absent = model.features.filter(({ name }) => !kinds.has(name)).map(({ name }) => name)
  const more = absent.length > namesShown ? ` and ${absent.length - namesShown} more` : ''
  const others = model.features.filter(({ name, kind }) => (kinds.get(name) ?? kind) !== kind)
  return [
    ...(absent.length === 0
      ? []
      : [
          {
            code: 'feature-missing',
            parameter: 'trainedOn',
            rule: `to hold the features of the model, but it lacks ${absent.slice(0, namesShown).join(', ')}${more}`,
            received: [...kinds.keys()].slice(0, namesShown).join(', '),
            wayOut,
          } satisfies Problem,
        ]),
    ...others.map(
      ({ name, kind }): Problem => ({
        code: 'column-type',
        parameter: `column ${name} of trainedOn`,
        rule: `to hold ${kind === 'number' ? 'numbers' : 'texts'}, as in the training of the model`,
        received: kinds.get(name),
        wayOut,
      }),
    ),
  ]
}

/** True if a model knows all rows that it has seen, and no more of them are among the given rows than by chance. */
function holdsNone(model: ChurnModel, features: FeatureMatrix): boolean {
  const { rows, isWhole } = knownRowsOf(model)
  if (!isWhole || rows.length === 0) return false
  const found = rows.map((own) => foundAmong({ rows: own.rows, fingerprints: own }, features))
  if (found.some((one) => one === null || one.found === one.kept)) return false
  if (found.every((one) => one?.found === 0)) return true
  const overlap = overlapOf(model, features)
  return overlap !== null && !overlap.isOverlap && overlap.canBeTold
}

/** Returns the columns that tell rows apart in the tables that the rules read, if that decides which rows count. */
export function comparedColumns({ rules, repeatedRows = 'keep', tables }: TrainedOn): HistoryKinds | null {
  if (repeatedRows === 'keep' || tables === undefined || rules === null) return null
  const read = [...new Set(rules.flatMap(tablesRead))]
  return Object.fromEntries(read.filter((table) => table in tables).map((table) => [table, tables[table]]))
}

/** Returns the facts about the training to keep: the model's own, if the data have other rows. */
export function trainingFacts(model: ChurnModel, trainedOn: TrainedOn): AboutModel['trainedOn'] {
  const { outcome, fingerprint, features, ids } = trainedOn
  const until = outcomesUntil(trainedOn)
  const own = features === undefined ? null : otherTraining(model, features)
  const rows = own?.rows ?? outcome.length
  return {
    rows,
    churned: own === null ? outcome.reduce((sum, one) => sum + one, 0) : Math.round(model.baseRate * rows),
    fingerprint,
    ...(until === undefined ? {} : { until }),
    ...(features === undefined ? {} : rowFacts(model, { features, ids }, own ?? fingerprint)),
  }
}

/** Returns the first day after the last outcome window. */
function outcomesUntil({ cutoffs, label }: TrainedOn): EpochDay | undefined {
  if (cutoffs === undefined || cutoffs === null || cutoffs.length === 0 || label === null) return undefined
  const last = cutoffs.reduce((a, b) => Math.max(a, b))
  return (last + label.gapDays + label.horizonDays) as EpochDay
}

/**
 * Returns the rows that a model knows from training if they are not the given ones; null if they are, or if not known.
 */
function otherTraining(model: ChurnModel, features: FeatureMatrix): TrainedRows | null {
  const known = knownRowsOf(model)
  return known.isWhole && areTrainingRows(known, { features }) === false
    ? (known.training?.fingerprints ?? null)
    : null
}

/**
 * Fingerprints of the rows that a model was trained on, and of others that it has seen.
 *
 * @param own those of the training; a text = salt, to compute them from the data
 */
function rowFacts(
  model: ChurnModel,
  data: Parameters<typeof trainedRowsOf>[0],
  own: TrainedRows | string,
): Partial<NonNullable<AboutModel['trainedOn']>> {
  const columns = model.features.map(({ name }) => name)
  const trainedRows = typeof own === 'string' ? trainedRowsOf(data, columns, own) : own
  if (trainedRows === null) return {}
  const { rows, isWhole } = knownRowsOf(model)
  const isAmongThem = (other: TrainedRows): boolean => {
    if (typeof own !== 'string') return other.fingerprints === own.fingerprints
    const overlap = overlapWith(other, data.features)
    return other.rows === data.features.rowCount && overlap !== null && overlap.equal === overlap.compared
  }
  const further = rows.filter((other) => !isAmongThem(other))
  const each = [...new Map(further.map((other) => [other.fingerprints, other])).values()]
  // Known rows say nothing about unknown ones.
  const hasUnknownRows = (!isWhole && further.length < rows.length) || each.length > mostFurtherRows
  return {
    trainedRows,
    ...(each.length === 0 ? {} : { furtherRows: each.slice(0, mostFurtherRows) }),
    ...(hasUnknownRows ? { hasUnknownRows } : {}),
  }
}

/** Restores what a file tells about the model's training rows; files of earlier versions only have their number. */
export function rememberRows(model: ChurnModel, trainedOn: AboutModel['trainedOn']): void {
  if (trainedOn === null) return
  const { rows, trainedRows, furtherRows = [], hasUnknownRows = false } = trainedOn
  if (trainedRows !== undefined) {
    const training = { rows: trainedRows.rows, fingerprints: trainedRows }
    rememberTrainedRows(model, { rows: [trainedRows, ...furtherRows], isWhole: !hasUnknownRows, training })
  } else if (knownRowsOf(model).training === null) {
    const { isWhole } = knownRowsOf(model)
    rememberTrainedRows(model, { rows: [], isWhole, training: { rows, fingerprints: null } })
  }
}
