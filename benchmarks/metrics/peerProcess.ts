import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

/** A Python process that holds the rows and answers with figures. */
export interface PeerProcess {
  /** Version of each library. */
  readonly versions: Readonly<Record<string, string>>
  /** Asks for a piece of work of `peer.py` and waits for its figures. */
  readonly ask: (work: string) => Promise<readonly number[]>
  readonly close: () => Promise<void>
}

/** Starts `peer.py` on the rows in a folder and waits until they are in memory. */
export async function openPeer(python: string, folder: string): Promise<PeerProcess> {
  const child = spawn(python, [fileURLToPath(new URL('peer.py', import.meta.url)), folder])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const complaints: string[] = []
  child.stderr.on('data', (text: Buffer) => complaints.push(String(text)))
  const answer = async <Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>> => {
    const { done, value } = await lines.next()
    if (done === true) throw new Error(`peer.py ended early.\n${complaints.join('')}`)
    return schema.parse(JSON.parse(value))
  }
  return {
    versions: await answer(z.record(z.string(), z.string())),
    ask: (work) => {
      child.stdin.write(`${JSON.stringify(work)}\n`)
      return answer(z.array(z.number()))
    },
    close: () => closed(child),
  }
}

async function closed(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.stdin.end()
  await ended
}
