import type { Markish } from '@observablehq/plot'
import type { Plot } from './picture.js'
import { colour } from './theme.js'

/** Position and style of a note. */
export interface NoteOptions {
  readonly x: unknown
  readonly y: unknown
  readonly fill?: string
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly dx?: number
  readonly dy?: number
  readonly bold?: boolean
}

/** Returns a text beside what it names, instead of a legend; a halo around its letters covers lines that it crosses. */
export function note(plot: Plot, text: string, options: NoteOptions): Markish {
  const { x, y, fill = colour.muted, anchor = 'start', dx = 0, dy = 0, bold = false } = options
  return plot.text([text], {
    x: [x],
    y: [y],
    text: (line: string) => line,
    fill,
    stroke: colour.paper,
    strokeWidth: 4,
    textAnchor: anchor,
    dx,
    dy,
    ...(bold ? { fontWeight: 600 } : {}),
  } as never)
}
