/** Formats of a report. */
export type ReportFormat = 'html' | 'markdown' | 'json'

/** Endings of report files, in the words of a message. */
export const reportEndings = '.html, .md or .json'

/** Returns the format for a file's ending, or undefined. */
export function reportFormat(path: string): ReportFormat | undefined {
  const ending = /\.[^./\\]+$/.exec(path)?.[0]?.toLowerCase()
  if (ending === '.html' || ending === '.htm') return 'html'
  if (ending === '.md' || ending === '.markdown') return 'markdown'
  return ending === '.json' ? 'json' : undefined
}
