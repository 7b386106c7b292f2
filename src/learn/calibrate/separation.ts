/** Rows that a calibration is fitted to, each of weight above 0. */
export interface CalibrationRows {
  /** Log odds that the model gave, shape (rows). */
  readonly margin: Float64Array
  /** Shape (rows), 1 = churned, 0 = stayed; both occur. */
  readonly outcome: Uint8Array
  /** Shape (rows); null where every row counts once. */
  readonly weight: Float64Array | null
}

/**
 * True where some margin has all churners at or above it and all stayers at or below: the likelihood then grows with the
 * slope without end.
 */
export function isSeparated({ margin, outcome }: CalibrationRows): boolean {
  let [highestStayed, lowestChurned] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let row = 0; row < margin.length; row++) {
    if (outcome[row] === 1) lowestChurned = Math.min(lowestChurned, margin[row]!)
    else highestStayed = Math.max(highestStayed, margin[row]!)
  }
  return lowestChurned >= highestStayed && !isConstant(margin)
}

function isConstant(margin: Float64Array): boolean {
  return margin.every((value) => value === margin[0])
}

/**
 * Returns Platt's targets: as many churners, and as many stayers, as the rows have and one more who might as well have
 * done the other. (churned + 1) / (churned + 2) for churners, 1 / (stayed + 2) for stayers.
 */
export function plattTargets({ outcome, weight }: CalibrationRows): Float64Array {
  const counts = [0, 0]
  for (let row = 0; row < outcome.length; row++) counts[outcome[row]!]! += weight === null ? 1 : weight[row]!
  const [ofStayed, ofChurned] = [1 / (counts[0]! + 2), (counts[1]! + 1) / (counts[1]! + 2)]
  return Float64Array.from(outcome, (value) => (value === 1 ? ofChurned : ofStayed))
}
