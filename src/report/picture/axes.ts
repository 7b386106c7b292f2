import type { Markish } from '@observablehq/plot'
import type { Plot } from './picture.js'
import { colour } from './theme.js'

/** How an axis is drawn. */
export interface AxisOptions {
  readonly label?: string
  readonly ticks?: number | readonly (number | string | Date)[]
  readonly format?: (value: never) => string
  /** Grid lines across the panel. Default: only for the vertical axis. */
  readonly grid?: boolean
}

/** Returns the axis below a panel: numbers without ticks, and the label centred below them. */
export function axisBelow(plot: Plot, { label, ticks, format, grid = false }: AxisOptions): Markish[] {
  return [
    ...(grid ? [plot.gridX({ stroke: colour.grid, strokeOpacity: 1, ...given({ ticks }) } as never)] : []),
    plot.axisX({
      ...axisStyle(label),
      labelAnchor: 'center',
      labelOffset: 38,
      ...given({ ticks, tickFormat: format }),
    } as never),
  ]
}

/** Returns the axis beside a panel: numbers without ticks, fine lines across, and the label above them. */
export function axisBeside(plot: Plot, { label, ticks, format, grid = true }: AxisOptions): Markish[] {
  return [
    ...(grid ? [plot.gridY({ stroke: colour.grid, strokeOpacity: 1, ...given({ ticks }) } as never)] : []),
    plot.axisY({
      ...axisStyle(label),
      labelAnchor: 'top',
      ...given({ ticks, tickFormat: format }),
    } as never),
  ]
}

function axisStyle(label: string | undefined) {
  return {
    label: label ?? null,
    labelArrow: 'none',
    tickSize: 0,
    tickPadding: 7,
    color: colour.muted,
    fontVariant: 'tabular-nums',
  }
}

function given(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
