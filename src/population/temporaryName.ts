import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * Returns a name for a temporary table, made from what is in it: the same question has the same name, so that asking
 * again replaces the table instead of leaving one more behind.
 */
export function temporaryName(what: string, contents: unknown): string {
  return `holdfast_${what}_${bytesToHex(sha256(utf8ToBytes(JSON.stringify(contents)))).slice(0, 16)}`
}
