import { checkArguments } from '../base/arguments.js'
import { ownValue } from '../base/ownValue.js'
import { logit } from '../base/statistics.js'
import type { Calibrator } from '../learn/calibrate/calibrator.js'
import { lightgbmZero } from '../learn/imported/singlePrecision.js'
import type { Scorer } from '../score/scorer.js'
import {
  calibrationRuntime,
  logisticRuntime,
  rowRuntime,
  scoreRuntime,
  treeRuntime,
} from './moduleRuntime.js'
import {
  type Reading,
  refuseDays,
  type ScoringPart,
  type ScoringPlan,
  scoringPlanOf,
} from './scoringParts.js'

/**
 * Returns a scorer as the text of a JavaScript module without imports, for services, browsers and edge runtimes that are
 * to load nothing else.
 *
 * The module exports `features` (name and kind of each feature, in the order of the model) and `score(row)`, which
 * returns `{ probability, band, margin }`: the probability and the band of `scorer.scoreRow(row)`, equal to the bit, and
 * the log odds. Rows hold numbers, texts, true, false, null and '' as for `scoreRow`; a row that `scoreRow` refuses makes
 * `score` throw a `TypeError` that names all bad columns. Reasons and unseen values are not in it.
 *
 * A text in the place of a number is read if training had numbers as programs write them; where training had another
 * notation (`12,5`), `score` refuses texts and takes numbers.
 *
 * @returns text of an ECMAScript module; some 4 kB and 20 bytes for each node of a tree
 * @throws {HoldfastError} `value-unknown` for a model of a learner of your own; `column-type` for a model of days
 *
 * O(size of the model) time and memory.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * import { trainPrior } from 'holdfast/models'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * toModule(createScorer(trainPrior(data))).includes('export function score(row)')
 * // => true
 *
 * @see {@link toSql} for a database, {@link toOnnx} for a model server
 */
export function toModule(scorer: Scorer): string {
  checkArguments('toModule', ['scorer', scorer, 'scorer'])
  const plan = scoringPlanOf('toModule', scorer)
  refuseDays('toModule', plan)
  const notations = scorer.about.flat?.notations
  const features = plan.features.map(({ name, kind }) => ({ name, kind }))
  const written = plan.features.map(({ name }) => (ownValue(notations, name) === undefined ? 0 : 1))
  const kinds = new Set(kindsOf(plan.root))
  return [
    `// A churn scorer (${plan.learner}), written by holdfast. score(row) returns { probability, band, margin }.`,
    `export const features = ${literal(features)}`,
    `const isWrittenOtherwise = ${literal(written)}`,
    `const bands = ${literal(plan.bands.map(({ name, from }) => [name, from]))}`,
    `const model = ${partText(plan.root, plan)}`,
    rowRuntime,
    ...(kinds.has('trees') ? [treeRuntime] : []),
    ...(kinds.has('logistic') ? [logisticRuntime] : []),
    ...(kinds.has('calibrated') ? [calibrationRuntime] : []),
    scoreRuntime([...kinds]),
    '',
  ].join('\n')
}

function kindsOf(part: ScoringPart): ScoringPart['kind'][] {
  const inner =
    part.kind === 'calibrated' ? [part.inner] : part.kind === 'blend' ? part.members.map((m) => m.inner) : []
  return [part.kind, ...inner.flatMap(kindsOf)]
}

function partText(part: ScoringPart, plan: ScoringPlan): string {
  switch (part.kind) {
    case 'constant':
      return literal(part)
    case 'trees': {
      const { right, feature, threshold, value, missingLeft, categoryStart, leftCategories } = part.ensemble
      const isLeaf = Array.from(right, (child) => child === 0)
      return `grown(${objectText({
        kind: literal(part.kind),
        scale: literal(part.scale),
        base: literal(part.base),
        read: readingsText(part.readings, plan),
        feature: literal(isLeaf.map((leaf, node) => (leaf ? -1 : feature[node]!))),
        at: literal(isLeaf.map((leaf, node) => (leaf ? value[node]! : threshold[node]!))),
        missingLeft: literal(missingLeft.join('')),
        sets: categoryStart.some((start) => start !== 0) ? literal([...categoryStart]) : 'null',
        words: literal([...leftCategories]),
      })})`
    }
    case 'logistic':
      return objectText({
        kind: literal(part.kind),
        intercept: literal(part.intercept),
        read: readingsText(part.readings, plan),
        effects: literal(
          part.effects.map((effect) =>
            effect.kind === 'number'
              ? {
                  logUnit: effect.logUnit,
                  mean: effect.mean,
                  deviation: effect.deviation,
                  coefficient: effect.coefficient,
                  missing: effect.missing?.coefficient ?? 0,
                }
              : {
                  of: [
                    ...effect.effects.map(({ coefficient }) => coefficient),
                    effect.rare?.coefficient ?? 0,
                  ],
                  missing: effect.missing?.coefficient ?? 0,
                },
          ),
        ),
      })
    case 'calibrated':
      return objectText({
        kind: literal(part.kind),
        by: literal(curveOf(part.calibrator)),
        inner: partText(part.inner, plan),
      })
    case 'blend': {
      const members = part.members.map(({ factor, inner }) =>
        objectText({ factor: literal(factor), inner: partText(inner, plan) }),
      )
      return objectText({
        kind: literal(part.kind),
        intercept: literal(part.intercept),
        members: `[${members.join(',\n')}]`,
      })
    }
  }
}

/** The calibrator as the runtime reads it: lines by their shift. */
function curveOf(calibrator: Calibrator): object {
  switch (calibrator.method) {
    case 'none':
      return { method: 'shift', shift: 0 }
    case 'shift':
      return { method: 'shift', shift: logit(calibrator.to) - logit(calibrator.from) }
    default:
      return calibrator
  }
}

function readingsText(readings: readonly Reading[], plan: ScoringPlan): string {
  const place = new Map(plan.features.map(({ name }, index) => [name, index]))
  const texts = readings.map((reading) =>
    literal(
      reading.kind === 'number'
        ? [place.get(reading.feature), reading.zeroIsMissing ? lightgbmZero : -1]
        : [
            place.get(reading.feature),
            reading.areCodes,
            [...reading.exact],
            [...reading.categories],
            reading.unseen,
          ],
    ),
  )
  return `[${texts.join(',\n')}].map(reader)`
}

function objectText(members: Readonly<Record<string, string>>): string {
  return `{\n${Object.entries(members)
    .map(([name, text]) => `${name}: ${text}`)
    .join(',\n')}\n}`
}

/** JSON that is JavaScript too, with the sign of zero, and safe inside a page. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([name, member]) => `${name}: ${literal(member)}`)
      .join(', ')} }`
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}
