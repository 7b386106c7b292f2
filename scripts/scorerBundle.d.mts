export function scorerBundle(): Promise<{
  readonly code: string
  /** Bytes. */
  readonly minified: number
  /** Bytes of gzip. */
  readonly compressed: number
  /** Paths of the modules that something of is in it. */
  readonly modules: readonly string[]
}>
