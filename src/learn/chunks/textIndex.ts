import { isMissing } from '../../base/bitmap.js'
import { HoldfastError } from '../../base/errors.js'
import type { TextColumn } from '../../base/matrix.js'

/** Texts of a column at most, some 100 bytes each on the JavaScript heap. */
export const mostTexts = 250_000

/** Number of a missing text. */
const missingText = -1
/** Number of a text that is not in the index. */
const unknownText = -2

/** The texts of one column over all chunks, numbered in the order in which rows first have them. */
export class TextIndex {
  readonly #numberOf = new Map<string, number>()
  #weights = new Float64Array(256)

  constructor(
    readonly operation: string,
    readonly name: string,
  ) {}

  /** The texts in the order of their numbers. */
  get texts(): string[] {
    return [...this.#numberOf.keys()]
  }

  /** The summed weight of each text; added up row by row, so that chunks do not show. */
  get weights(): Map<string, number> {
    return new Map(this.texts.map((text, number) => [text, this.#weights[number]!]))
  }

  /**
   * Returns the number of each row's text, -1 where it is missing; texts that are new get the next numbers.
   *
   * @throws {HoldfastError} `out-of-range` beyond {@link mostTexts} texts
   */
  add(column: TextColumn, weight: Float64Array | null): Int32Array {
    const numbers = numbersOf(column, (text) => this.#numberOf.get(text) ?? this.#take(text))
    for (let row = 0; row < numbers.length; row++) {
      if (numbers[row]! >= 0) this.#weights[numbers[row]!]! += weight === null ? 1 : weight[row]!
    }
    return numbers
  }

  /** Returns the number of each row's text, -1 where it is missing, -2 where it has none. */
  find(column: TextColumn): Int32Array {
    return numbersOf(column, (text) => this.#numberOf.get(text) ?? unknownText)
  }

  #take(text: string): number {
    const number = this.#numberOf.size
    if (number === mostTexts) throw tooManyTexts(this.operation, this.name)
    this.#numberOf.set(text, number)
    if (number < this.#weights.length) return number
    const weights = new Float64Array(2 * number)
    weights.set(this.#weights)
    this.#weights = weights
    return number
  }
}

function numbersOf(column: TextColumn, numberOf: (text: string) => number): Int32Array {
  const { codes, dictionary, missing } = column
  const notAsked = -3
  const byCode = new Int32Array(dictionary.length).fill(notAsked)
  return codes.map((code, row) => {
    if (isMissing(missing, row)) return missingText
    if (byCode[code] === notAsked) byCode[code] = numberOf(dictionary[code]!)
    return byCode[code]!
  })
}

function tooManyTexts(operation: string, name: string): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'out-of-range',
      parameter: `column ${name}`,
      rule: `to hold at most ${mostTexts} different texts`,
      received: mostTexts + 1,
      place: { column: name },
      wayOut: 'So many texts name rows, such as an id: leave the column out.',
    },
  ])
}
