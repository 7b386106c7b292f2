/** Longest name that every database accepts: PostgreSQL truncates at 63 bytes. */
const longest = 63

// Reserved words of SQL and Python.
const reserved = new Set(
  (
    'all and any array as asc assert async await between both break by case cast check class collate column constraint ' +
    'continue create cross current_date current_time current_user date def default del desc distinct do elif else end ' +
    'except exec exists extract false fetch finally for foreign from full function global grant group having if import in ' +
    'index inner insert int integer interval intersect into is join key lambda lateral left like limit natural nonlocal ' +
    'none not null offset on only or order outer over partition pass primary raise range references return right row rows ' +
    'select set some table then time timestamp to trailing true try union unique update user using values when where while ' +
    'window with yield'
  ).split(' '),
)

// The meaning of the signs in feature names, kept in plain names.
const signs: readonly (readonly [RegExp, string])[] = [
  [/!=/g, '_not_'],
  [/\|/g, '_or_'],
  [/\[!/g, '_not_'],
]

/**
 * Returns, for each name, one that LightGBM, XGBoost, pandas and SQL accept without quotes: lower-case letters, digits
 * and underscores, no digit first, no reserved word of SQL or Python, at most 63 long, and no two alike.
 *
 *     usage_dataMb_sum_1m                     usage_data_mb_sum_1m
 *     contacts[kind=late|failed]_count_3m     contacts_kind_late_or_failed_count_3m
 *     customer_套餐                            customer_u5957_u9910
 *
 * Duplicates are numbered: the second ends in `_2`.
 *
 * @param taken names already in use
 */
export function plainNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const used = new Set(taken)
  return names.map((name) => {
    const plain = plainName(name)
    let unique = plain.slice(0, longest)
    for (let number = 2; used.has(unique); number++) {
      const end = `_${number}`
      unique = `${plain.slice(0, longest - end.length)}${end}`
    }
    used.add(unique)
    return unique
  })
}

function plainName(name: string): string {
  const words = signs.reduce((text, [sign, word]) => text.replaceAll(sign, word), name)
  const ascii = words
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^\p{ASCII}]/gu, (letter) => `_u${letter.codePointAt(0)!.toString(16)}`)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replaceAll(/_{2,}/g, '_')
    .replaceAll(/^_|_$/g, '')
  if (ascii === '') return 'column'
  return reserved.has(ascii) || /^\d/.test(ascii) ? `f_${ascii}` : ascii
}
