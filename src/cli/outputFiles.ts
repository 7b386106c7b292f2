import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, extname, resolve, sep } from 'node:path'
import { type Problem, refuse } from '../base/errors.js'
import { reportEndings, reportFormat } from '../report/reportFormat.js'
import { fileFormat } from '../table/files.node.js'

/** A file that a command is going to write. */
export interface OutputFile {
  /** The flag that named it, `--out`. */
  readonly flag: string
  readonly path: string
  readonly holds: 'table' | 'model' | 'report'
}

/**
 * Throws where a command could not write its files, or would write over what it reads: before it reads anything, so that
 * nothing is written and no time is lost.
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
      (await folderProblem(output)) ??
      (await inputProblem(output, identity, inputs)) ??
      (other === undefined ? undefined : namedTwice(output, other))
    if (problem !== undefined) problems.push(problem)
  }
  refuse(operation, problems)
}

function formatProblem({ flag, path, holds }: OutputFile): Problem | undefined {
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
  const rule = 'to be a model file, not one that ends as a table does'
  return { code: 'option-invalid', parameter: flag, rule, received: path, wayOut: 'Name it churn.model.' }
}

async function folderProblem({ flag, path }: OutputFile): Promise<Problem | undefined> {
  const facts = { parameter: flag, received: path }
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) {
    return {
      code: 'file-unreadable',
      ...facts,
      rule: 'to be a file',
      wayOut: 'It is a folder; name a file in it.',
    }
  }
  const folder = dirname(path)
  const around = await stat(folder).catch(() => undefined)
  if (!around?.isDirectory()) {
    return {
      code: 'file-missing',
      ...facts,
      rule: 'to be in a folder that exists',
      wayOut: `Make the folder ${folder} first.`,
    }
  }
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (isWritable) return undefined
  const wayOut = `You may not write to ${resolve(folder)}; name another folder.`
  return { code: 'file-unreadable', ...facts, rule: 'to be in a folder that can be written to', wayOut }
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
      rule: 'to be another file than those that are read',
      received: path,
      wayOut: 'Inputs are never written to: name another file.',
    }
  }
  return undefined
}

// A file that a glob would read the next time is an input too
function isMatch(path: string, input: string): boolean {
  const sign = input.search(/[*?[]/)
  if (sign < 0) return false
  const folder = resolve(dirname(`${input.slice(0, sign)}x`))
  return resolve(path).startsWith(folder + sep) && extname(path) === extname(input)
}

function namedTwice({ flag, path }: OutputFile, other: string): Problem {
  const rule = `to be another file than that of ${other === flag ? `the other ${flag}` : other}`
  return { code: 'option-invalid', parameter: flag, rule, received: path }
}

/** Returns the same text for the same file, also under two names. */
async function identityOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? resolve(path) : `${found.dev}:${found.ino}`
}
