import type { KernelMemory } from '../../base/kernelMemory.js'

/** Sums over the scores of a block of rows, `width` a row; places are bytes of their memory. See kernels/logistic.as.ts. */
export interface ScoreKernels {
  rowMargins(scores: number, rows: number, width: number, coefficients: number, margins: number): void
  addPulls(scores: number, rows: number, width: number, pulls: number, sums: number): void
  addPairs(scores: number, rows: number, width: number, bends: number, bent: number, sums: number): void
}

/**
 * Returns the kernels of kernels/logistic.as.ts in TypeScript, for where there is no WebAssembly with vectors: the same
 * sums in the same order, to the bit.
 */
export function plainScoreKernels(memory: KernelMemory): ScoreKernels {
  return {
    rowMargins: (...places) => rowMargins(memory.floats, ...inFloats(places)),
    addPulls: (...places) => addPulls(memory.floats, ...inFloats(places)),
    addPairs: (scores, rows, width, bends, bent, sums) =>
      addPairs(memory.floats, scores / 8, rows, width, bends / 8, bent / 8, sums / 8),
  }
}

type Places = [scores: number, rows: number, width: number, from: number, to: number]

/** Addresses as places in floats. */
function inFloats([scores, rows, width, from, to]: Places): Places {
  return [scores / 8, rows, width, from / 8, to / 8]
}

function rowMargins(floats: Float64Array, ...[scores, rows, width, coefficients, margins]: Places): void {
  for (let row = 0; row < rows; row++) {
    let [a, b, c, d] = [0, 0, 0, 0]
    const start = scores + row * width
    for (let column = 0; column < width; column += 4) {
      a += floats[coefficients + column]! * floats[start + column]!
      b += floats[coefficients + column + 1]! * floats[start + column + 1]!
      c += floats[coefficients + column + 2]! * floats[start + column + 2]!
      d += floats[coefficients + column + 3]! * floats[start + column + 3]!
    }
    floats[margins + row] = a + c + (b + d)
  }
}

function addPulls(floats: Float64Array, ...[scores, rows, width, pulls, sums]: Places): void {
  for (let row = 0; row < rows; row += 4) {
    const a = floats[pulls + row]!
    const b = floats[pulls + row + 1]!
    const c = floats[pulls + row + 2]!
    const d = floats[pulls + row + 3]!
    for (let column = 0, at = scores + row * width; column < width; column++, at++) {
      floats[sums + column]! +=
        a * floats[at]! + b * floats[at + width]! + c * floats[at + 2 * width]! + d * floats[at + 3 * width]!
    }
  }
}

function addPairs(
  floats: Float64Array,
  ...[scores, rows, width, bends, bent, sums]: [...Places, sums: number]
): void {
  for (let row = 0, at = 0; row < rows; row++) {
    const bend = floats[bends + row]!
    for (let column = 0; column < width; column++, at++) floats[bent + at] = bend * floats[scores + at]!
  }
  for (let left = 0; left < width; left++) {
    // As far as the squares of 4 × 4 reach.
    for (let right = 0; right <= (left | 3); right += 4) {
      let [a, b, c, d] = [0, 0, 0, 0]
      for (let row = 0; row < rows * width; row += width) {
        const own = floats[bent + row + left]!
        const at = scores + row + right
        a += own * floats[at]!
        b += own * floats[at + 1]!
        c += own * floats[at + 2]!
        d += own * floats[at + 3]!
      }
      const at = sums + left * width + right
      floats[at]! += a
      floats[at + 1]! += b
      floats[at + 2]! += c
      floats[at + 3]! += d
    }
  }
}
