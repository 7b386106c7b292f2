/** Returns a share as text: `95 %`. */
export function percentText(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}

/** Returns how many digits after the point show an uncertainty to two places: 4 for 0.0083. */
export function digitsFor(uncertainty: number): number {
  if (!(uncertainty > 0)) return 4
  return Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(uncertainty))))
}

/** Returns a figure without the zero before the point: `.0123`, `−.0040`, `1.25`. */
export function figureText(value: number, digits: number): string {
  const text = value.toFixed(digits).replace(/^(-?)0\./, '$1.')
  return /[1-9]/.test(text) ? text.replace('-', '−') : text.replace('-', '')
}
