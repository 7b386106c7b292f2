/**
 * Replaces a symmetric positive definite matrix by its factor L with A = L Lᵀ.
 *
 * @param matrix shape (size × size), row by row; only its lower triangle is read, and overwritten
 * @returns false if it is not positive definite in floating point; its content is then undefined
 *
 * O(size³ / 6) time.
 */
export function factorCholesky(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!
      for (let k = 0; k < column; k++) sum -= matrix[row * size + k]! * matrix[column * size + k]!
      if (row !== column) matrix[row * size + column] = sum / matrix[column * size + column]!
      else if (sum > 0) matrix[row * size + row] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

/** Replaces a vector b by the solution of A x = b, with A factored by {@link factorCholesky}. O(size²) time. */
export function solveFactored(factor: Float64Array, vector: Float64Array): void {
  const size = vector.length
  for (let row = 0; row < size; row++) {
    let sum = vector[row]!
    for (let k = 0; k < row; k++) sum -= factor[row * size + k]! * vector[k]!
    vector[row] = sum / factor[row * size + row]!
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = vector[row]!
    for (let k = row + 1; k < size; k++) sum -= factor[k * size + row]! * vector[k]!
    vector[row] = sum / factor[row * size + row]!
  }
}

/**
 * Solves A x = b in place for a symmetric positive definite A, given by its lower triangle.
 *
 * @returns false if A is not positive definite in floating point; the content of both is then undefined
 */
export function solveCholesky(matrix: Float64Array, vector: Float64Array): boolean {
  if (!factorCholesky(matrix, vector.length)) return false
  solveFactored(matrix, vector)
  return vector.every(Number.isFinite)
}
