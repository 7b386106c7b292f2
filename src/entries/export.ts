// `holdfast/export`: a scorer where the data is: a JavaScript module without imports. Loads no engine.

export { toModule } from '../export/toModule.js'
