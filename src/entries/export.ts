// `holdfast/export`: a scorer where the data is: one SQL query, an ONNX model, a JavaScript module without imports. Loads no engine.

export { toModule } from '../export/toModule.js'
export { toOnnx } from '../export/toOnnx.js'
export type { SqlDialectName } from '../export/sqlDialects.js'
export type { SqlOptions } from '../export/sqlOptions.js'
export { toSql } from '../export/toSql.js'
