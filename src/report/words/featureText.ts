import { printable } from '../../base/printable.js'

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/**
 * Returns a name for a sentence: in words if it has some, and isolated from its surroundings if written from right to
 * left.
 */
export function featureText(feature: string, words: Readonly<Record<string, string>> = {}): string {
  const text = printable(Object.hasOwn(words, feature) ? words[feature]! : feature)
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text
}
