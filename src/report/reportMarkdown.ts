import { checkArguments } from '../base/arguments.js'
import { printable } from '../base/printable.js'
import { checkFacts } from './facts/checkFacts.js'
import type { ReportFacts } from './facts/reportFacts.js'
import type { Picture } from './picture/picture.js'
import { cautionsOf } from './section/cautions.js'
import { bylinesOf, headlineOf } from './section/headline.js'
import type { Block, Section, TableBlock } from './section/section.js'
import { sectionsOf } from './section/sections.js'

/** Options of {@link reportMarkdown}. */
export interface MarkdownOptions {
  /** Folder with the pictures of `writePictures`, relative to the file. Left out: pictures are described in words. */
  readonly pictures?: string
}

/**
 * Returns a report as Markdown: the sentences and tables of the page, for a repository, a ticket or a chat.
 *
 * Texts from the data are escaped: a feature named `*` shows as a star and does not start a list.
 *
 * @param facts what `modelReport` or `predictionReport` returned, or their JSON read back
 * @throws {HoldfastError} `value-type` if these are not the facts of a report, or are of a later version
 *
 * @example
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], { title: 'Spring campaign' })
 * reportMarkdown(facts).split('\n')[0]
 * // => '# Spring campaign'
 *
 * @see {@link reportHtml} for the page
 */
export function reportMarkdown(facts: ReportFacts, options: MarkdownOptions = {}): string {
  checkArguments('reportMarkdown', ['options', options, 'options'])
  const { pictures } = options
  checkFacts('reportMarkdown', facts)
  const { sentences, tiles } = headlineOf(facts)
  const cautions = cautionsOf(facts)
  return `${[
    `# ${escaped(facts.title)}`,
    ...bylinesOf(facts).map(escaped),
    ...sentences.map((sentence, index) =>
      index === sentences.length - 1 ? escaped(sentence) : `**${escaped(sentence)}**`,
    ),
    tiles
      .map(({ label, value, beside }) => `- **${escaped(value)}** ${escaped(label)} (${escaped(beside)})`)
      .join('\n'),
    ...(cautions.length === 0 ? [] : ['## Before you rely on it', listText(cautions)]),
    ...sectionsOf(facts).flatMap((section) => sectionText(section, pictures)),
  ].join('\n\n')}\n`
}

function sectionText({ title, lead, blocks }: Section, folder: string | undefined): string[] {
  return [`## ${escaped(title)}`, escaped(lead), ...blocks.flatMap((block) => blockText(block, folder))]
}

function blockText(block: Block, folder: string | undefined): string[] {
  switch (block.kind) {
    case 'text':
      return [escaped(block.text)]
    case 'heading':
      return [`### ${escaped(block.text)}`]
    case 'list':
      return [listText(block.items)]
    case 'terms':
      return [block.entries.map(([term, text]) => `- **${escaped(term)}**: ${escaped(text)}`).join('\n')]
    case 'table':
      return [`**${escaped(block.caption)}**`, tableText(block)]
    case 'picture':
      return pictureText(block.picture, folder)
    case 'pictures':
      return block.pictures.flatMap((picture) => pictureText(picture, folder))
  }
}

function pictureText({ name, title, description }: Picture, folder: string | undefined): string[] {
  const words = `**${escaped(title)}.** ${escaped(description)}`
  return folder === undefined ? [words] : [`![${escaped(title)}](${encodeURI(folder)}/${name}.svg)`, words]
}

function tableText({ columns, rows }: TableBlock): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ heading }) => escaped(heading))),
    line(columns.map(({ right }) => (right === true ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(escaped))),
  ].join('\n')
}

function listText(items: readonly string[]): string {
  return items.map((item) => `- ${escaped(item)}`).join('\n')
}

function escaped(text: string): string {
  return printable(text)
    .replaceAll(/[\\`*_[\]|#~]/g, '\\$&')
    .replaceAll('<', '&lt;')
}
