import type { Answer, ForestSettings, TreeSettings } from '../protocol.js'

/** What the parent may ask of a library in this process. */
export interface Library {
  readonly version: string
  train(rows: number, settings: TreeSettings): Promise<Answer>
  forest(rows: number, settings: ForestSettings): Promise<Answer>
  predict(output: string): Promise<Answer>
  /** Reads a model that LightGBM has saved. */
  import(file: string): Promise<Answer>
  score(rows: number, threads: number, output: string | undefined): Promise<Answer>
  explain(rows: number): Promise<Answer>
  single(repeats: number): Promise<Answer>
  reasons(repeats: number): Promise<Answer>
}

/** Refuses what a library cannot do. */
export async function unable(): Promise<never> {
  throw new Error('This library does not do that.')
}

/** Returns what the work gives, and its seconds. */
export async function timed<Result>(
  work: () => Result | Promise<Result>,
): Promise<{ result: Result; seconds: number }> {
  const start = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - start) / 1000 }
}
