/**
 * Returns the rows, ascending, that may share their hash with another: all that do, and a few others.
 *
 * Looks twice at a bitmap that fits the cache; a table of all hashes takes ten times as long. O(rows) time; 4 to 8
 * bytes per row, and at most 32 MB.
 *
 * @param hashes shape (rows), well mixed in all bits
 */
export function rowsOfSharedHash(hashes: Int32Array): Int32Array {
  const bits = Math.min(Math.max(Math.ceil(Math.log2(16 * (hashes.length + 1))), 6), 27)
  const [met, metAgain] = [new Int32Array(1 << (bits - 5)), new Int32Array(1 << (bits - 5))]
  const shift = 32 - bits
  for (let row = 0; row < hashes.length; row++) {
    const place = hashes[row]! >>> shift
    const bit = 1 << (place & 31)
    const word = place >>> 5
    if ((met[word]! & bit) === 0) met[word]! |= bit
    else metAgain[word]! |= bit
  }
  let count = 0
  const rows = new Int32Array(hashes.length)
  for (let row = 0; row < hashes.length; row++) {
    const place = hashes[row]! >>> shift
    if ((metAgain[place >>> 5]! & (1 << (place & 31))) !== 0) rows[count++] = row
  }
  return rows.slice(0, count)
}
