/** What a report can be written as. */
export type ReportFormat = 'html' | 'markdown' | 'json'

/** Endings of report files, in the words of a message. */
export const reportEndings = '.html, .md or .json'

/** Returns the format that the ending of a file means; undefined where it means none. */
export function reportFormat(path: string): ReportFormat | undefined {
  const ending = /\.[^./\\]+$/.exec(path)?.[0]?.toLowerCase()
  if (ending === '.html' || ending === '.htm') return 'html'
  if (ending === '.md' || ending === '.markdown') return 'markdown'
  return ending === '.json' ? 'json' : undefined
}
