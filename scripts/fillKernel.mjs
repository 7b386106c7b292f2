/** Columns that one kernel adds up together; wider data are several blocks of columns side by side. */
export const widestBlock = 32
/** Bytes of a column in a histogram: 256 sums, and a line more, so that columns do not compete for the same cache sets. */
const columnBytes = 256 * 8 + 64

/**
 * Returns AssemblyScript that adds rows to histograms, written out for every number of columns up to `widestBlock`:
 * without a loop over columns it takes half the time (28 columns).
 */
export function fillKernel() {
  const widths = Array.from({ length: widestBlock }, (_, index) => index + 1)
  return `// Made by scripts/fillKernel.mjs; do not edit.
/** Bytes of a column in a histogram. */
export const columnBytes: usize = ${columnBytes}

/** Adds the rows listed in [from, stop) to the histograms of a block of columns, whose codes lie row by row. */
export function fillBlock(width: i32, codes: usize, statistics: usize, from: usize, stop: usize, histogram: usize): void {
  switch (width) {
${widths.map((width) => `    case ${width}: fill${width}(codes, statistics, from, stop, histogram); break`).join('\n')}
  }
}

${widths.map(functionOf).join('\n')}`
}

function functionOf(width) {
  return `export function fill${width}(codes: usize, statistics: usize, from: usize, stop: usize, histogram: usize): void {
  while (from < stop) {
    const row = <usize>load<u32>(from)
    const value = load<i64>(statistics + (row << 3))
    const at = codes + row * ${width}
${additions(width).join('\n')}
    from += 4
  }
}
`
}

function additions(width) {
  const lines = []
  for (let first = 0; first < width; first += 4) {
    const count = Math.min(4, width - first)
    if (count === 4) {
      lines.push(`    const word${first} = load<u32>(at, ${first})`)
      for (let place = 0; place < 4; place++) {
        const code = place === 0 ? `(word${first} & 255) << 3` : `(word${first} >>> ${8 * place - 3}) & 2040`
        lines.push(...addition(first + place, `<usize>(${code})`))
      }
    } else {
      for (let place = 0; place < count; place++) {
        lines.push(...addition(first + place, `<usize>load<u8>(at, ${first + place}) << 3`))
      }
    }
  }
  return lines
}

function addition(column, offset) {
  const cell = `cell${column}`
  return [
    `    const ${cell} = histogram + (${offset})`,
    `    store<i64>(${cell}, load<i64>(${cell}, ${column * columnBytes}) + value, ${column * columnBytes})`,
  ]
}
