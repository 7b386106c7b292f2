// `holdfast/export`: a scorer where the data is: one SQL query, a JavaScript module without imports. Loads no engine.

export { toModule } from '../export/toModule.js'
export type { SqlDialectName } from '../export/sqlDialects.js'
export { type SqlOptions, toSql } from '../export/toSql.js'
