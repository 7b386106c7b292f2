import type { Place, Problem } from '../../base/errors.js'
import { compareTexts } from '../../table/planColumns.js'
import type { CheckedCell } from '../../table/rowReader.js'
import type { ColumnKind } from '../../table/table.js'

/** One column of a customer's rows as numbers: days, booleans as 1 and 0, texts as codes of a dictionary. NaN = missing. */
export class RowColumn {
  values = new Float64Array(0)
  /** Texts by code, in order of first appearance; empty where the column holds no texts. */
  readonly texts: string[] = []
  readonly #codes = new Map<string, number>()
  #isText: boolean | null = null

  /** @param kinds what the rules allow the column to hold */
  constructor(
    readonly name: string,
    readonly kinds: readonly ColumnKind[],
  ) {}

  /** False if no rule can read the cell's kind, or if it differs in kind from the cells before it. */
  accepts(cell: CheckedCell): boolean {
    if (cell === null) return true
    if (this.#isText !== null) return this.#isText === (typeof cell === 'string')
    return isOfKind(cell, this.kinds)
  }

  put(row: number, cell: CheckedCell): void {
    if (typeof cell === 'number') {
      this.#isText = false
      this.values[row] = cell
    } else if (typeof cell === 'string') {
      this.#isText = true
      this.values[row] = this.#codeOf(cell)
    } else {
      this.values[row] = cell === null ? Number.NaN : Number(cell)
    }
  }

  /** True if two rows hold the same value, or both hold none. */
  isSame(left: number, right: number): boolean {
    const [one, other] = [this.values[left]!, this.values[right]!]
    return one === other || (Number.isNaN(one) && Number.isNaN(other))
  }

  /** Positive if the first value is greater (neither may be missing); texts in order of code points. */
  compare(left: number, right: number): number {
    if (left === right || this.#isText !== true) return left - right
    return compareTexts(this.texts[left]!, this.texts[right]!)
  }

  #codeOf(text: string): number {
    let code = this.#codes.get(text)
    if (code === undefined) {
      code = this.texts.push(text) - 1
      this.#codes.set(text, code)
    }
    return code
  }
}

/** True if a cell is missing or of one of the kinds; a day is a number. */
export function isOfKind(cell: CheckedCell, kinds: readonly ColumnKind[]): boolean {
  if (cell === null) return true
  if (typeof cell === 'string') return kinds.includes('text')
  if (typeof cell === 'boolean') return kinds.includes('boolean')
  return kinds.includes('number') || kinds.includes('day')
}

/** Returns the problem of a cell that no rule can read. */
export function wrongKind(
  { name, kinds }: Pick<RowColumn, 'name' | 'kinds'>,
  received: CheckedCell,
  place: Place,
): Problem {
  const words = kinds.map((kind) => `a ${kind}`).join(' or ')
  const rule = `to be ${words}, the same kind in all rows, as the feature rules read it`
  return { code: 'value-type', parameter: name, rule, received, place }
}
