import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { dayRule } from '../base/dayRule.js'
import { addDays, addMonths, type DayInput, dayOf, type EpochDay, formatDay } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { signalRule } from '../base/sharedRules.js'
import { isSystemError, unwritable } from '../base/wholeFile.node.js'
import { canonicalJson } from '../learn/canonicalJson.js'
import type { Scorer } from '../score/scorer.js'
import { readScorer } from '../score/scorer.node.js'
import { earlierLists, listFingerprints, makeList } from './calmList.js'
import { changeSentence, checkContract, profileOf } from './dataContract.js'
import { recover } from './journal.js'
import { earlierManifests, manifestFile, type NightManifest, readManifest, shownDigits } from './manifest.js'
import { type CheckedNight, checkedNight, type NightConfig } from './nightConfig.js'
import { type NightData, openNightHistory, openNightTable } from './nightData.js'
import { checkIds, figuresOf } from './nightFigures.js'
import { NightStore, type ScoreNight } from './nightStore.js'
import { checkWritable, newRun, outputConnection, publishNight, stillPublished } from './publishNight.js'
import { takeLock } from './runLock.js'
import { contentOfFile, type SourceFiles, sourceFiles } from './sourceFiles.js'
import { refuseStopped } from './stopped.js'

/** A step of a run. */
export interface NightProgress {
  /** The night; null while the sources are read. */
  readonly asOf: string | null
  readonly step: 'recover' | 'read' | 'features' | 'score' | 'publish'
  readonly done: number
  readonly total: number
}

/** Options of {@link runNight}. */
export interface RunNightOptions {
  /**
   * First day that is not seen. A day in the past gives what that night would have given: of the rows that say when they
   * became known (`knownAt`, `cancelledKnownAt`), those known later are not read. Default: of a history, the first day
   * for which its tables are not complete; of a flat table, today.
   */
  readonly asOf?: DayInput
  /** Instead of `asOf`: the first of several days to run, in order. */
  readonly from?: DayInput
  /** The last of them. */
  readonly to?: DayInput
  /** Step from `from` to `to`. Default `'month'`: the same day of each month. */
  readonly every?: 'day' | 'month'
  /**
   * Allows days before the end of the outcomes that the model was trained on: it has seen what becomes of these
   * customers, and their scores look better than those of any night to come. Default false.
   */
  readonly allowTrainingPeriod?: boolean
  /** Longest time to wait for another run in the same state folder, in seconds. Default 0: refuse at once. */
  readonly waitSeconds?: number
  /** Called after each step. */
  readonly onProgress?: (progress: NightProgress) => void
  /** An abort throws `aborted`; the next run goes on where it stopped. */
  readonly signal?: AbortSignal
}

/** What was done for one night. */
export interface NightResult {
  readonly asOf: string
  /** `published`, or `unchanged` if the same model, data and options had been published and are still there. */
  readonly outcome: 'published' | 'unchanged'
  readonly manifest: NightManifest
}

const optionsSchema = z.strictObject({
  asOf: dayRule.optional(),
  from: dayRule.optional(),
  to: dayRule.optional(),
  every: z.enum(['day', 'month']).default('month'),
  allowTrainingPeriod: z.boolean().default(false),
  waitSeconds: z.number().min(0).default(0),
  onProgress: z.custom<(progress: NightProgress) => void>((value) => typeof value === 'function').optional(),
  signal: signalRule,
})
type CheckedRun = z.output<typeof optionsSchema>

const operation = 'runNight'

/**
 * Scores all customers of a night job and publishes the scores: of one night, or of several in the past.
 *
 * For a job that runs by itself. A night is done once for each model, day, content of the sources and configuration:
 * a second run finds it done and changes nothing. All outputs of a night are published together or not at all, whatever
 * ends the run, and a run that was cut off goes on from its last chunk; `src/night/journal.ts` says how. One run at a
 * time works in a state folder.
 *
 * @param config the configuration, or the path of a JSON file with it; its paths are relative to the file
 * @returns what was done for each night, in order
 * @throws {HoldfastError} all problems of the configuration at once; what `openHistory` and `scoreHistory` refuse;
 * `run-locked` if another run works in the state folder; `data-unexpected` if the rows are not as they should be;
 * `data-leak` for a day within the training period; `storage-failed` if a disk or a database fails, with all outputs as
 * they were; `run-unfinished` if it failed while the outputs were being published, which the next run ends
 *
 * Memory: `memoryLimit` of DuckDB and `rowsPerChunk` customers. Disk: in the state folder, the history and the features
 * of one night, until it is published.
 *
 * @see {@link readScoreLog} for what it has scored so far
 */
export async function runNight(
  config: NightConfig | string,
  options?: RunNightOptions,
): Promise<readonly NightResult[]> {
  checkArguments(operation, ['config', config, typeof config === 'string' ? 'text' : 'object'])
  const run = checkOptions(operation, optionsSchema, options)
  const { config: checked } = await checkedNight(operation, config)
  refuse(operation, rangeProblems(run, checked))
  const work = join(checked.state, 'work')
  await mkdir(work, { recursive: true }).catch((cause: unknown) => {
    throw unwritable(operation, work, cause, 'storage-failed')
  })
  const { waitSeconds, signal } = run
  const release = await takeLock(operation, checked.state, {
    waitMillis: 1000 * waitSeconds,
    ...(signal === undefined ? {} : { signal }),
  })
  try {
    return await runNights(checked, run, work)
  } catch (error) {
    throw storageError(error, checked) ?? error
  } finally {
    await release()
  }
}

/** Returns the error for a disk that failed, whoever found it: this program or DuckDB. */
function storageError(error: unknown, { state }: CheckedNight): HoldfastError | undefined {
  if (isSystemError(error)) return unwritable(operation, state, error, 'storage-failed')
  const isDisk =
    error instanceof HoldfastError &&
    error.code === 'engine-failed' &&
    /no space left|disk full|could not write|read-only|failed to write|quota/i.test(error.message)
  if (!isDisk) return undefined
  const [{ wayOut = '' }] = error.problems
  return new HoldfastError(
    operation,
    [
      {
        code: 'storage-failed',
        parameter: `the disk of ${state}`,
        rule: 'to have room',
        wayOut: `${wayOut} Nothing was published.`,
      },
    ],
    { cause: error },
  )
}

/**
 * Ends what a run that was cut off has begun to publish, and runs nothing: publishes the rest of what was decided, or
 * removes what was not. {@link runNight} does so by itself before anything else.
 *
 * @returns what was done
 * @throws {HoldfastError} as {@link runNight}
 */
export async function recoverNight(
  config: NightConfig | string,
): Promise<'published' | 'removed' | 'nothing'> {
  checkArguments('recoverNight', ['config', config, typeof config === 'string' ? 'text' : 'object'])
  const { config: checked } = await checkedNight('recoverNight', config)
  await mkdir(checked.state, { recursive: true })
  const release = await takeLock('recoverNight', checked.state, { waitMillis: 0 })
  try {
    return (await recover('recoverNight', checked.state, outputConnection(checked))) ?? 'nothing'
  } finally {
    await release()
  }
}

async function runNights(config: CheckedNight, run: CheckedRun, work: string): Promise<NightResult[]> {
  const { onProgress, signal } = run
  await recover(operation, config.state, outputConnection(config))
  await checkWritable(operation, config)
  onProgress?.({ asOf: null, step: 'recover', done: 1, total: 1 })
  const scorer = await readScorer(config.model)
  refuse(operation, scorerProblems(config, scorer))
  const files = await sourceFiles(operation, config, work, signal)
  onProgress?.({ asOf: null, step: 'read', done: 1, total: 1 })
  const job: Job = {
    config,
    run,
    work,
    scorer,
    files,
    model: await contentOfFile(config.model),
    data: openedOnce(config, scorer, files, work),
  }
  let isDone = false
  try {
    const days = run.from === undefined ? [run.asOf ?? (await job.data.open()).defaultAsOf] : daysOf(run)
    refuse(operation, trainingProblems(scorer, days, run))
    const results: NightResult[] = []
    const again = run.from === undefined ? await lookedBack(config, days[0]!, job.model) : []
    for (const asOf of [...again, ...days]) results.push(await runOne(job, asOf))
    isDone = true
    return results
  } finally {
    await job.data.close()
    await removeWork(work, isDone)
  }
}

/** What all nights of a run share. */
interface Job {
  readonly config: CheckedNight
  readonly run: CheckedRun
  readonly work: string
  readonly scorer: Scorer
  readonly files: SourceFiles
  /** SHA-256 of the model file. */
  readonly model: string
  readonly data: { open(): Promise<NightData>; close(): Promise<void> }
}

async function runOne(job: Job, asOf: EpochDay): Promise<NightResult> {
  const { config, scorer, model, run } = job
  const { signal, onProgress } = run
  const day = formatDay(asOf)
  const lists = await earlierLists(config, asOf)
  const fingerprints = fingerprintsOf(job, asOf, await listFingerprints(config, lists))
  const earlier = await readManifest(manifestFile(config.state, asOf, model))
  if (earlier?.fingerprint === fingerprints.night && (await stillPublished(operation, config, earlier)))
    return { asOf: day, outcome: 'unchanged', manifest: earlier }
  const say = (step: NightProgress['step'], done: number, total: number): void => {
    onProgress?.({ asOf: day, step, done, total })
    refuseStopped(operation, signal)
  }
  const night: ScoreNight = {
    operation,
    config,
    scorer,
    model: model.slice(0, shownDigits),
    asOf,
    signal,
    onChunk: (done, total) => say('score', done, total),
  }
  const startedAt = new Date()
  const watch = new Stopwatch()
  const store = await NightStore.open(
    night,
    join(job.work, storeName(fingerprints.night)),
    fingerprints.night,
    job.data.open,
  )
  try {
    watch.lap('features')
    say('features', 1, 1)
    await checkIds(operation, store)
    await store.score(night)
    watch.lap('score')
    const { figures, unseen } = await figuresOf(operation, store, config)
    const profile = await profileOf(store)
    const nightsBefore = await earlierManifests(config.state, asOf)
    const unlikely = checkContract(
      operation,
      config,
      profile,
      nightsBefore.map((each) => each.profile),
    )
    const list = await makeList(night, store, lists)
    const name = newRun()
    const manifest = await publishNight(store, night, name, (outputs) => {
      watch.lap('write')
      return {
        version: 1,
        run: name,
        asOf: day,
        fingerprint: fingerprints.night,
        model: { file: config.model, fingerprint: model },
        data: job.files.fingerprints,
        options: fingerprints.options,
        startedAt: startedAt.toISOString(),
        finishedAt: new Date().toISOString(),
        seconds: watch.seconds,
        counts: {
          scored: store.facts.rows,
          rejected: store.facts.rejected,
          population: store.facts.population,
        },
        figures,
        list,
        profile,
        unlikely,
        unseen,
        warnings: [
          ...store.facts.warnings,
          ...trainingWarnings(scorer, asOf),
          ...unlikely.map(changeSentence),
        ],
        outputs,
      }
    })
    await store.remove()
    say('publish', 1, 1)
    return { asOf: day, outcome: 'published', manifest }
  } finally {
    await store.close()
  }
}

/** Earlier nights of the same model that rows which came late may have changed. */
async function lookedBack(
  { state, lookbackDays }: CheckedNight,
  asOf: EpochDay,
  model: string,
): Promise<EpochDay[]> {
  const nights: EpochDay[] = []
  for (let day = addDays(asOf, -lookbackDays); day < asOf; day = addDays(day, 1))
    if ((await readManifest(manifestFile(state, day, model))) !== undefined) nights.push(day)
  return nights
}

function storeName(fingerprint: string): string {
  return `night-${fingerprint.slice(0, 16)}.duckdb`
}

/** Seconds of each step. */
class Stopwatch {
  readonly seconds: Record<string, number> = {}
  #since = performance.now()

  lap(step: string): void {
    const now = performance.now()
    this.seconds[step] = Math.round(now - this.#since) / 1000
    this.#since = now
  }
}

/** Opens the sources when the first night needs them: a night that is done or was cut off while scoring does not. */
function openedOnce(config: CheckedNight, scorer: Scorer, files: SourceFiles, work: string): Job['data'] {
  let opened: Promise<NightData> | undefined
  const today = config.today ?? dayOf(operation, 'today', new Date(), scorer.about.timeZone)
  return {
    open() {
      const file = join(work, 'sources.duckdb')
      opened ??=
        config.customers === undefined
          ? openNightHistory(operation, config, scorer, files.sources, file)
          : openNightTable(operation, config, scorer, files.sources['customers']!, today, file)
      return opened
    },
    async close() {
      await (await opened?.catch(() => undefined))?.close()
    },
  }
}

/**
 * Removes the copies of the sources, and once all nights are published also what was computed from them, by whichever run:
 * one that was cut off may have been published by recovery.
 */
async function removeWork(work: string, isDone: boolean): Promise<void> {
  for (const name of await readdir(work)) {
    if (isDone || name.startsWith('source')) await rm(join(work, name), { recursive: true, force: true })
  }
}

function fingerprintsOf(
  { config, model, files }: Job,
  asOf: EpochDay,
  lists: Readonly<Record<string, string>>,
): { readonly night: string; readonly options: string } {
  const sha256 = (value: unknown): string =>
    createHash('sha256')
      .update(canonicalJson(operation, 'the configuration', value))
      .digest('hex')
  // What does not change what is written, or where
  const { state: _, model: __, memoryLimit: ___, ...written } = config
  const options = sha256(written)
  return { options, night: sha256({ version: 1, model, asOf, options, data: files.fingerprints, lists }) }
}

function rangeProblems(
  { asOf, from, to }: CheckedRun,
  { outputs, list, lookbackDays }: CheckedNight,
): Problem[] {
  const problem = (parameter: string, rule: string, wayOut?: string): Problem => ({
    code: 'option-invalid',
    parameter,
    rule,
    ...(wayOut === undefined ? {} : { wayOut }),
  })
  const named = list === undefined ? [] : [{ parameter: 'list.file', each: list }]
  const apart = (): Problem[] =>
    [...outputs.map((each, index) => ({ parameter: `outputs.${index}`, each })), ...named].flatMap(
      ({ parameter, each }) => {
        const isKept = 'file' in each ? each.file.includes('{asOf}') : each.keep === 'nights'
        const rule = 'to keep the nights apart, as several of them are run'
        const wayOut = 'file' in each ? 'Write {asOf} into the name of the file.' : 'Set keep to nights.'
        return isKept ? [] : [problem(parameter, rule, wayOut)]
      },
    )
  if (from === undefined && to === undefined) return lookbackDays > 0 ? apart() : []
  if (asOf !== undefined) return [problem('asOf', 'to be left out if from and to are given')]
  if (from === undefined || to === undefined)
    return [problem(from === undefined ? 'from' : 'to', 'to be given, as the other is')]
  if (to < from) return [{ ...problem('to', 'to be at or after from'), received: formatDay(to as EpochDay) }]
  return to === from ? [] : apart()
}

function daysOf({ from, to, every }: CheckedRun): EpochDay[] {
  const days: EpochDay[] = []
  const first = from as EpochDay
  for (let step = 0; ; step++) {
    const day = every === 'day' ? addDays(first, step) : addMonths(first, step)
    if (day > (to as EpochDay)) return days
    days.push(day)
  }
}

function scorerProblems({ history }: CheckedNight, { about }: Scorer): Problem[] {
  if ((history === undefined) === (about.rules === null)) return []
  return [
    {
      code: 'option-invalid',
      parameter: history === undefined ? 'customers' : 'history',
      rule: `to be left out: the model was trained on ${about.rules === null ? 'a flat table' : 'a raw history'}`,
      wayOut: about.rules === null ? 'Give customers.' : 'Give history.',
    },
  ]
}

function trainingProblems(
  { about }: Scorer,
  days: readonly EpochDay[],
  { allowTrainingPeriod }: CheckedRun,
): Problem[] {
  const until = about.trainedOn?.until
  const early = days.filter((day) => until !== undefined && day < until)
  if (early.length === 0 || allowTrainingPeriod) return []
  return [
    {
      code: 'data-leak',
      parameter: 'asOf',
      rule: `to be at or after ${formatDay(until!)}, the end of the outcomes that the model was trained on`,
      received: formatDay(early[0]!),
      count: early.length,
      wayOut:
        'It has seen what became of these customers, and scores would look better than they are: run a model trained on earlier data, or set allowTrainingPeriod.',
    },
  ]
}

function trainingWarnings({ about }: Scorer, asOf: EpochDay): string[] {
  const until = about.trainedOn?.until
  if (until === undefined)
    return [
      'The model file does not say until when the model was trained: whether this day lies within is not checked.',
    ]
  if (asOf >= until) return []
  return [
    `The model was trained on outcomes up to ${formatDay(until)}: scores of this day look better than those of later ones.`,
  ]
}
