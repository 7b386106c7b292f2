/** Settings of a training, the same for all; a library leaves out what it does not have. */
export interface TreeSettings {
  readonly trees: number
  readonly leaves: number
  /** Questions between root and leaf at most; null = only the leaves limit. */
  readonly depth: number | null
  readonly bins: number
  readonly learningRate: number
  readonly l2: number
  readonly minRows: number
  readonly threads: number
}

/** Settings of a forest, the same for all. */
export interface ForestSettings {
  readonly trees: number
  readonly minRows: number
  readonly columnsPerSplit: number
  readonly threads: number
}

/** One line to a process. Rows count from the first training row; seconds are measured inside of the process. */
export type Request =
  | { readonly command: 'load'; readonly file: string }
  /** Imports the library: the cold part of a start. */
  | { readonly command: 'open'; readonly library: string }
  | {
      readonly command: 'train'
      readonly library: string
      readonly rows: number
      readonly settings: TreeSettings
    }
  | {
      readonly command: 'forest'
      readonly library: string
      readonly rows: number
      readonly settings: ForestSettings
    }
  /** Writes the model of LightGBM as it saves it. */
  | { readonly command: 'save'; readonly library: string; readonly output: string }
  /** Reads what LightGBM has saved, in the place of a training. */
  | { readonly command: 'import'; readonly library: string; readonly file: string }
  /** Writes the probabilities of the test rows as 64-bit floats. */
  | { readonly command: 'predict'; readonly library: string; readonly output: string }
  /** Writes the probabilities where there is an output; the clock runs for the scoring alone. */
  | {
      readonly command: 'score'
      readonly library: string
      readonly rows: number
      readonly threads: number
      readonly output?: string
    }
  | { readonly command: 'explain'; readonly library: string; readonly rows: number; readonly threads: number }
  | { readonly command: 'single'; readonly library: string; readonly repeats: number }
  /** Scores rows as a service gets them, objects of cells, with three reasons each. */
  | { readonly command: 'reasons'; readonly library: string; readonly repeats: number }
  /** A fixed piece of work that no engine is part of: tells how quiet the machine is. */
  | { readonly command: 'spin' }

/** One line back. */
export interface Answer {
  readonly seconds: number
  /** Seconds of binning, within `seconds`; null where the library does not tell. */
  readonly binning?: number | null
  /** Version of the library. */
  readonly version?: string
  /** Largest distance of summed contributions from the margin. */
  readonly distance?: number
}
