import { checkArguments } from '../base/arguments.js'
import { inNameOf } from '../base/errors.js'
import { writeWholeFile } from '../base/wholeFile.node.js'
import { decodedFrom, readModelFile } from '../learn/store.node.js'
import { encodeScorer, loadScorer, type Scorer } from './scorer.js'

/** Writes the model file of a scorer: whole or not at all. */
export async function saveScorer(scorer: Scorer, path: string): Promise<void> {
  checkArguments('saveScorer', ['scorer', scorer, 'scorer'], ['path', path, 'text'])
  const bytes = inNameOf('saveScorer', () => encodeScorer(scorer))
  await writeWholeFile('saveScorer', path, bytes, 'file-unreadable')
}

/**
 * Returns the scorer in a model file on disk.
 *
 * @throws {HoldfastError} `file-missing`, `file-unreadable`, and what {@link loadScorer} refuses
 */
export async function readScorer(path: string): Promise<Scorer> {
  checkArguments('readScorer', ['path', path, 'text'])
  const bytes = await readModelFile('readScorer', path)
  return decodedFrom('readScorer', path, () => loadScorer(bytes))
}
