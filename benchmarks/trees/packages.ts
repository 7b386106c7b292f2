import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openPython } from '../python.js'

/** Folder of the peers that come from npm, ends with a slash. */
export const packagesFolder = fileURLToPath(new URL('packages/', import.meta.url))

/** Where the programs are; what is not there is left out. */
export interface Programs {
  readonly python?: string
  readonly rscript?: string
}

/** What can be started, and why the rest cannot. */
export interface FoundPrograms {
  readonly programs: Programs
  readonly notices: readonly string[]
}

/** Finds the interpreters and installs the Python packages; R only where it is asked for, as it takes the system's packages. */
export function findPrograms(installRanger: boolean): FoundPrograms {
  const python = openPython()
  const notices = 'reason' in python ? [`Without the peers in Python: ${python.reason}.`] : []
  if (installRanger) installDebian(rangerPackages)
  const ranger = tryTo('Rscript', '--vanilla', '-e', 'library(ranger); library(jsonlite)')
  return {
    programs: {
      ...('reason' in python ? {} : { python: python.command }),
      ...(ranger ? { rscript: 'Rscript' } : {}),
    },
    notices,
  }
}

/** Debian packages that ranger needs here. */
export const rangerPackages = ['r-base-core', 'r-cran-ranger', 'r-cran-jsonlite'] as const

/** Installs the peers of `packages/package.json` there; false where npm could not. */
export function installPackages(): boolean {
  if (existsSync(`${packagesFolder}node_modules/ml-random-forest`)) return true
  return tryTo('npm', 'ci', '--prefix', packagesFolder, '--no-audit', '--no-fund')
}

function installDebian(packages: readonly string[]): void {
  tryTo('apt-get', 'update')
  tryTo('apt-get', 'install', '-y', '--no-install-recommends', ...packages)
}

function tryTo(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    return true
  } catch {
    return false
  }
}
