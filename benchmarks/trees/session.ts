import { type Library, type LibraryName, libraries, type Runtime, startProcess } from './contenders.js'
import type { LineProcess } from './lineProcess.js'
import type { Programs } from './packages.js'
import type { Answer, Request } from './protocol.js'

type WithoutLibrary<Asked> = Asked extends { readonly library: string } ? Omit<Asked, 'library'> : never

/** A question to a library. */
export type LibraryRequest = WithoutLibrary<Request>

/** Pinned processes that hold the data and their libraries: one per runtime, warm until closed. */
export class Session {
  readonly #processes = new Map<Runtime, LineProcess>()
  readonly #versions: Record<string, string> = {}
  /** Seconds until the runtimes listened. */
  startup = 0
  /** Seconds of importing the libraries. */
  importing = 0

  private constructor(readonly names: readonly LibraryName[]) {}

  /** Starts the processes, hands over the data file and imports the libraries. */
  static async open(
    file: string,
    names: readonly LibraryName[],
    threads: number,
    programs: Programs,
  ): Promise<Session> {
    const session = new Session(names)
    try {
      for (const name of names) await session.#open(name, file, threads, programs)
    } catch (error) {
      await session.close()
      throw error
    }
    return session
  }

  /** Version of each peer that takes part. */
  get versions(): Readonly<Record<string, string>> {
    return this.#versions
  }

  /** Asks a library. */
  ask(name: LibraryName, request: LibraryRequest): Promise<Answer> {
    return this.#processes.get(libraries[name].runtime)!.ask({ ...request, library: name } as Request)
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    for (const one of this.#processes.values()) await one.close()
  }

  async #open(name: LibraryName, file: string, threads: number, programs: Programs): Promise<void> {
    const { runtime, peer }: Library = libraries[name]
    if (!this.#processes.has(runtime)) {
      const started = await startProcess(runtime, threads, programs)
      this.#processes.set(runtime, started)
      this.startup += started.startup
      await started.ask({ command: 'load', file })
    }
    const { seconds, version } = await this.ask(name, { command: 'open' })
    this.importing += seconds
    if (peer !== undefined) this.#versions[peer] = version!
  }
}
