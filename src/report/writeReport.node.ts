import { checkArguments } from '../base/arguments.js'
import { HoldfastError } from '../base/errors.js'
import { writeWholeFile } from '../base/wholeFile.node.js'
import { checkFacts } from './facts/checkFacts.js'
import type { ReportFacts } from './facts/reportFacts.js'
import { type ReportFormat, reportEndings, reportFormat } from './reportFormat.js'
import { reportHtml } from './reportHtml.js'
import { reportMarkdown } from './reportMarkdown.js'

/**
 * Writes a report to a file: a page (.html), text (.md) or the facts (.json), by its ending.
 *
 * The file is written whole or not at all; an existing one is replaced. The page needs no other file. `writePictures`
 * writes the pictures separately.
 *
 * @param facts what `modelReport` or `predictionReport` returned, or their JSON read back
 * @throws {HoldfastError} `file-unreadable` for another ending; `file-missing` with the reason if the file cannot be
 * written; `value-type` if these are not the facts of a report
 *
 * @example
 * import { predictionReport } from 'holdfast/report'
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
 * await writeReport(facts, 'report.html')
 * await writeReport(facts, 'report.pdf').catch((error) => error.code)
 * // => 'file-unreadable'
 *
 * @see {@link reportHtml}, {@link reportMarkdown} for the texts
 */
export async function writeReport(facts: ReportFacts, path: string): Promise<void> {
  checkFacts('writeReport', facts)
  checkArguments('writeReport', ['path', path, 'text'])
  const format = reportFormat(path)
  if (format === undefined) throw endingUnknown(path)
  const text = await reportText(facts, format)
  await writeWholeFile('writeReport', path, text)
}

async function reportText(facts: ReportFacts, format: ReportFormat): Promise<string> {
  if (format === 'html') return reportHtml(facts)
  return format === 'markdown' ? reportMarkdown(facts) : `${JSON.stringify(facts, null, 2)}\n`
}

function endingUnknown(path: string): HoldfastError {
  return new HoldfastError('writeReport', [
    {
      code: 'file-unreadable',
      parameter: 'the file',
      rule: `to end in ${reportEndings}`,
      received: path,
      wayOut: /\.(pdf|docx?|pptx?)$/i.test(path)
        ? 'Write report.html and print it from a browser: it is also made for paper.'
        : /\.(svg|png|csv)$/i.test(path)
          ? 'Pictures and their data are written to a folder by writePictures.'
          : 'Name it report.html.',
    },
  ])
}
