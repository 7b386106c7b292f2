/**
 * Returns the query for `id`, `month` (counted from January 1970) and `day_of_month` of a day of each row, in integer
 * arithmetic that is the same in every engine: years start on 1 March, so that leap days come last.
 *
 * @param table the table of the rows, with a column `id`
 * @param day SQL of the day
 * @see Howard Hinnant, chrono-compatible low-level date algorithms, civil_from_days
 */
export function monthOfDaySql(table: string, day: string): string {
  const steps = [
    `SELECT id, ${day} + 719468 AS z FROM ${table}`,
    'SELECT id, z, floor(z / 146097.0) AS era',
    'SELECT id, era, z - era * 146097 AS doe',
    'SELECT id, era, doe, floor((doe - floor(doe / 1460.0) + floor(doe / 36524.0) - floor(doe / 146096.0)) / 365.0) AS yoe',
    'SELECT id, era, yoe, doe - (365 * yoe + floor(yoe / 4.0) - floor(yoe / 100.0)) AS doy',
    'SELECT id, era, yoe, doy, floor((5 * doy + 2) / 153.0) AS mp',
    'SELECT id, (era * 400 + yoe - 1970) * 12 + mp + 2 AS month, doy - floor((153 * mp + 2) / 5.0) + 1 AS day_of_month',
  ]
  return steps.reduce((inner, step, index) => `${step} FROM (${inner}) step${index}`)
}
