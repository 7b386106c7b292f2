import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Benchmark } from '../result.js'
import { type Comparison, measurementsOf, spinSpread } from './comparison.js'
import { barsText, comparisonText } from './comparisonText.js'
import { isPartial, type PartName, parseOptions, partNames, type TreesOptions } from './options.js'
import { findPrograms } from './packages.js'
import { type Context, joinReports, type Part, type PartReport } from './part.js'
import { categorical, missing, small, telcoShaped, training, wide } from './parts/boosting.js'
import { forest } from './parts/forest.js'
import { explaining, scoring, singleRow } from './parts/prediction.js'
import { pinned } from './pinning.js'

const parts: Readonly<Record<PartName, Part>> = {
  training,
  'telco-shaped': telcoShaped,
  small,
  categorical,
  missing,
  wide,
  forest,
  scoring,
  explaining,
  'single-row': singleRow,
}

// The same work took this much longer at some time of the run: its rounds were not alone on their core.
const quietSpread = 1.1
// A core's worth of other work within the last minute.
const quietLoad = 0.5

/** The tree engine beside the usual libraries: training, scoring and explaining, with equal settings in one run. */
export const benchmark: Benchmark = {
  about: 'how fast does the tree engine train, score and explain, the usual libraries beside it?',
  run: async (args) => {
    const options = checkedOptions(args)
    if (!options.built) build()
    const load = loadavg()[0]!
    const { programs, notices } = findPrograms(options.installRanger)
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-trees-'))
    const say = (text: string): void => console.error(text)
    try {
      const report = await runParts({ options, programs, folder, say })
      const { comparisons, versions } = report
      return {
        trial: options.scale !== 1,
        partial: isPartial(options),
        peers: versions,
        results: comparisons.flatMap(measurementsOf),
        notices: [
          ...notices,
          ...askedFor(options),
          ...report.notices,
          ...fewRounds(comparisons),
          ...quietness(load, comparisons),
        ],
        text: [...comparisons.map(comparisonText), barsText(comparisons)].join('\n\n'),
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function checkedOptions(args: readonly string[]): TreesOptions {
  const options = parseOptions(args)
  const cores = availableParallelism()
  const many = options.threads?.find((threads) => threads > cores)
  if (many !== undefined) throw new Error(`--threads: this machine has ${cores} cores, not ${many}.`)
  return options
}

/** What users run is what is measured: dist, of this very source. */
function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function runParts(context: Context): Promise<PartReport> {
  const reports: PartReport[] = []
  for (const name of context.options.parts) {
    try {
      reports.push(await parts[name](context))
    } catch (error) {
      // The others have taken long and are kept. The message may name paths: for the terminal, not for the result.
      console.error(error)
      reports.push({ comparisons: [], versions: {}, notices: [`Part ${name} failed and is left out.`] })
    }
  }
  return joinReports(reports)
}

function askedFor({ parts: asked, scale, built }: TreesOptions): string[] {
  return [
    ...(asked.length === partNames.length ? [] : [`Only ${asked.join(', ')} was asked for.`]),
    ...(scale === 1 ? [] : [`A trial with ${scale} of the rows: its figures mean nothing.`]),
    ...(built ? ['dist was measured as it was found.'] : []),
    ...(pinned ? [] : ['Processes were not bound to cores: taskset is not available.']),
  ]
}

function fewRounds(comparisons: readonly Comparison[]): string[] {
  const few = comparisons.filter(({ series }) => series.some(({ rounds }) => rounds.length < 5))
  if (few.length === 0) return []
  const named = few.map(({ id, series }) => `${id} (${series[0]!.rounds.length})`)
  return [`Fewer than 5 rounds: ${named.join(', ')}.`]
}

function quietness(load: number, comparisons: readonly Comparison[]): string[] {
  const disturbed = comparisons.filter(({ spins }) => spins.length > 0 && spinSpread(spins) > quietSpread)
  const busy = load > quietLoad ? [`The machine was busy before the run: load ${load.toFixed(2)}.`] : []
  if (disturbed.length === 0) return busy
  const named = disturbed.map(({ id, spins }) => `${id} (${spinSpread(spins).toFixed(2)})`)
  return [...busy, `The machine was not quiet, by the spin loop, during: ${named.join(', ')}.`]
}
