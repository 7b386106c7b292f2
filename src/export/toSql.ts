import { checkArguments } from '../base/arguments.js'
import { withDaysIn } from '../base/dayRule.js'
import { beyondAnyRow, type EpochDay, formatDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import type { Scorer } from '../score/scorer.js'
import {
  type ExportedFeature,
  readingsOf,
  type ScoringPart,
  type ScoringPlan,
  scoringPlanOf,
} from './scoringParts.js'
import { type ExportDialect, exportDialect } from './sqlDialects.js'
import {
  type CheckedSqlOptions,
  columnOf,
  type SqlOptions,
  sqlOptionProblems,
  sqlOptions,
} from './sqlOptions.js'
import { isCodeSql, mostSummands, type SqlFeature, SqlScore } from './sqlScore.js'
import { SqlSteps, type StepColumn } from './sqlSteps.js'
import { deepest } from './sqlTrees.js'

/** DuckDB parses expressions up to a depth of 1,000, PostgreSQL some more. */
const mostDepth = 800
/** Half as many took DuckDB 75 s and 3 GB to plan. */
const mostNodes = 1_000_000

const operation = 'toSql'

/**
 * Returns a scorer as one SELECT over a table of features: columns `id` (if named), `margin` (log odds), `probability`
 * and `band`, one row for each row of the table. For scoring where the data is, without moving a row.
 *
 * Probabilities and margins are those of the scorer to 1e-12 (databases compute e^x and ln x with another last digit;
 * trees are added in the same order). It reads features and no history: for a model of a history the table holds the
 * features under their names, as `datasetToTable` and `writeFeatures` give them.
 *
 *     NULL, '' and blank texts                      missing, as in scoring
 *     texts                                         trimmed and in one Unicode spelling (NFC); unseen ones as in scoring
 *     true and false                                1 and 0; in PostgreSQL of features that had only 0 and 1 in training,
 *                                                   and of those named in `booleans`
 *     NaN and infinite numbers                      refused in scoring: all outputs of the row are NULL
 *     texts in the place of an imported model's codes of categories that are no whole number    the same
 *     columns of days                               DATE; the days until `asOf`; from 2200 on missing; instants with a
 *                                                   time zone have the day that the session's zone gives them
 *
 * A column of another type makes the query fail, with the column's name. Names and texts are quoted, so nothing in a name,
 * category or band is run; only `{ query }` is. PostgreSQL 13 or later; the encoding UTF8 for text features; with `jit` on
 * it may compile a large model for longer than it runs: `SET jit = off`. Whole numbers beyond 2^53, which scoring refuses,
 * are rounded.
 *
 * Limits: trees of up to 800 questions one below the other, 51,200 trees, 1,000,000 nodes; in PostgreSQL some hundred
 * features fewer than the 1,600 columns of a table.
 *
 * @returns one statement without a semicolon, to be run or used as a sub-query; some 45 bytes for each node of a tree
 * @throws {HoldfastError} `option-invalid`, `option-unknown`: also for columns whose names PostgreSQL would cut (above 63
 * bytes) and names that DuckDB takes for the same (`Plan`, `plan`): give them others in `columns`; `out-of-range` beyond
 * the limits; `value-unknown` for a model of a learner of your own
 *
 * O(size of the model) time and memory. 500 trees of 63 leaves: DuckDB plans for 3.6 s, or with `SET
 * disabled_optimizers = 'common_subexpressions'` for 1.1, and then scores 11,000 rows a second on one core; PostgreSQL
 * plans for 3 s and scores 25,000.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * import { trainPrior } from 'holdfast/models'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * const scorer = createScorer(trainPrior(data))
 * toSql(scorer, { dialect: 'duckdb', table: ['crm', 'customers'], id: 'customer id' }).includes('"crm"."customers"')
 * // => true
 *
 * @see {@link toOnnx} for a model server, {@link toModule} for JavaScript
 */
export function toSql(scorer: Scorer, options: SqlOptions): string {
  checkArguments(operation, ['scorer', scorer, 'scorer'])
  const checked = checkOptions(operation, sqlOptions, withDaysIn(options, ['asOf'], scorer.about.timeZone))
  const plan = scoringPlanOf(operation, scorer)
  const dialect = exportDialect(checked.dialect)
  refuse(operation, [...sqlOptionProblems(plan, checked, dialect), ...sizeProblems(plan.root)])
  const steps = new SqlSteps(dialect)
  const booleans = [...checked.booleans, ...flagsOf(scorer)]
  const { features, isRefused } = inputColumns(steps, plan, { ...checked, booleans })
  const score = new SqlScore(steps, features)
  const margin = score.margin(plan.root)
  const probability = score.probability(plan.root)
  refuse(operation, widthProblems(steps, dialect))
  const unlessRefused = (sql: string): string =>
    isRefused === null ? sql : `CASE WHEN ${isRefused.name} = 0 THEN ${sql} END`
  const id = checked.id === undefined ? null : `input.${dialect.identifier(checked.id)}`
  return steps.query(
    `${tableSql(checked.table, dialect)} AS input`,
    id,
    {
      margin: unlessRefused(margin.name),
      probability: unlessRefused(probability.name),
      band: unlessRefused(bandSql(plan, probability, dialect)),
    },
    [margin, probability, ...(isRefused === null ? [] : [isRefused])],
  )
}

/** Features of which training had nothing but 0 and 1: in the table they may be true and false. */
function flagsOf({ about }: Scorer): string[] {
  return (about.seen ?? []).flatMap((seen) => {
    if (seen.kind === 'text' || seen.range === null) return []
    const { least, low, high, greatest } = seen.range
    const known = [least, low, high, greatest, ...(seen.values ?? []), ...(seen.spread?.quantiles ?? [])]
    return known.every((value) => value === 0 || value === 1) ? [seen.name] : []
  })
}

function tableSql(table: CheckedSqlOptions['table'], { identifier }: ExportDialect): string {
  if (typeof table === 'string') return identifier(table)
  if (Array.isArray(table)) return table.map(identifier).join('.')
  return `(\n${(table as { readonly query: string }).query}\n)`
}

function bandSql(
  { bands }: ScoringPlan,
  probability: StepColumn,
  { literal, double, textType }: ExportDialect,
): string {
  const whens = bands.map(
    ({ name: band, from }) => ` WHEN ${probability.name} >= ${double(from)} THEN ${literal(band)}`,
  )
  return `CAST(CASE${whens.join('')} END AS ${textType})`
}

/** The features as models read them, and whether scoring would refuse the row; null = no row can be refused. */
function inputColumns(
  steps: SqlSteps,
  plan: ScoringPlan,
  options: CheckedSqlOptions,
): { readonly features: ReadonlyMap<string, SqlFeature>; readonly isRefused: StepColumn | null } {
  const { dialect } = steps
  const features = new Map<string, SqlFeature>()
  const refusals: { readonly sql: string; readonly from: StepColumn }[] = []
  const [least, most] = [-Number.MAX_VALUE, Number.MAX_VALUE].map((value) => dialect.double(value))
  const hasExact = new Set(
    readingsOf(plan.root).flatMap((reading) =>
      reading.kind === 'text' && reading.exact.size > 0 ? [reading.feature] : [],
    ),
  )
  for (const feature of plan.features) {
    const column = `input.${dialect.identifier(columnOf(feature, options))}`
    if (feature.kind !== 'number') {
      const text = feature.kind === 'code' ? `CAST(${column} AS ${dialect.textType})` : column
      const value = steps.column(dialect.category(text))
      const raw = hasExact.has(feature.name)
        ? steps.column(dialect.exact(`CAST(${column} AS ${dialect.textType})`))
        : value
      features.set(feature.name, { value, raw })
      if (feature.kind === 'code')
        refusals.push({ sql: `${value.name} <> '' AND NOT (${isCodeSql(dialect, value.name)})`, from: value })
      continue
    }
    const number = steps.column(numberSql(feature, column, plan, options, dialect))
    const isInRange = `${number.name} BETWEEN ${least} AND ${most}`
    features.set(feature.name, {
      value: steps.column(`CASE WHEN ${isInRange} THEN ${number.name} END`, [number]),
      raw: null,
    })
    refusals.push({ sql: `NOT (${isInRange})`, from: number })
  }
  if (refusals.length === 0) return { features, isRefused: null }
  const whens = refusals.map(({ sql }) => `\n    WHEN ${sql} THEN 1`)
  const isRefused = steps.column(
    `CASE${whens.join('')} ELSE 0 END`,
    refusals.map(({ from }) => from),
  )
  return { features, isRefused }
}

function numberSql(
  { name: feature }: ExportedFeature,
  column: string,
  { days }: ScoringPlan,
  { booleans, asOf }: CheckedSqlOptions,
  dialect: ExportDialect,
): string {
  const asDouble = (sql: string): string => `CAST(${sql} AS ${dialect.doubleType})`
  if (days.has(feature)) {
    const end = dialect.literal(formatDay(beyondAnyRow))
    const until = asDouble(dialect.daysUntil(column, formatDay(asOf as EpochDay)))
    return `CASE WHEN CAST(${column} AS DATE) < DATE ${end} THEN ${until} END`
  }
  return booleans.includes(feature) ? dialect.flag(column) : asDouble(column)
}

function sizeProblems(part: ScoringPart): Problem[] {
  if (part.kind === 'calibrated') return sizeProblems(part.inner)
  if (part.kind === 'blend') return part.members.flatMap(({ inner }) => sizeProblems(inner))
  if (part.kind !== 'trees') return []
  const problem = { code: 'out-of-range', parameter: 'the model' } as const
  const [depth, trees, nodes] = [
    deepest(part.ensemble),
    part.ensemble.roots.length,
    part.ensemble.right.length,
  ]
  const wayOut = 'Train it with a smaller maxDepth, or use toOnnx or toModule.'
  return [
    ...(depth <= mostDepth
      ? []
      : [
          {
            ...problem,
            rule: `to have trees of at most ${mostDepth} questions one below the other`,
            received: depth,
            wayOut,
          },
        ]),
    ...(nodes <= mostNodes
      ? []
      : [
          {
            ...problem,
            rule: `to have trees of at most ${mostNodes} nodes together`,
            received: nodes,
            wayOut,
          },
        ]),
    ...(trees <= mostSummands
      ? []
      : [{ ...problem, rule: `to have at most ${mostSummands} trees`, received: trees, wayOut }]),
  ]
}

function widthProblems({ width }: SqlSteps, { name: database, mostColumns }: ExportDialect): Problem[] {
  if (mostColumns === null || width < mostColumns) return []
  return [
    {
      code: 'out-of-range',
      parameter: 'the model',
      rule: `to need fewer than ${mostColumns} columns in a step of the query, as ${database} has no more`,
      received: width,
      wayOut: 'Train it on fewer features, or use another database, toOnnx or toModule.',
    },
  ]
}
