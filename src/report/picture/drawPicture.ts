import { escapeMarkup } from '../../base/escapeMarkup.js'
import { type Panel, type Picture, type Plot, wideWidth } from './picture.js'
import { colour, light, painted } from './theme.js'

const fontSize = 13
const fontFamily = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

/**
 * Returns a picture as SVG text, without style elements, scripts or outside references.
 *
 * @param id id of its title and description, unique in the page
 */
export async function drawPicture(picture: Picture, width: number, id: string): Promise<string> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')])
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const panels = picture.panels(plot, width)
  const height = panels.reduce((sum, panel) => sum + panel.height, 0)
  let top = 0
  const drawn = panels.map((panel) => {
    const svg = nested(panelSvg(plot, panel, width, document), top)
    top += panel.height
    return svg
  })
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title ${id}-description" ` +
    `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${fontFamily}" ` +
    `font-size="${fontSize}" fill="${colour.ink}" color="${colour.ink}" text-anchor="middle">` +
    `<title id="${id}-title">${escapeMarkup(picture.title)}</title>` +
    `<desc id="${id}-description">${escapeMarkup(picture.description)}</desc>${drawn.join('')}</svg>`
  )
}

function panelSvg(plot: Plot, panel: Panel, width: number, document: unknown): string {
  const { marks, x, y, ...options } = panel
  // Axes are drawn by marks; without these nulls the library adds its own to panels without one
  const scales = { x: { axis: null, ...x }, y: { axis: null, ...y } }
  return plot.plot({ ...options, ...scales, document, width, marks: [...marks] } as never).outerHTML
}

/**
 * Returns the inside of a drawn panel, moved down, without what the page has already and what a strict page refuses.
 */
function nested(svg: string, top: number): string {
  const inside = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replaceAll(/<[^>]+>/g, leanTag)
  return top === 0 ? `<g>${inside}</g>` : `<g transform="translate(0,${top})">${inside}</g>`
}

function leanTag(tag: string): string {
  return (
    tag
      .replaceAll(/ aria-(?:label|hidden)="[^"]*"/g, '')
      .replaceAll('="currentColor"', `="${colour.ink}"`)
      // Tenths of a pixel are finer than any screen, and halve the bytes
      .replaceAll(/-?\d+\.\d{2,}(?:e-\d+)?/g, (number) => String(Math.round(Number(number) * 10) / 10))
  )
}

/** Returns a picture as the text of an .svg file. */
export async function svgOf(picture: Picture): Promise<string> {
  const drawn = await drawPicture(picture, picture.width ?? wideWidth, picture.name)
  const [, attributes, inside] = /^<svg([^>]*)>([\s\S]*)$/.exec(drawn)!
  return painted(`<svg${attributes}><rect width="100%" height="100%" fill="${light.paper}"/>${inside}`, light)
}
