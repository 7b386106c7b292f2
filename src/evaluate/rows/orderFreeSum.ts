const chunkRows = 4096

/**
 * Returns a sum that does not depend on the order of its terms, to the last bit, without sorting them.
 *
 * Each term is cut at three fixed places into parts that are multiples of one power of two, so that every sum of such
 * parts is exact; what lies below the third place is cut off from each term for itself. The places follow from the
 * number of terms and their largest size: of `largest` 106 bits and more count. (The pre-rounding of Demmel and
 * Nguyen, Fast Reproducible Floating-Point Summation, 2013.)
 *
 * @param count number of terms, at least 1
 * @param largest no term is larger, in absolute value
 * @param fill puts the terms from number `from` on into its first argument, as many as it holds
 */
export function orderFreeSum(
  count: number,
  largest: number,
  fill: (terms: Float64Array, from: number) => void,
): number {
  const cuts = cutsFor(count, largest)
  const sums = new Float64Array(cuts.length)
  const chunk = new Float64Array(chunkRows)
  for (let from = 0; from < count; from += chunkRows) {
    const terms = chunk.subarray(0, Math.min(chunkRows, count - from))
    fill(terms, from)
    addChunk(sums, cuts, terms)
  }
  return sums[0]! + (sums[1]! + sums[2]!)
}

/** Adding and taking away 1.5 · 2^52 units rounds a number of up to 2^51 units to whole units. */
function cutsFor(count: number, largest: number): [number, number, number] {
  const cut = (limit: number): { readonly unit: number; readonly cut: number } => {
    const unit = 2 ** (Math.ceil(Math.log2(count * limit)) - 51)
    return { unit, cut: 1.5 * 2 ** 52 * unit }
  }
  const high = cut(largest)
  const middle = cut(high.unit / 2)
  const low = cut(middle.unit / 2)
  return [high.cut, middle.cut, low.cut]
}

function addChunk(sums: Float64Array, cuts: readonly [number, number, number], terms: Float64Array): void {
  const [highCut, middleCut, lowCut] = cuts
  let [high, middle, low] = [sums[0]!, sums[1]!, sums[2]!]
  for (let index = 0; index < terms.length; index++) {
    const term = terms[index]!
    const highPart = term + highCut - highCut
    const rest = term - highPart
    const middlePart = rest + middleCut - middleCut
    high += highPart
    middle += middlePart
    low += rest - middlePart + lowCut - lowCut
  }
  sums[0] = high
  sums[1] = middle
  sums[2] = low
}
