import type { ReportFacts } from '../facts/reportFacts.js'
import { featureText } from './featureText.js'

/** Returns the name of a group without that of its only attribute, which is given above: "Two year", "below 7". */
export function groupText(name: string, attributes: readonly string[]): string {
  const [attribute, another] = attributes
  if (attribute === undefined || another !== undefined || !name.startsWith(`${attribute} `)) return name
  return name.slice(attribute.length + 1).replace(/^= /, '')
}

/** Returns a sentence about groups with the names of their attributes in words: "months since activation below 6: …". */
export function groupSentence(
  sentence: string,
  attributes: readonly string[],
  words: Readonly<Record<string, string>>,
): string {
  return attributes.reduce(
    (text, attribute) => text.replaceAll(attribute, featureText(attribute, words)),
    sentence,
  )
}

/** Returns the sentences about the worst groups, with attributes in words. */
export function worstGroups({ segments, words }: Pick<ReportFacts, 'segments' | 'words'>): string[] {
  return segments.flatMap(({ worst, attributes }) =>
    worst.map((sentence) => groupSentence(sentence, attributes, words)),
  )
}
