import { textTable } from '../../src/base/textTable.js'
import { type Bar, barsOf } from './bars.js'
import { type Comparison, rangeOf, ratiosOf, type Series, sidesOf, spinSpread } from './comparison.js'

/** Returns a comparison as a table, with a line on how quiet the machine was. */
export function comparisonText(comparison: Comparison): string {
  const { id, about, unit, series, spins } = comparison
  const { own } = sidesOf(comparison)
  const table = textTable(
    [
      { heading: '' },
      { heading: unit, right: true },
      { heading: 'least–greatest', right: true },
      { heading: 'holdfast / it', right: true },
      { heading: 'AUC', right: true },
    ],
    series.map((one) => [
      one.name,
      ...rangeCells(one.rounds),
      ratioCell(own, one),
      one.rocAuc === undefined ? '' : one.rocAuc.toFixed(5),
    ]),
  )
  const quiet = spins.length === 0 ? [] : [`  spin loop: greatest / least ${spinSpread(spins).toFixed(3)}`]
  return [`${id}: ${about}`, table, ...quiet].join('\n')
}

/** Returns all targets of a run, one line each. */
export function barsText(comparisons: readonly Comparison[]): string {
  const lines = comparisons.flatMap(barsOf).map(barLine)
  return lines.length === 0 ? 'No target was measured.' : ['Targets:', ...lines].join('\n')
}

function barLine({ text, reached }: Bar): string {
  return `  ${reached ? 'reached    ' : 'not reached'}  ${text}`
}

function rangeCells(rounds: readonly number[]): [string, string] {
  const { median, least, greatest } = rangeOf(rounds)
  return [number(median), `${number(least)}–${number(greatest)}`]
}

function ratioCell(own: Series | undefined, other: Series): string {
  if (own === undefined || own === other) return ''
  const { median, least, greatest } = rangeOf(ratiosOf(own.rounds, other.rounds))
  return `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`
}

function number(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : value.toPrecision(3)
}
