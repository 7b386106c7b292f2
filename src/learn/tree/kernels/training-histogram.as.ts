// Histograms: per column 256 sums of packed gradient and hessian. Sums of whole numbers, so their order never shows.
import { address, argument, threadCount } from './training-control.as'
import { columnBytes, fillBlock } from './training-fill.as'
import { rangeAt } from './training-rows.as'

/** Rows read ahead into the cache before they are added: WebAssembly has no prefetch. */
const touchedRows: usize = 128

/**
 * Fills a histogram with the sums over a node's rows. Where the threads work together, each fills one of its own:
 * the first the wanted one, the others the partial ones behind `partials`.
 *
 * 0 rows, 1 ranges, 2 statistics, 3 blocks (address, width), 4 number of blocks, 5 node, 6 histogram, 7 partials,
 * 8 together, 9 bytes of a histogram, 10 rows lie far apart
 */
export function fillHistogram(thread: i32): void {
  const together = argument(8) != 0
  if (!together && thread > 0) return
  const bytes = <usize>argument(9)
  const histogram = together && thread > 0 ? address(7) + <usize>(thread - 1) * bytes : address(6)
  memory.fill(histogram, 0, bytes)
  const first = together ? thread : 0
  const last = together ? thread + 1 : threadCount()
  for (let owner = first; owner < last; owner++) {
    const range = rangeAt(address(1), argument(5), owner)
    const from = address(0) + (<usize>load<i32>(range) << 2)
    const stop = address(0) + (<usize>load<i32>(range, 4) << 2)
    let target = histogram
    for (let block = 0; block < argument(4); block++) {
      const at = address(3) + (<usize>block << 3)
      const width = load<i32>(at, 4)
      if (argument(10) != 0) fillScattered(width, <usize>load<u32>(at), address(2), from, stop, target)
      else fillBlock(width, <usize>load<u32>(at), address(2), from, stop, target)
      target += <usize>width * columnBytes
    }
  }
}

export function fillScattered(
  width: i32,
  codes: usize,
  statistics: usize,
  from: usize,
  stop: usize,
  histogram: usize,
): void {
  let touched: u32 = 0
  while (from < stop) {
    const next = min(from + (touchedRows << 2), stop)
    for (let at = from; at < next; at += 4) {
      const row = <usize>load<u32>(at)
      const first = codes + row * <usize>width
      touched += <u32>load<u8>(first) + <u32>load<u8>(first + <usize>(width - 1)) + load<u8>(statistics + (row << 3))
    }
    fillBlock(width, codes, statistics, from, next, histogram)
    from = next
  }
  store<u32>(4, touched)
}

/** Adds the partial sums of the other threads, and takes the result off the parent, which becomes the sibling. */
export function combineColumn(cells: usize, parent: usize, partial: usize, partials: i32, bytes: usize, codeCount: i32): void {
  const end = cells + (<usize>((codeCount + 1) & ~1) << 3)
  const parentStep = parent - cells
  for (let other = 0; other < partials; other++) {
    const step = partial + <usize>other * bytes - cells
    for (let at = cells; at < end; at += 16) v128.store(at, i64x2.add(v128.load(at), v128.load(at + step)))
  }
  if (parent == 0) return
  for (let at = cells; at < end; at += 16) {
    const place = at + parentStep
    v128.store(place, i64x2.sub(v128.load(place), v128.load(at)))
  }
}
