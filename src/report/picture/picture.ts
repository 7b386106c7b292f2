import type { Markish, PlotOptions } from '@observablehq/plot'
import type { Cell } from '../../table/table.js'

/** The plotting library, loaded when a picture is drawn. */
export type Plot = typeof import('@observablehq/plot')

/** One panel of a picture; panels are stacked. */
export interface Panel extends Omit<PlotOptions, 'marks' | 'width' | 'document'> {
  readonly height: number
  readonly marks: readonly Markish[]
}

/**
 * A picture before it is drawn. Every picture file has a function from the facts to a list of these, empty without the
 * facts.
 */
export interface Picture {
  /** Name of its files: letters, digits and hyphens. */
  readonly name: string
  readonly title: string
  /** What it shows, in a sentence with the numbers, for screen readers. */
  readonly description: string
  /** The data drawn: one object per row, with the same keys. */
  readonly rows: readonly Readonly<Record<string, Cell>>[]
  /** Width in pixels if there is room. Default `wideWidth`. */
  readonly width?: number
  /** Returns the panels for a width in pixels. */
  readonly panels: (plot: Plot, width: number) => readonly Panel[]
}

/** Widths of a picture on a wide screen and on a phone. Text keeps its size, so less fits on a phone. */
export const [wideWidth, narrowWidth] = [720, 326]

/** True for the width of a phone. */
export function isNarrow(width: number): boolean {
  return width < 480
}
