/**
 * Colours of one theme. Text has a contrast of at least 4.5 on paper; the three hues can be told apart with any colour
 * vision.
 */
export interface Palette {
  readonly page: string
  readonly paper: string
  readonly ink: string
  readonly muted: string
  readonly grid: string
  readonly reference: string
  readonly model: string
  readonly chosen: string
  readonly wash: string
}

export const light: Palette = {
  page: '#f5f6f8',
  paper: '#ffffff',
  ink: '#1b212b',
  muted: '#586173',
  grid: '#e4e7ec',
  reference: '#8a93a3',
  model: '#1d5fb8',
  chosen: '#b4480c',
  wash: '#eaf1fb',
}

export const dark: Palette = {
  page: '#0e1116',
  paper: '#171b22',
  ink: '#e9ecf1',
  muted: '#a5aebc',
  grid: '#2b323d',
  reference: '#79839a',
  model: '#7fb1ff',
  chosen: '#ff9f5a',
  wash: '#1b2636',
}

/** Colours as variables that the page sets; outside a page, those of the light theme. */
export const colour = Object.fromEntries(
  Object.entries(light).map(([name, value]) => [name, `var(--${name}, ${value})`]),
) as unknown as Palette

/** Returns a picture with the colours of a theme instead of variables, for programs that do not support variables. */
export function painted(svg: string, palette: Palette): string {
  return svg.replaceAll(/="var\(--(\w+), [^)"]*\)"/g, (_, name: keyof Palette) => `="${palette[name]}"`)
}
