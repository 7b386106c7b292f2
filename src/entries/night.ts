// `holdfast/night`: the job that scores all customers on a schedule, whole or not at all. Loads the engine.

export type { Profile, Quantity, UnlikelyChange } from '../night/dataContract.js'
export type { ListCounts, NightManifest, WrittenOutput } from '../night/manifest.js'
export type {
  DataContract,
  DuckdbSource,
  FileOutput,
  NightConfig,
  NightList,
  NightOutput,
  NightSource,
  PostgresSource,
  SuppressedCustomers,
  TableOutput,
} from '../night/nightConfig.js'
export type { UnseenCount } from '../night/nightStore.js'
export {
  type NightProgress,
  type NightResult,
  type RunNightOptions,
  recoverNight,
  runNight,
} from '../night/runNight.js'
export { readScoreLog, type ScoreLogOptions } from '../night/scoreLog.js'
