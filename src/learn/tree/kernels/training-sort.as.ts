// Sorting of numbers, from which the edges of bins are read.
import { address, argument } from './training-control.as'

const digitBits: i64 = 11
const digits: usize = 2048

/**
 * Sorts numbers by their digits, six of 11 bits; digits that all numbers share are passed over.
 *
 * 0 numbers (float64), 1 room for as many, 2 counts (6 × 2,048 uint32), 3 how many; the result is at 0
 */
export function sortNumbers(thread: i32): void {
  if (thread != 0) return
  let from = address(0)
  let to = address(1)
  const bytes = <usize>argument(3) << 3
  countDigits(from, from + bytes, address(2))
  for (let digit: i64 = 0; digit < 6; digit++) {
    const counts = address(2) + <usize>digit * digits * 4
    if (!startsOf(counts, argument(3))) continue
    scatter(from, to, bytes, counts, digit * digitBits)
    const other = from
    from = to
    to = other
  }
  restore(from, address(0), bytes)
}

/** Turns numbers into integers of the same order, and counts their digits. */
export function countDigits(from: usize, stop: usize, counts: usize): void {
  memory.fill(counts, 0, 6 * digits * 4)
  for (let at = from; at < stop; at += 8) {
    const bits = load<i64>(at)
    const key = bits ^ ((bits >> 63) | i64.MIN_VALUE)
    store<i64>(at, key)
    for (let digit: usize = 0; digit < 6; digit++) {
      const cell = counts + ((digit * digits + <usize>((<u64>key >> (11 * digit)) & 2047)) << 2)
      store<u32>(cell, load<u32>(cell) + 1)
    }
  }
}

/** Turns counts into the places where digits begin; false where one digit holds all. */
function startsOf(counts: usize, count: i32): bool {
  let sum = 0
  for (let at = counts; at < counts + digits * 4; at += 4) {
    const own = load<i32>(at)
    if (own == count) return false
    store<i32>(at, sum)
    sum += own
  }
  return true
}

export function scatter(from: usize, to: usize, bytes: usize, counts: usize, shift: i64): void {
  for (let at = from; at < from + bytes; at += 8) {
    const key = load<u64>(at)
    const cell = counts + (<usize>((key >> shift) & 2047) << 2)
    const place = load<u32>(cell)
    store<u32>(cell, place + 1)
    store<u64>(to + (<usize>place << 3), key)
  }
}

export function restore(from: usize, to: usize, bytes: usize): void {
  for (let offset: usize = 0; offset < bytes; offset += 8) {
    const key = load<i64>(from + offset)
    store<i64>(to + offset, key ^ ((~key >> 63) | i64.MIN_VALUE))
  }
}
