import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import type { LibraryName } from './contenders.js'
import type { Context, DataFile } from './part.js'
import type { Session } from './session.js'

// Every set here gives a model far more than this, and a model that learnt nothing less.
const leastAuc = 0.6

/** Returns the AUC of the test rows by one ruler for all. @throws where the predictions are not those of a model */
export async function verifiedAuc(
  session: Session,
  name: LibraryName,
  { testOutcome }: DataFile,
  { folder }: Context,
): Promise<number> {
  const output = join(folder, 'predictions')
  await session.ask(name, { command: 'predict', output })
  return aucOf(name, readNumbers(output), testOutcome)
}

/** Scores as it will be timed, and looks at the answer. @throws where the scores are not those of a model */
export async function verifyScores(
  session: Session,
  name: LibraryName,
  rows: number,
  threads: number,
  { trainOutcome }: DataFile,
  { folder }: Context,
): Promise<void> {
  const output = join(folder, 'scores')
  await session.ask(name, { command: 'score', rows, threads, output })
  aucOf(name, readNumbers(output), trainOutcome.subarray(0, rows))
}

function readNumbers(file: string): Float64Array {
  const bytes = readFileSync(file)
  const numbers = new Float64Array(bytes.byteLength / 8)
  new Uint8Array(numbers.buffer).set(bytes)
  return numbers
}

/** Returns the AUC of probabilities. @throws where they are too few, no probabilities, or no better than chance */
export function aucOf(name: string, probability: Float64Array, outcome: Uint8Array): number {
  if (probability.length !== outcome.length) {
    throw new Error(`${name} answered ${probability.length} of ${outcome.length} rows.`)
  }
  const wrong = probability.find((value) => !(value >= 0 && value <= 1))
  if (wrong !== undefined) throw new Error(`${name} answered ${wrong}, which is no probability.`)
  const auc = rocAuc(probability, outcome)
  if (auc < leastAuc) throw new Error(`${name} answered with AUC ${auc}: nothing was learnt.`)
  return auc
}
