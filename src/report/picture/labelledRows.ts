import type { Markish } from '@observablehq/plot'
import { shortened } from '../../base/printable.js'
import type { Plot } from './picture.js'
import { colour } from './theme.js'

/** Height of one row: its name above, its mark below. */
export const rowHeight = 42

/** Returns the names of rows, above their marks so that long names have the whole width. Rows are numbered from 0. */
export function labelledRows(plot: Plot, names: readonly string[], x: number, width: number): Markish {
  const characters = Math.floor((width - 70) / 7)
  return plot.text(names, {
    x: () => x,
    y: (_: string, index: number) => index,
    text: (name: string) => shortened(name, characters),
    textAnchor: 'start',
    dy: -12,
    fill: colour.ink,
    stroke: colour.paper,
    strokeWidth: 4,
  } as never)
}

/** Returns the vertical scale of numbered rows, the first on top. */
export function rowScale(count: number): { domain: [number, number]; axis: null; reverse: true } {
  return { domain: [-0.5, count - 0.5], axis: null, reverse: true }
}
