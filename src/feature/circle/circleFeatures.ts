import { checkArguments } from '../../base/arguments.js'
import { inNameOf, type Problem, refuse } from '../../base/errors.js'
import { lateCutoffProblems } from '../../engine/completeUntil.js'
import type { History } from '../../engine/history.js'
import { type Population, populationTable } from '../../population/populationTable.js'
import { temporaryName } from '../../population/temporaryName.js'
import { columnProblems, tableProblems } from '../../table/historyProblems.js'
import type { HistoryKinds } from '../../table/inputs.js'
import type { CustomerFeatures, FeatureMatrixOptions, PopulationFeatures } from '../sql/featureMatrix.js'
import { circleColumns } from './circleColumns.js'
import { type CallingCircleRule, callingCircle } from './circleRule.js'
import {
  type CircleSqlOptions,
  circleRowsSql,
  insideSql,
  nodesSql,
  outsideSql,
  pairsSql,
} from './circleSql.js'
import { communitiesSql, firstLabelsSql, nextLabelsSql } from './communitySql.js'

/**
 * Returns the calling circles of all counted customers as of each cutoff, computed by the engine that holds the history.
 *
 * {@link callingCircle} describes the columns. They depend on other customers and so cannot be computed from one
 * customer's history in a service: compute them nightly and join them to the rest with `joinFeatures`, for a dataset
 * with `withFeatures`.
 *
 * @param rule made with `callingCircle`, or read from JSON
 * @returns rows in the order of id and cutoff, one for each counted customer, even one without calls; `population` as
 * in `featureMatrix`
 * @throws {HoldfastError} `table-unknown` without `calls`; `column-missing` if they have no minutes (set
 * `minutes: false`); `window-open` if the history goes on but the calls are not complete up to a cutoff;
 * `option-invalid`; and what the population rule refuses
 *
 * Per distinct cutoff two passes over the calls of the window, and one over the pairs per round; cost grows linearly
 * with calls. The engine holds the pairs (32 bytes each) and spills to disk what exceeds its memory limit. A million
 * customers with 50 million calls take 135 s of processor time and 7.2 GB; a tenth of both 9 s.
 *
 * @example
 * const history = await openHistory({
 *   customers: [
 *     { id: 'A', activatedAt: '2024-01-15', cancelledAt: null },
 *     { id: 'B', activatedAt: '2024-06-01', cancelledAt: '2025-03-20' },
 *   ],
 *   calls: [
 *     { from: 'A', to: 'B', day: '2025-02-10', minutes: 6 },
 *     { from: 'B', to: 'A', day: '2025-02-11', minutes: 3 },
 *     { from: 'A', to: '555-0100', day: '2025-02-12', minutes: 1 },
 *   ],
 * })
 * const { ids, features } = await circleFeatures(history, callingCircle(), { cutoffs: [epochDay('2025-04-01')] })
 * await history.close()
 * ids
 * // => ['A']
 * features.columns.slice(0, 6).map(({ name, values }) => [name, values[0]])
 * // => [['circle_3m_in_network', 1], ['circle_3m_out_of_network', 1], ['circle_3m_in_network_calls_share', 2 / 3], ['circle_3m_in_network_minutes_share', 0.9], ['circle_3m_reciprocity', 0.5], ['circle_3m_left_1m_share', 1]]
 */
export async function circleFeatures(
  history: History,
  rule: CallingCircleRule,
  options: FeatureMatrixOptions,
): Promise<PopulationFeatures> {
  checkArguments(
    'circleFeatures',
    ['history', history, 'history'],
    ['rule', rule, 'object'],
    ['options', options, 'object'],
  )
  const checked = inNameOf('circleFeatures', () => callingCircle(rule))
  refuse('circleFeatures', circleProblems(checked, history.tables))
  const population = await inNameOf('circleFeatures', () =>
    populationTable(history, options.population, options.cutoffs),
  )
  try {
    refuse('circleFeatures', lateCutoffProblems(history, ['calls'], population.cutoffs, 'features'))
    const features = await populationCircles(history, checked, population)
    return { ...features, population: population.report }
  } finally {
    await population.drop()
  }
}

function circleProblems(rule: CallingCircleRule, tables: HistoryKinds): Problem[] {
  const missing = rule.minutes ? columnProblems(tables, 'calls', 'minutes') : []
  return [
    ...tableProblems(tables, 'calls', 'Give it to openHistory.'),
    ...missing.map((problem) => ({ ...problem, wayOut: 'Without it: callingCircle({ minutes: false }).' })),
  ]
}

/**
 * Returns the circles for the rows of an engine table with the columns `id` and `cutoff`. The rule has been checked.
 */
async function populationCircles(
  history: History,
  rule: CallingCircleRule,
  population: Pick<Population, 'table' | 'cutoffs'>,
): Promise<CustomerFeatures> {
  const { engine } = history
  const result = temporaryName('circle_rows')
  try {
    for (const [index, cutoff] of population.cutoffs.entries()) {
      const name = temporaryName('circle')
      const options: CircleSqlOptions = { history, rule, cutoff, population: population.table, name }
      const into = index === 0 ? `CREATE TEMPORARY TABLE ${result} AS` : `INSERT INTO ${result}`
      await withCircleTables(options, () => engine.run(`${into} ${circleRowsSql(options)}`))
    }
    const rows = await engine.query(`SELECT * FROM ${result} ORDER BY id, cutoff`)
    const { codes, dictionary } = rows.texts('id')
    return {
      ids: Array.from(codes, (code) => dictionary[code]!),
      cutoffs: Int32Array.from(rows.numbers('cutoff').values),
      features: {
        rowCount: rows.rowCount,
        columns: circleColumns(rule).map(({ name, kind }) =>
          kind === 'number' ? rows.numbers(name) : rows.texts(name),
        ),
      },
    }
  } finally {
    await engine.run(`DROP TABLE IF EXISTS ${result}`)
  }
}

const steps = ['nodes', 'pairs', 'outside', 'inside', 'labels', 'next_labels', 'communities'] as const

/** Creates the tables of one cutoff, each from those before it, asks for the rows, and drops the tables. */
async function withCircleTables(options: CircleSqlOptions, ask: () => Promise<void>): Promise<void> {
  const { name, rule } = options
  const { engine } = options.history
  const make = (step: (typeof steps)[number], select: string): Promise<void> =>
    engine.run(`CREATE TEMPORARY TABLE ${name}_${step} AS ${select}`)
  try {
    await make('nodes', nodesSql(options))
    await make('pairs', pairsSql(options))
    await make('outside', outsideSql(options))
    await make('inside', insideSql(options))
    if (rule.communityRounds > 0) {
      await make('labels', firstLabelsSql(options))
      for (let round = 0; round < rule.communityRounds; round++) {
        await make('next_labels', nextLabelsSql(options))
        await engine.run(`DROP TABLE ${name}_labels`)
        await engine.run(`ALTER TABLE ${name}_next_labels RENAME TO ${name}_labels`)
      }
      await make('communities', communitiesSql(options))
    }
    await ask()
  } finally {
    for (const step of steps) await engine.run(`DROP TABLE IF EXISTS ${name}_${step}`)
  }
}
