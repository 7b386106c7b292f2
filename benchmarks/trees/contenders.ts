import { fileURLToPath } from 'node:url'
import { buildChild } from './buildChild.js'
import { LineProcess, type ProcessStart } from './lineProcess.js'
import { type Programs, packagesFolder } from './packages.js'
import { pinning } from './pinning.js'

/** Kind of process that a library runs in. */
export type Runtime = 'node' | 'python' | 'r'

/** Who takes part: the word in the ids, and where it runs. */
export interface Library {
  readonly name: string
  readonly runtime: Runtime
  /** Name in `versions`; left out for holdfast. */
  readonly peer?: string
}

/** All that can take part, by name; holdfast is always the first of a comparison. */
export const libraries = {
  holdfast: { name: 'holdfast', runtime: 'node' },
  lightgbm: { name: 'lightgbm', runtime: 'python', peer: 'lightgbm' },
  'lightgbm-quantized': { name: 'lightgbm-quantized', runtime: 'python', peer: 'lightgbm' },
  xgboost: { name: 'xgboost', runtime: 'python', peer: 'xgboost' },
  'sklearn-hgb': { name: 'sklearn-hgb', runtime: 'python', peer: 'scikit-learn' },
  'sklearn-forest': { name: 'sklearn-forest', runtime: 'python', peer: 'scikit-learn' },
  ranger: { name: 'ranger', runtime: 'r', peer: 'ranger' },
  'ml-random-forest': { name: 'ml-random-forest', runtime: 'node', peer: 'ml-random-forest' },
} as const satisfies Record<string, Library>

/** Name of a library. */
export type LibraryName = keyof typeof libraries

/** Names of all but holdfast. */
export const peerNames = Object.keys(libraries).filter((name) => name !== 'holdfast') as LibraryName[]

// Bytecode beside the scripts would be a change of the checkout that is measured.
const withoutBytecode = { PYTHONDONTWRITEBYTECODE: '1' }

/** Starts the process of a library, pinned; a fresh one at each call. */
export function startProcess(runtime: Runtime, threads: number, programs: Programs): Promise<LineProcess> {
  return LineProcess.start(pinning(programOf(runtime, programs), threads, runtime === 'python'))
}

function programOf(runtime: Runtime, programs: Programs): ProcessStart {
  const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  switch (runtime) {
    case 'node':
      return {
        command: process.execPath,
        args: [buildChild()],
        environment: { HOLDFAST_PACKAGES: packagesFolder },
      }
    case 'python':
      return { command: programs.python!, args: [path('python/main.py')], environment: withoutBytecode }
    case 'r':
      return { command: programs.rscript!, args: ['--vanilla', path('ranger.R')], environment: {} }
  }
}
