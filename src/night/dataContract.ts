import { studentQuantile } from '../base/distributions.js'
import { HoldfastError, type Problem } from '../base/errors.js'
import type { CheckedNight } from './nightConfig.js'
import { idColumn, stageColumn } from './nightData.js'
import type { NightStore } from './nightStore.js'

/** A quantity of the data of a night, which is compared with that of the nights before. */
export interface Quantity {
  readonly value: number
  /** How it is compared: counts by their ratio, shares on the scale on which their spread is alike, others as they are. */
  readonly kind: 'count' | 'share' | 'number'
  /** Rows that it was taken over. */
  readonly rows: number
}

/** Quantities of a night by name, such as `usage: rows of the last 28 days` or `column fee: share missing`. */
export type Profile = Readonly<Record<string, Quantity>>

/** A quantity that has changed more than the nights before let expect. */
export interface UnlikelyChange {
  readonly quantity: string
  readonly value: number
  /** The night before. */
  readonly before: number
  /** Bounds of what was to be expected. */
  readonly from: number
  readonly to: number
}

/**
 * Returns the quantities of a night: of each event table the rows of the last 28 days and the days since the last row,
 * of each column the share missing and the mean, of the scores their number, mean and bands.
 */
export async function profileOf(store: NightStore): Promise<Profile> {
  const { rows, tables } = store.facts
  const profile: Record<string, Quantity> = { 'customers scored': { value: rows, kind: 'count', rows } }
  for (const [table, { recent, age }] of Object.entries(tables)) {
    profile[`${table}: rows of the last 28 days`] = { value: recent, kind: 'count', rows: recent }
    if (age !== null)
      profile[`${table}: days since the last row`] = { value: age, kind: 'number', rows: recent }
  }
  if (rows === 0) return profile
  const described = (await store.query('SELECT column_name, column_type FROM (DESCRIBE features)')).rows()
  const columns = described.filter(
    ({ column_name: name }) => ![idColumn, stageColumn, 'id', 'cutoff'].includes(String(name)),
  )
  const quoted = (name: unknown): string => `"${String(name).replaceAll('"', '""')}"`
  const figures = columns.flatMap(({ column_name: name, column_type: type }, index) => [
    `count(*) - count(${quoted(name)}) AS absent${index}`,
    ...(type === 'DOUBLE' ? [`fsum(${quoted(name)}) / count(${quoted(name)}) AS mean${index}`] : []),
  ])
  const found =
    figures.length === 0
      ? undefined
      : (await store.query(`SELECT ${figures.join(', ')} FROM features`)).row(0)
  for (const [index, { column_name: name }] of columns.entries()) {
    profile[`column ${name}: share missing`] = {
      value: Number(found![`absent${index}`]) / rows,
      kind: 'share',
      rows,
    }
    const mean = found![`mean${index}`]
    if (typeof mean === 'number') profile[`column ${name}: mean`] = { value: mean, kind: 'number', rows }
  }
  const scores = (await store.query('SELECT fsum(probability) / count(*) AS mean FROM scored')).row(0)
  profile['scores: mean probability'] = { value: Number(scores['mean']), kind: 'share', rows }
  const bands = await store.query(
    'SELECT band, count(*) AS customers FROM scored GROUP BY band ORDER BY band',
  )
  for (const { band, customers } of bands.rows())
    profile[`scores: share ${band}`] = { value: Number(customers) / rows, kind: 'share', rows }
  return profile
}

/**
 * Returns the quantities whose change from the last night is unlike the changes before.
 *
 * Changes and not levels are compared, so that growth and slow drift are no alarm. With m quantities, the changes
 * d₁ … dₙ of one so far, their mean and standard deviation s (at least that of counting so many rows), a change d is
 * unlikely if
 *
 *     |d − mean| > s √(1 + 1/n) t(n − 1, 1 − rate / 2m)
 *
 * which holds by chance for some quantity in at most the share `rate` of nights, if changes are alike and normal.
 *
 * @param previous the nights before, oldest first
 * @param rate share of nights with a false alarm, in (0, 1)
 */
export function unlikelyChanges(
  previous: readonly Profile[],
  now: Profile,
  rate: number,
  leastRuns: number,
): UnlikelyChange[] {
  if (previous.length < leastRuns) return []
  const asked = Object.keys(now).filter((name) => previous.every((each) => each[name] !== undefined))
  return asked.flatMap((name) => {
    const { value, kind, rows } = now[name]!
    const scale = scales[kind]
    const levels = previous.map((each) => scale.to(each[name]!.value))
    const changes = levels.slice(1).map((level, index) => level - levels[index]!)
    const n = changes.length
    const mean = changes.reduce((sum, each) => sum + each, 0) / n
    const spread = Math.sqrt(changes.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1))
    const last = levels.at(-1)!
    const least = scale.leastSpread(Math.max(1, Math.min(rows, previous.at(-1)![name]!.rows)), last)
    const width =
      Math.max(spread, least) * Math.sqrt(1 + 1 / n) * studentQuantile(n - 1, 1 - rate / (2 * asked.length))
    const change = scale.to(value) - last
    if (Math.abs(change - mean) <= width) return []
    return [
      {
        quantity: name,
        value,
        before: previous.at(-1)![name]!.value,
        from: scale.from(last + mean - width),
        to: scale.from(last + mean + width),
      },
    ]
  })
}

/** How quantities are compared, and the spread that the difference of two counts of so many rows has by chance. */
const scales: Readonly<
  Record<
    Quantity['kind'],
    {
      readonly to: (value: number) => number
      readonly from: (level: number) => number
      readonly leastSpread: (rows: number, level: number) => number
    }
  >
> = {
  // Of a Poisson count the logarithm spreads by 1 / √count
  count: { to: Math.log1p, from: Math.expm1, leastSpread: (rows) => Math.sqrt(2 / rows) },
  // Of a share its arcsine spreads by 1 / (2 √rows), whatever the share
  share: {
    to: (share) => Math.asin(Math.sqrt(Math.min(1, Math.max(0, share)))),
    from: (level) => Math.sin(Math.min(Math.PI / 2, Math.max(0, level))) ** 2,
    leastSpread: (rows) => Math.sqrt(1 / (2 * rows)),
  },
  // A thousandth is no news, nor is half a day
  number: {
    to: (value) => value,
    from: (level) => level,
    leastSpread: (_, level) => Math.max(0.001 * Math.abs(level), 1e-9),
  },
}

/**
 * Compares a night with the limits of its job and with the nights before.
 *
 * @returns what has changed unlike before, for the manifest
 * @throws {HoldfastError} `data-unexpected` beyond a limit that was given; for unlikely changes if they are to stop a run
 */
export function checkContract(
  operation: string,
  { contract }: CheckedNight,
  profile: Profile,
  previous: readonly Profile[],
): UnlikelyChange[] {
  const changes = unlikelyChanges(previous, profile, contract.falseAlarmRate, contract.leastRuns)
  const problems = [
    ...limitProblems(profile, contract),
    ...(contract.unlikely === 'stop' ? changes.map(changeProblem) : []),
  ]
  const [first, ...rest] = problems
  if (first !== undefined) throw new HoldfastError(operation, [first, ...rest])
  return changes
}

function limitProblems(
  profile: Profile,
  { minRows, maxAgeDays, maxMissingShare }: CheckedNight['contract'],
): Problem[] {
  const limits: [quantity: string, isBroken: (value: number) => boolean, rule: string][] = [
    ...Object.entries(minRows).map(([table, limit]): (typeof limits)[number] => [
      `${table}: rows of the last 28 days`,
      (value) => value < limit,
      `to be at least ${limit} (contract.minRows.${table})`,
    ]),
    ...Object.entries(maxAgeDays).map(([table, limit]): (typeof limits)[number] => [
      `${table}: days since the last row`,
      (value) => value > limit,
      `to be at most ${limit} (contract.maxAgeDays.${table})`,
    ]),
    ...Object.entries(maxMissingShare).map(([column, limit]): (typeof limits)[number] => [
      `column ${column}: share missing`,
      (value) => value > limit,
      `to be at most ${limit} (contract.maxMissingShare.${column})`,
    ]),
  ]
  return limits.flatMap(([quantity, isBroken, rule]): Problem[] => {
    const found = profile[quantity]
    if (found !== undefined && !isBroken(found.value)) return []
    return [
      {
        code: 'data-unexpected',
        parameter: quantity,
        rule,
        ...(found === undefined ? {} : { received: found.value }),
        wayOut:
          found === undefined
            ? `There is none: ${Object.keys(profile).join('; ')}.`
            : 'Nothing was published.',
      },
    ]
  })
}

function changeProblem(change: UnlikelyChange): Problem {
  return {
    code: 'data-unexpected',
    parameter: change.quantity,
    rule: `to lie between ${rounded(change.from)} and ${rounded(change.to)}, after ${rounded(change.before)} the night before`,
    received: change.value,
    wayOut: "Nothing was published. If it is so, run once with contract: { unlikely: 'warn' }.",
  }
}

/** Returns an unlikely change as a sentence. */
export function changeSentence(change: UnlikelyChange): string {
  return `${change.quantity}: ${rounded(change.value)}, after ${rounded(change.before)} the night before; ${rounded(change.from)} to ${rounded(change.to)} was to be expected.`
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)))
}
