import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { checkFacts } from './facts/checkFacts.js'
import type { ReportFacts } from './facts/reportFacts.js'
import { blockHtml } from './page/blockHtml.js'
import { html, Markup } from './page/markup.js'
import { pageStyle } from './page/style.js'
import { cautionsOf } from './section/cautions.js'
import { bylinesOf, type Headline, headlineOf } from './section/headline.js'
import type { Section } from './section/section.js'
import { sectionsOf } from './section/sections.js'
import { count } from './words/numbers.js'

/**
 * Returns a report as one self-contained HTML page: no network, no script, no other file.
 *
 * Open it in a browser, print it, or send it by mail. It follows the reader's choice of light or dark, fits phones and
 * wide screens, works with keyboard and screen reader, and its content security policy forbids it to load or run
 * anything. Texts from the data (names of features, segments, warnings) are shown as plain text, whatever they contain.
 *
 * @param facts what `modelReport` or `predictionReport` returned, or their JSON read back
 * @returns the text of an .html file in UTF-8, about 150 kB
 * @throws {HoldfastError} `value-type` if these are not the facts of a report, or are of a later version
 *
 * About 0.5 s, most of it for the pictures.
 *
 * @example
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], { title: 'Spring campaign' })
 * const page = await reportHtml(facts)
 * page.includes('<title>Spring campaign</title>')
 * // => true
 *
 * @see `writeReport` for a file, {@link reportMarkdown} for text
 */
export async function reportHtml(facts: ReportFacts): Promise<string> {
  checkFacts('reportHtml', facts)
  const sections = sectionsOf(facts)
  const bodies = await Promise.all(sections.map(sectionHtml))
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="holdfast">
<title>${facts.title}</title>
<style>${new Markup(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
${headerHtml(facts.title, bylinesOf(facts), headlineOf(facts))}
<main id="main">
${cautionsHtml(cautionsOf(facts))}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${bodies}
</main>
<footer><p>Made by holdfast from ${count(facts.data.test.rows)} tested rows. The same facts can be had as JSON, Markdown, and pictures.</p></footer>
</body>
</html>
`.text
}

// Allows only the page's own style
function contentPolicy(): string {
  const digest = btoa(String.fromCharCode(...sha256(utf8ToBytes(pageStyle))))
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`
}

function headerHtml(title: string, bylines: readonly string[], { sentences, tiles }: Headline): Markup {
  const [first, ...more] = sentences
  // With an offer there are two main sentences; the last one is about certainty
  const loud = more.slice(0, -1)
  return html`<header>
<h1>${title}</h1>
<div class="by">${bylines.map((line) => html`<p>${line}</p>`)}</div>
${[first!, ...loud].map((sentence) => html`<p class="headline">${sentence}</p>`)}
<p class="more">${more.at(-1)!}</p>
<dl class="tiles">${tiles.map(
    ({ label, value, beside }) =>
      html`<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="beside">${beside}</dd></div>`,
  )}</dl>
</header>`
}

function cautionsHtml(cautions: readonly string[]): Markup {
  if (cautions.length === 0) return html``
  return html`<aside class="cautions" aria-labelledby="cautions"><h2 id="cautions">Before you rely on it</h2><ul>${cautions.map(
    (caution) => html`<li>${caution}</li>`,
  )}</ul></aside>`
}

async function sectionHtml({ id, title, lead, blocks }: Section): Promise<Markup> {
  const bodies = await Promise.all(blocks.map(blockHtml))
  return html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2><p class="lead">${lead}</p>${bodies}</section>
`
}
