// The no-break space keeps a number and its unit on one line.
const space = '\u00a0'

/** Returns a number with thousands separated: 38,400. */
export function count(value: number): string {
  return signed(value, (size) =>
    size.toLocaleString('en-US', { maximumFractionDigits: size < 10 && !Number.isInteger(size) ? 1 : 0 }),
  )
}

/** Returns a share as a percentage with about two significant digits: 47 %, 8.3 %, 0.12 %. */
export function percent(share: number): string {
  return signed(share * 100, (size) => {
    const digits = size >= 9.95 || size === 0 ? 0 : size >= 0.995 ? 1 : 2
    return size > 0 && size < 0.005 ? '<0.01' : withoutZeros(size.toFixed(digits))
  }).concat(space, '%')
}

/** Returns a figure with a fixed number of decimals, so that figures in a column line up. */
export function decimal(value: number, digits = 3): string {
  return signed(value, (size) => size.toFixed(digits))
}

/** Returns a share as a percentage with one decimal, so that percentages in a column line up. */
export function percentInColumn(share: number): string {
  return `${decimal(share * 100, 1)}${space}%`
}

/** Returns a share as a whole percentage: 28 %, 6 %, <1 %. */
export function wholePercent(share: number): string {
  return `${share > 0 && share < 0.005 ? '<1' : Math.round(share * 100)}${space}%`
}

/** Returns a factor: 3.2 (times). */
export function times(factor: number): string {
  if (factor >= 9.95) return factor.toFixed(0)
  return factor >= 0.095 || factor === 0 ? factor.toFixed(1) : factor.toFixed(2)
}

/** Returns an amount rounded to three significant digits, with its currency: 38,400 €. */
export function money(amount: number, currency: string | null): string {
  const size = Math.abs(amount)
  const step = size < 100 ? 1 : 10 ** (Math.floor(Math.log10(size)) - 2)
  const rounded = Math.round(amount / step) * step
  return withCurrency(
    signed(rounded, (value) => value.toLocaleString('en-US')),
    currency,
  )
}

/** Returns a price as it was given: 1.50 €, 200 €. */
export function price(amount: number, currency: string | null): string {
  const digits = Number.isInteger(amount) ? 0 : 2
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return withCurrency(
    signed(amount, (value) => value.toLocaleString('en-US', options)),
    currency,
  )
}

/** Returns a number with three significant digits, for values of any size: 0.00123, 12.3, 4,560. */
export function significant(value: number): string {
  return signed(value, (size) =>
    size >= 1000 ? Math.round(size).toLocaleString('en-US') : String(Number(size.toPrecision(3))),
  )
}

/** Returns a number in the shortest form, for an axis: 0.5, 120, 50K. */
export function short(value: number): string {
  if (Math.abs(value) < 10_000) return significant(value)
  return signed(value, (size) =>
    size.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 }),
  )
}

/** Returns "1 customer", "2 customers". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`
}

function withCurrency(number: string, currency: string | null): string {
  return currency === null ? number : number + space + currency
}

// The minus sign is as wide as the plus sign; the hyphen is not.
function signed(value: number, write: (size: number) => string): string {
  const text = write(Math.abs(value))
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
