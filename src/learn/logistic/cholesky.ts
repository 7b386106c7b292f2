/**
 * Solves A x = b in place for a symmetric positive definite A of which the lower triangle is given.
 *
 * @param matrix shape (size × size), row by row; overwritten with its factor
 * @param vector shape (size); overwritten with the solution
 * @returns false where A is not positive definite in floating point; both are then spoilt
 *
 * O(size³ / 6) time.
 */
export function solveCholesky(matrix: Float64Array, vector: Float64Array): boolean {
  const size = vector.length
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!
      for (let k = 0; k < column; k++) sum -= matrix[row * size + k]! * matrix[column * size + k]!
      if (row !== column) matrix[row * size + column] = sum / matrix[column * size + column]!
      else if (sum > 0) matrix[row * size + row] = Math.sqrt(sum)
      else return false
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = vector[row]!
    for (let k = 0; k < row; k++) sum -= matrix[row * size + k]! * vector[k]!
    vector[row] = sum / matrix[row * size + row]!
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = vector[row]!
    for (let k = row + 1; k < size; k++) sum -= matrix[k * size + row]! * vector[k]!
    vector[row] = sum / matrix[row * size + row]!
  }
  return vector.every(Number.isFinite)
}
