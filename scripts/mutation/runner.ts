import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type RunnerTask, type RunnerTestCase, type RunnerTestFile, TestRunner, vi } from 'vitest'
import { startTests } from 'vitest/internal/browser'
import { switchName } from './instrument.js'
import {
  type PlannedRun,
  type Probe,
  type Result,
  readPlan,
  readResults,
  resultsFile,
  standOf,
  type TestPlaces,
} from './plan.js'

// What a process cannot hold is for the next one.
const mostMemoryBytes = 3e9

const plan = readPlan()
/** A flag per mutant: whether somebody has come by since the flags were taken. */
const passed = new Uint8Array(plan.mutants.length)
let active = -1
/** Whether anybody has come by the active mutant. */
let wasAsked = false
Object.assign(globalThis, {
  [switchName]:
    plan.how === 'switch'
      ? (number: number) => {
          if (number !== active) return false
          wasAsked = true
          return true
        }
      : (number: number) => {
          passed[number] = 1
          return false
        },
})

/** Runs the tests of a file once and notes which mutants they come by. */
class ProbingRunner extends TestRunner {
  readonly #startedAt = processorSeconds()
  readonly #outside = new Uint8Array(passed.length)
  readonly #tests = new Map<string, Probe['tests'][number]>()
  #testStartedAt = 0

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test as never)
    this.#takeOutside()
    this.#testStartedAt = processorSeconds()
  }

  override onAfterRunTask(test: RunnerTask): void {
    super.onAfterRunTask(test as never)
    const seconds = processorSeconds() - this.#testStartedAt
    this.#tests.set(test.id, { seconds, mutants: bits(passed) })
    passed.fill(0)
  }

  override onAfterRunFiles(files?: RunnerTestFile[]): void {
    super.onAfterRunFiles()
    this.#takeOutside()
    const [file] = files!
    const nowhere = { seconds: 0, mutants: '' }
    const probe: Probe = {
      isGreen: file!.result?.state === 'pass',
      seconds: processorSeconds() - this.#startedAt,
      modules: this.#ownModules(),
      outside: bits(this.#outside),
      tests: testsOf(file!).map((test) => this.#tests.get(test.id) ?? nowhere),
    }
    say({ kind: 'probed', testFile: relative(process.cwd(), file!.filepath), probe })
  }

  #takeOutside(): void {
    passed.forEach((flag, number) => {
      if (flag === 1) this.#outside[number] = 1
    })
    passed.fill(0)
  }

  #ownModules(): string[] {
    const ids = [...this['workerState'].evaluatedModules.idToModuleMap.keys()]
    const paths = ids.map((id) => relative(process.cwd(), id))
    return paths.filter((path) => /^(src|test|models|examples)\//.test(path)).toSorted()
  }
}

/** Of this process, so that what is chosen by it does not depend on what else the machine does. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Collects a file without running it, then runs it for each mutant that is planned for it and not yet killed. */
class SwitchingRunner extends TestRunner {
  /** Whether the sources in memory may hold values of a mutant. */
  #isStale = false

  onBeforeRunFiles(files: RunnerTestFile[]): void {
    keepTests(files[0]!, [])
  }

  override async onAfterRunFiles(files?: RunnerTestFile[]): Promise<void> {
    super.onAfterRunFiles()
    const { filepath } = files![0]!
    const testFile = relative(process.cwd(), filepath)
    if (files![0]!.result?.state === 'fail') {
      const error = files![0]!.result.errors?.[0]?.message ?? 'it fails without a mutant'
      say({ kind: 'broken', testFile, error })
      return
    }
    const watch = new Watch(testFile)
    const killed: { readonly mutant: number; readonly by: TestPlaces }[] = []
    // Sources keep their state from one mutant to the next, unless that has misled before.
    const isCareful = readResults().some((result) => result.kind === 'void' && result.testFile === testFile)
    for (const run of openRuns(testFile)) {
      if (process.memoryUsage.rss() > mostMemoryBytes) break
      const { mutant } = run
      if (standOf(readResults()).killed.has(mutant)) continue
      say({ kind: 'started', testFile, mutant })
      watch.start(run)
      const by = await this.#killersOf(filepath, run, isCareful)
      watch.stop()
      say({ kind: 'ran', testFile, mutant, by: by === null ? null : 'failure' })
      if (by !== null) killed.push({ mutant, by })
    }
    // A mutant may leave something behind that makes the next ones fail.
    const tests = killed.some(({ by }) => by === 'all') ? 'all' : killed.flatMap(({ by }) => by as number[])
    const check: PlannedRun = { mutant: -1, tests, limitSeconds: 0 }
    if (killed.length > 0 && (await this.#failuresOf(filepath, check, isCareful || this.#isStale)) !== null) {
      const misled = isCareful ? killed.slice(1) : killed
      say({ kind: 'void', testFile, mutants: misled.map(({ mutant }) => mutant) })
      this.#isStale = true
    }
    if (this.#isStale) vi.resetModules()
    this.#isStale = false
    watch.end()
  }

  /**
   * Returns the tests that fail with a mutant, null where none does. Sources are loaded anew only where the mutant may have
   * been passed while they were, where nobody came by (a value is kept somewhere), and after such a one.
   */
  async #killersOf(filepath: string, run: PlannedRun, isCareful: boolean): Promise<TestPlaces | null> {
    const isAnew = isCareful || this.#isStale
    const isPassedInLoading = run.tests === 'all'
    wasAsked = false
    const failures = await this.#failuresOf(filepath, run, isAnew)
    if (isAnew) this.#isStale = isPassedInLoading
    if (failures !== null || isAnew || (wasAsked && !isPassedInLoading)) return failures
    this.#isStale = true
    return this.#failuresOf(filepath, run, true)
  }

  async #failuresOf(
    filepath: string,
    { mutant, tests }: PlannedRun,
    isAnew: boolean,
  ): Promise<TestPlaces | null> {
    active = mutant
    if (isAnew) vi.resetModules()
    else this.#forgetTests()
    const inner = new OneRun(this.config)
    inner.tests = tests
    Object.defineProperty(inner, 'moduleRunner', { value: this['moduleRunner'] })
    inner.__setTraces(this['_otel'])
    const [file] = await startTests([{ filepath, testLocations: undefined }], inner)
    active = -1
    const { state } = file!.result ?? {}
    if (state === 'pass' || state === 'skip') return null
    const failed = testsOf(file!).flatMap(({ result }, place) => (result?.state === 'fail' ? [place] : []))
    return failed.length > 0 ? failed : 'all'
  }

  #forgetTests(): void {
    const modules = this['workerState'].evaluatedModules
    const folder = `${process.cwd()}/test/`
    for (const [id, module] of modules.idToModuleMap)
      if (id.startsWith(folder)) modules.invalidateModule(module)
  }
}

/** Runs the tests that a mutant needs until one fails; vitest does not hear of it. */
class OneRun extends TestRunner {
  tests: PlannedRun['tests'] = 'all'

  onBeforeRunFiles(files: RunnerTestFile[]): void {
    if (this.tests !== 'all') keepTests(files[0]!, this.tests)
  }

  override onAfterRunTask(test: RunnerTask): void {
    super.onAfterRunTask(test as never)
    if (test.result?.state === 'fail') this['cancelRun'] = true
  }
}

/** Ends the process where a run takes too long: a loop without an end can be stopped by nobody inside it. */
class Watch {
  readonly #deadline = new Float64Array(new SharedArrayBuffer(16))
  readonly #worker: Worker

  constructor(testFile: string) {
    const source = `
      const { workerData: { deadline, testFile, resultsFile } } = require('node:worker_threads')
      setInterval(() => {
        const [at, mutant] = deadline
        const { user, system } = process.cpuUsage()
        if (at === 0 || (user + system) / 1e6 < at) return
        const line = JSON.stringify({ kind: 'ran', testFile, mutant, by: 'time' })
        require('node:fs').appendFileSync(resultsFile, line + '\\n')
        process.kill(process.pid, 'SIGKILL')
      }, 500)`
    const workerData = { deadline: this.#deadline, testFile, resultsFile }
    this.#worker = new Worker(source, { eval: true, workerData })
    this.#worker.unref()
  }

  start({ mutant, limitSeconds }: PlannedRun): void {
    this.#deadline[1] = mutant
    this.#deadline[0] = processorSeconds() + limitSeconds
  }

  stop(): void {
    this.#deadline[0] = 0
  }

  end(): void {
    void this.#worker.terminate()
  }
}

/** What is planned for a file, without mutants that others have killed meanwhile and what this file has said. */
function openRuns(testFile: string): PlannedRun[] {
  const { killed, hasRun } = standOf(readResults())
  return plan.runs[testFile]!.filter(({ mutant }) => !killed.has(mutant) && !hasRun(testFile, mutant))
}

function testsOf(task: RunnerTask): RunnerTestCase[] {
  return task.type === 'test' ? [task] : task.tasks.flatMap(testsOf)
}

/** Marks all other tests, and what then holds none, as skipped. */
function keepTests(file: RunnerTestFile, places: readonly number[]): void {
  const tests = testsOf(file)
  const kept = new Set(places.map((place) => tests[place]!.id))
  const skip = (task: RunnerTask): boolean => {
    const isEmpty = task.type === 'test' ? !kept.has(task.id) : task.tasks.map(skip).every(Boolean)
    if (isEmpty) task.mode = 'skip'
    return isEmpty
  }
  skip(file)
}

function bits(flags: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8))
  flags.forEach((flag, number) => {
    if (flag === 1) bytes[number >> 3]! |= 1 << (number & 7)
  })
  return Buffer.from(bytes).toString('base64')
}

function say(result: Result): void {
  appendFileSync(resultsFile, `${JSON.stringify(result)}\n`)
}

// What the entry of a runner must export.
export default plan.how === 'probe' ? ProbingRunner : SwitchingRunner
