import { HoldfastError } from '../base/errors.js'
import type { NightManifest } from './manifest.js'
import type { CheckedNight } from './nightConfig.js'
import { idColumn } from './nightData.js'
import type { NightStore, UnseenCount } from './nightStore.js'

/**
 * Stops a run whose customers cannot be told apart.
 *
 * @throws {HoldfastError} `data-unexpected` if an id is missing or occurs more than once
 */
export async function checkIds(operation: string, store: NightStore): Promise<void> {
  const columns = await store.query('SELECT column_name FROM (DESCRIBE features)')
  const id = columns.texts('column_name').dictionary.includes(idColumn) ? `"${idColumn}"` : 'id'
  const counts = await store.query(
    `SELECT count(*) - count(${id}) AS absent, count(${id}) - count(DISTINCT ${id}) AS repeated FROM features`,
  )
  const [absent, repeated] = ['absent', 'repeated'].map((name) => Number(counts.cell(name, 0))) as [
    number,
    number,
  ]
  const problems = [
    ...(absent === 0
      ? []
      : [
          {
            rule: 'to have a value in every row',
            received: `${absent} rows without`,
            wayOut: 'Name another column with id.',
          },
        ]),
    ...(repeated === 0
      ? []
      : [
          {
            rule: 'to occur once',
            received: `${repeated} rows whose id another row has`,
            wayOut: 'Leave the repeated rows out, or name another column with id.',
          },
        ]),
  ].map((each) => ({ code: 'data-unexpected', parameter: 'the id of a customer', ...each }) as const)
  const [first, ...rest] = problems
  if (first !== undefined) throw new HoldfastError(operation, [first, ...rest])
}

/** From this many customers on, equal scores say that the model does not see what it reads. */
const leastForCollapse = 20

/**
 * Returns the figures of a scored night.
 *
 * @throws {HoldfastError} `data-unexpected` if too many scores are alike, or too many values are new to the model
 */
export async function figuresOf(
  operation: string,
  store: NightStore,
  config: CheckedNight,
): Promise<{ readonly figures: NightManifest['figures']; readonly unseen: readonly UnseenCount[] }> {
  const { rows } = store.facts
  const all = await store.query('SELECT fsum(probability) AS total FROM scored')
  const alike = await store.query(
    'SELECT probability, count(*) AS customers FROM scored GROUP BY probability ORDER BY customers DESC, probability LIMIT 1',
  )
  const most = alike.rowCount === 0 ? 0 : Number(alike.cell('customers', 0))
  if (rows >= leastForCollapse && most > config.maxAlikeShare * rows)
    throw new HoldfastError(operation, [
      {
        code: 'data-unexpected',
        parameter: 'the scores',
        rule: `to differ between customers, but for a share of ${config.maxAlikeShare} (maxAlikeShare)`,
        received: `${alike.cell('probability', 0)} for ${most} of ${rows}`,
        wayOut: 'Are the columns that the model reads filled? Nothing was published.',
      },
    ])
  const unseen = await store.unseen()
  refuseUnseen(operation, unseen, rows, config)
  const counts = async (column: string): Promise<Record<string, number>> => {
    const found = await store.query(
      `SELECT coalesce(${column}, 'none') AS name, count(*) AS customers FROM scored GROUP BY name ORDER BY name`,
    )
    return Object.fromEntries(found.rows().map(({ name, customers }) => [String(name), Number(customers)]))
  }
  const total = all.cell('total', 0)
  return {
    figures: {
      meanProbability: total === null || rows === 0 ? null : Number(total) / rows,
      bands: await counts('band'),
      stages: await counts('stage'),
    },
    unseen,
  }
}

function refuseUnseen(
  operation: string,
  unseen: readonly UnseenCount[],
  rows: number,
  { maxUnseenShare }: CheckedNight,
): void {
  const problems = unseen
    .filter((each) => each.rows > maxUnseenShare * rows)
    .map(({ feature, rows: found, example, why }) => ({
      code: 'data-unexpected' as const,
      parameter: `column ${feature}`,
      rule: `to hold what training has seen in all but ${maxUnseenShare} of the rows (maxUnseenShare), but ${found} of ${rows} are new`,
      received: example,
      wayOut: why ?? 'Nothing was published.',
    }))
  const [first, ...rest] = problems
  if (first !== undefined) throw new HoldfastError(operation, [first, ...rest])
}
