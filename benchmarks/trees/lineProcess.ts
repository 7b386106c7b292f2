import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import type { Answer, Request } from './protocol.js'

const answerSchema = z.strictObject({
  seconds: z.number().nonnegative(),
  binning: z.number().nullable().optional(),
  version: z.string().optional(),
  distance: z.number().optional(),
})

/** How to start a process. */
export interface ProcessStart {
  readonly command: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** A process that answers one JSON line with one JSON line, one question at a time. */
export class LineProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #complaints = ''

  private constructor(
    start: ProcessStart,
    /** Seconds from the call to the first line: the start of the runtime itself. */
    public startup: number,
  ) {
    this.#child = spawn(start.command, [...start.args], { env: { ...process.env, ...start.environment } })
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#complaints = `${this.#complaints}${text}`.slice(-4000)
    })
    this.#child.stdin.on('error', () => {}) // The answer that does not come tells of it.
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Starts the process and waits until it listens. */
  static async start(start: ProcessStart): Promise<LineProcess> {
    const begun = performance.now()
    const started = new LineProcess(start, 0)
    await once(started.#child, 'spawn')
    await started.#line()
    started.startup = (performance.now() - begun) / 1000
    return started
  }

  /** Asks and waits. @throws where the process answers with an error, or not at all */
  async ask(request: Request): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const answer = await this.#line()
    if ('error' in answer) throw new Error(`${JSON.stringify(request)}: ${String(answer['error'])}`)
    return answerSchema.parse(answer) as Answer
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.stdin.end()
    await ended
  }

  async #line(): Promise<Record<string, unknown>> {
    const { done, value } = await this.#lines.next()
    if (done === true) throw new Error(`A process of the benchmark ended early.\n${this.#complaints}`)
    return JSON.parse(value) as Record<string, unknown>
  }
}
