import { randomUUID } from 'node:crypto'
import { rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { type Problem, refuse } from '../base/errors.js'
import { fileBehind, isOtherThanFile, keepOnSignal, removeOnSignal } from '../base/wholeFile.node.js'
import { reportEndings, reportFormat } from '../report/reportFormat.js'
import { fileFormat } from '../table/files.node.js'

/** A file, or a folder of files, that a command is going to write. */
export interface OutputFile {
  /** The flag that named it, `--out`. */
  readonly flag: string
  readonly path: string
  readonly holds: 'table' | 'model' | 'export' | 'report' | 'files'
}

/**
 * Throws if a command could not write its files or would overwrite its inputs. This runs before anything is read, so
 * that nothing is written and no time is lost.
 *
 * @param inputs files and globs that the command reads
 * @throws {HoldfastError} `option-invalid`, `file-missing`, `file-unreadable`, `file-exists`
 */
export async function checkOutputs(
  operation: string,
  outputs: readonly OutputFile[],
  inputs: readonly string[],
): Promise<void> {
  const problems: Problem[] = []
  const taken = new Map<string, string>()
  for (const output of outputs) {
    const identity = await identityOf(output.path)
    const other = taken.get(identity)
    taken.set(identity, output.flag)
    const problem =
      formatProblem(output) ??
      (await placeProblem(output)) ??
      (await inputProblem(output, identity, inputs)) ??
      (other === undefined ? undefined : namedTwice(output, other))
    if (problem !== undefined) problems.push(problem)
  }
  refuse(operation, problems)
}

function formatProblem({ flag, path, holds }: OutputFile): Problem | undefined {
  if (holds === 'files') return undefined
  if (holds === 'report') {
    if (reportFormat(path) !== undefined) return undefined
    return { code: 'option-invalid', parameter: flag, rule: `to end in ${reportEndings}`, received: path }
  }
  const format = fileFormat(path)
  if (holds === 'table' && format === undefined) {
    const rule = 'to end in .csv, .csv.gz, .tsv, .tsv.gz, .parquet, .jsonl or .ndjson'
    return { code: 'option-invalid', parameter: flag, rule, received: path }
  }
  if (holds === 'table' || format === undefined) return undefined
  if (holds === 'export') {
    const wayOut = 'Name it churn.sql, churn.onnx or churn.mjs.'
    const rule = 'to have another ending than a table'
    return { code: 'option-invalid', parameter: flag, rule, received: path, wayOut }
  }
  const rule = 'to be a model file, without the ending of a table'
  return { code: 'option-invalid', parameter: flag, rule, received: path, wayOut: 'Name it churn.model.' }
}

async function placeProblem({ flag, path, holds }: OutputFile): Promise<Problem | undefined> {
  const facts = { parameter: flag, received: path }
  const place = await fileBehind(path).catch(() => undefined)
  if (place === undefined) {
    const wayOut = 'Its symbolic links form a loop; name a file.'
    return { code: 'file-unreadable', ...facts, rule: 'to be a file', wayOut }
  }
  const found = await stat(place).catch(() => undefined)
  if (holds === 'files') {
    if (found === undefined && place !== path) {
      const wayOut = `It is a symbolic link to ${place}, which does not exist: create that folder first.`
      return { code: 'file-missing', ...facts, rule: 'to be a folder', wayOut }
    }
    if (found === undefined || found.isDirectory()) return folderProblem(await lastFolder(path), facts)
    const wayOut = 'It is a file; name a folder.'
    return { code: 'file-unreadable', ...facts, rule: 'to be a folder, or a name for a new one', wayOut }
  }
  if (found?.isDirectory() === true) {
    const wayOut = 'It is a folder; name a file in it.'
    return { code: 'file-unreadable', ...facts, rule: 'to be a file', wayOut }
  }
  if (await isOtherThanFile(path)) {
    const wayOut = 'It is a device, a pipe or a socket; name a file.'
    return { code: 'file-unreadable', ...facts, rule: 'to be a file', wayOut }
  }
  return folderProblem(dirname(place), facts)
}

/** The folder itself, or the one it would be created in. */
async function lastFolder(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  return isThere || dirname(path) === path ? path : lastFolder(dirname(resolve(path)))
}

async function folderProblem(
  folder: string,
  facts: Pick<Problem, 'parameter' | 'received'>,
): Promise<Problem | undefined> {
  const around = await stat(folder).catch(() => undefined)
  if (around === undefined) {
    const wayOut = `Create the folder ${folder} first.`
    return { code: 'file-missing', ...facts, rule: 'to be in a folder that exists', wayOut }
  }
  if (!around.isDirectory()) {
    const wayOut = `${folder} is a file; name a folder.`
    return { code: 'file-missing', ...facts, rule: 'to be in a folder that exists', wayOut }
  }
  return (await spaceProblem(folder, facts)) ?? (await rightsProblem(folder, facts))
}

// A model or a list of customers takes a few megabytes at most; with less, the command may fail at its end
const leastFreeBytes = 16 * 2 ** 20

async function spaceProblem(
  folder: string,
  facts: Pick<Problem, 'parameter' | 'received'>,
): Promise<Problem | undefined> {
  const disk = await statfs(folder).catch(() => undefined)
  // File systems without a size, such as some network ones, report 0 blocks
  if (disk === undefined || disk.blocks === 0) return undefined
  const blocks = process.getuid?.() === 0 ? disk.bfree : disk.bavail
  const freeBytes = blocks * disk.bsize
  if (freeBytes >= leastFreeBytes) return undefined
  const rule = `to be on a disk with ${megabytes(leastFreeBytes)} free, but only ${megabytes(freeBytes)} are left`
  const wayOut = `Free some space on the disk of ${resolve(folder)}, or name a folder on another disk.`
  return { code: 'file-unreadable', ...facts, rule, wayOut }
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes % 2 ** 20 === 0 ? 0 : 1)} MB`
}

/** Tries to write, as rights do not tell all: superuser, read-only file systems, quotas, no more files. */
async function rightsProblem(
  folder: string,
  facts: Pick<Problem, 'parameter' | 'received'>,
): Promise<Problem | undefined> {
  const trial = join(folder, `.holdfast-${randomUUID().slice(0, 8)}.trial`)
  removeOnSignal(trial)
  try {
    await writeFile(trial, new Uint8Array(4096), { flag: 'wx' })
    return undefined
  } catch (cause) {
    const reason = cause instanceof Error ? ` (${cause.message})` : ''
    const wayOut = `Nothing can be written to ${resolve(folder)}${reason}; name another folder.`
    return { code: 'file-unreadable', ...facts, rule: 'to be in a folder that can be written to', wayOut }
  } finally {
    await rm(trial, { force: true })
    keepOnSignal(trial)
  }
}

async function inputProblem(
  { flag, path }: OutputFile,
  identity: string,
  inputs: readonly string[],
): Promise<Problem | undefined> {
  for (const input of inputs) {
    if (!isMatch(path, input) && (await identityOf(input)) !== identity) continue
    return {
      code: 'file-exists',
      parameter: flag,
      rule: 'to differ from the files that are read',
      received: path,
      wayOut: 'Inputs are never overwritten: name another file.',
    }
  }
  return undefined
}

// A file that a glob would read next time is an input too
function isMatch(path: string, input: string): boolean {
  const sign = input.search(/[*?[]/)
  if (sign < 0) return false
  const folder = resolve(dirname(`${input.slice(0, sign)}x`))
  return resolve(path).startsWith(folder + sep) && extname(path) === extname(input)
}

function namedTwice({ flag, path }: OutputFile, other: string): Problem {
  const rule = `to differ from the file of ${other === flag ? `the other ${flag}` : other}`
  return { code: 'option-invalid', parameter: flag, rule, received: path }
}

/** Returns the same text for the same file, even under two names. */
async function identityOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? resolve(await fileBehind(path).catch(() => path)) : `${found.dev}:${found.ino}`
}
