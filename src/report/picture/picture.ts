import type { Markish, PlotOptions } from '@observablehq/plot'
import type { Cell } from '../../table/table.js'

/** The plotting library, loaded when a picture is drawn. */
export type Plot = typeof import('@observablehq/plot')

/** One panel of a picture; panels stand below each other. */
export interface Panel extends Omit<PlotOptions, 'marks' | 'width' | 'document'> {
  readonly height: number
  readonly marks: readonly Markish[]
}

/** A picture before it is drawn. Every picture is a function from the facts to a list of these, empty without the facts. */
export interface Picture {
  /** Name of its files: letters, digits and hyphens. */
  readonly name: string
  readonly title: string
  /** What it shows, in a sentence with the numbers: for those who do not see it. */
  readonly description: string
  /** What is drawn, as data: one object per row, the same keys in each. */
  readonly rows: readonly Readonly<Record<string, Cell>>[]
  /** Width in pixels where there is room. Default `wideWidth`. */
  readonly width?: number
  /** Returns what is drawn at a width in pixels. */
  readonly panels: (plot: Plot, width: number) => readonly Panel[]
}

/** Widths of a picture on a wide screen and on a phone. Text keeps its size, so the two differ in what has room. */
export const [wideWidth, narrowWidth] = [720, 326]

/** True where a picture has the room of a phone. */
export function isNarrow(width: number): boolean {
  return width < 480
}
