import { drawPicture } from '../picture/drawPicture.js'
import { narrowWidth, type Picture, wideWidth } from '../picture/picture.js'
import type { Block, TableBlock } from '../section/section.js'
import { html, Markup } from './markup.js'

/** Returns a piece of a section as HTML. */
export async function blockHtml(block: Block): Promise<Markup> {
  switch (block.kind) {
    case 'text':
      return html`<p class="text">${block.text}</p>`
    case 'heading':
      return html`<h3>${block.text}</h3>`
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>`
    case 'terms':
      return html`<dl class="terms">${block.entries.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`
    case 'table':
      return block.folded === true ? foldedTable(block) : tableHtml(block)
    case 'picture':
      return figureHtml(block.picture)
    case 'pictures':
      return html`<div class="pictures">${await Promise.all(block.pictures.map(figureHtml))}</div>`
  }
}

/** Returns a picture at full width; one that would be too small to read on a phone is drawn again for phones. */
async function figureHtml(picture: Picture): Promise<Markup> {
  const { name, title, width = wideWidth } = picture
  const drawn = new Markup(await drawPicture(picture, width, name))
  const body =
    width <= narrowWidth
      ? html`<div class="small">${drawn}</div>`
      : html`<div class="wide">${drawn}</div><div class="narrow">${new Markup(await drawPicture(picture, narrowWidth, `${name}-narrow`))}</div>`
  return html`<figure><figcaption>${title}</figcaption>${body}</figure>`
}

function foldedTable(block: TableBlock): Markup {
  return html`<details><summary>The numbers: ${block.caption}</summary>${tableHtml(block)}</details>`
}

/** A table wider than a phone scrolls by itself, also by keyboard. */
function tableHtml({ caption, columns, rows }: TableBlock): Markup {
  const right = (index: number): Markup => new Markup(columns[index]?.right === true ? ' class="right"' : '')
  const cell = (text: string, index: number): Markup =>
    index === 0 ? html`<th scope="row">${text}</th>` : html`<td${right(index)}>${text}</td>`
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption><span>${caption}</span></caption><thead><tr>${columns.map(
    ({ heading }, index) => html`<th scope="col"${right(index)}>${heading}</th>`,
  )}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`
}
