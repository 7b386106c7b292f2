/** The sign between the whole part and the fraction of a number. */
export type DecimalSign = '.' | ','

/** How the numbers of a column are written, unless as programs write them (`-1234.5`). */
export interface NumberNotation {
  /**
   * Null if no number of the column has a fraction or groups of digits: then a number that can be read in two ways is
   * refused.
   */
  readonly decimal: DecimalSign | null
  /** The only sign allowed between groups of digits; blank for none. Left out: any but the decimal sign. */
  readonly thousands?: string
  /** Written with the numbers: `'%'`, `'€'`; blank for none. */
  readonly unit?: string
}

/** The signs allowed between groups of three digits; a space is any non-breaking space. */
export const thousandsSigns = ['', '.', ',', ' ', "'"] as const

// Forms of single characters, wide or typographic, and their plain forms
const forms: readonly (readonly [string, string])[] = [
  ['０１２３４５６７８９', '0123456789'],
  ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['．，＋％（）', '.,+%()'],
  ['−－﹣‐‑–—―', '--------'],
  ['\u00a0\u2007\u2009\u200a\u202f\u3000\t', '       '],
  ['’‘ʼ´', "''''"],
  ['﹪٪＄￥￡', '%%$¥£'],
]
/** Other characters that numbers are written with; `plainForms` has their plain forms at the same place. */
export const wideForms = forms.map(([wide]) => wide).join('')
export const plainForms = forms.map(([, plain]) => plain).join('')

const plainFormOf = new Map([...wideForms].map((wide, index) => [wide, plainForms[index]!]))
const hasWideForm = new RegExp(`[${wideForms}]`)
const eachWideForm = new RegExp(`[${wideForms}]`, 'g')

const currencySigns = '€$£¥₽₹₩₺₴₫₪₱฿₦₲₡₸₼₾'
const currencyWords =
  'US\\$|R\\$|A\\$|C\\$|HK\\$|NT\\$|S\\$|元|円|圆|원|kr\\.?|Kr\\.?|KR|zł|zl|Kč|Ft|lei|лв\\.?|руб\\.?|р\\.|грн\\.?|TL|Rs\\.?|RM|Rp|Fr\\.?|SFr\\.?|EUR|USD|GBP|CHF|CNY|RMB|JPY|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|RUB|UAH|TRY|INR|IDR|MYR|KRW|TWD|HKD|SGD|THB|VND|PHP|AUD|NZD|CAD|MXN|BRL|ARS|CLP|COP|PEN|ZAR|NGN|KES|EGP|AED|SAR|ILS|KZT'
const currency = `(?:${currencyWords}|[${currencySigns}])`
/** The pattern of a sign of currency or of per cent. */
export const unitSource = `${currency}|%`
const unitPattern = new RegExp(unitSource, 'g')

/** The pattern of the exponent of a number; no currency ends in an E before digits. */
export const exponentSource = '[eE][+-]?[0-9]+'
/** The pattern of the dashes of a price without cents; its group is before them, with the decimal sign. */
export const noCentsSource = '([0-9][.,])-+'

/** Returns the text with ordinary digits, signs and spaces, without space around it. */
export function withPlainForms(text: string): string {
  const trimmed = text.trim()
  return hasWideForm.test(trimmed)
    ? trimmed.replaceAll(eachWideForm, (wide) => plainFormOf.get(wide)!).trim()
    : trimmed
}

/**
 * Returns the pattern (of a whole text, in the syntax that JavaScript and RE2 share) of numbers of a notation:
 *
 *     1.022,40   1 022,40   1'022.40   1,23,456.50   .5   1,5e3
 *     -4   4-   (4)   € 4   4 €   -$4   $-4   12%   1e3 €   12,-
 *
 * A dash straight after the decimal sign means no cents: `12,-` is 12.
 *
 * @param decimal sign of the fraction
 */
export function numberPattern(decimal: DecimalSign, thousands?: string): string {
  const groups = (thousands === undefined ? thousandsSigns : [thousands as (typeof thousandsSigns)[number]])
    .filter((sign) => sign !== '' && sign !== decimal)
    .map((sign) => `[1-9][0-9]{0,2}(?:[${sign}][0-9]{3})+`)
  // Lakhs and crores: groups of two before the last three
  const lakhs = decimal === '.' && (thousands ?? ',') === ',' ? ['[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}'] : []
  const whole = `(?:${[...groups, ...lakhs, '[0-9]+'].join('|')})`
  const digits = `(?:${whole}(?:[${decimal}][0-9]*)?|[${decimal}][0-9]+)(?:${exponentSource})?`
  const number = `(?:${digits}|${whole}[${decimal}]-{1,2})`
  const before = `(?:${currency} ?)?`
  const after = `(?: ?(?:${currency}|%))?`
  return [
    `[+-]? ?${before}${number}${after}`,
    `${currency} ?[+-] ?${number}`,
    // No dash for cents before it: 12,-- is 12
    `${before}${digits} ?-${after}`,
    `${before}${digits}${after} ?-`,
    `${before}\\( ?${before}${number}${after} ?\\)${after}`,
  ].join('|')
}

const compiled = new Map<string, RegExp>()

function compiledPattern(decimal: DecimalSign, thousands: string | undefined): RegExp {
  const key = `${decimal}${thousands ?? 'any'}`
  let pattern = compiled.get(key)
  if (pattern === undefined) {
    pattern = new RegExp(`^(?:${numberPattern(decimal, thousands)})$`)
    compiled.set(key, pattern)
  }
  return pattern
}

// Ids and names, which may be many, need not be matched with the long pattern
const currencyFirst = new RegExp(`^(?:${currencyWords})`)

function beginsWithLetter(text: string): boolean {
  const first = text.charCodeAt(0) | 32
  return first >= 97 && first <= 122
}

const exponentPattern = new RegExp(exponentSource)
const noCents = new RegExp(noCentsSource)
/** Returns the number that a text means, undefined if none; `decimal` tells the decimal sign from that of groups. */
export function readNumber(text: string, decimal: DecimalSign, thousands?: string): number | undefined {
  if (beginsWithLetter(text) && !currencyFirst.test(text)) return undefined
  const plain = withPlainForms(text)
  // Before the long pattern: compiling it costs more than reading a small file
  if (!/[0-9]/.test(plain) || !compiledPattern(decimal, thousands).test(plain)) return undefined
  const exponent = exponentPattern.exec(plain)?.[0] ?? ''
  const mantissa = plain.replace(exponentPattern, '').replace(noCents, '$1')
  const sign = /[-(]/.test(mantissa) ? '-' : ''
  // The point of "kr." or "Rs." does not belong to the number
  const digits = mantissa
    .replaceAll(unitPattern, '')
    .replaceAll(decimal === '.' ? /[^0-9.]/g : /[^0-9,]/g, '')
    .replace(',', '.')
  const value = Number(`${sign}${digits}${exponent}`)
  return Number.isFinite(value) ? value : undefined
}

/** Returns the number that a text means in a notation, undefined if it is none or could be two. */
export function numberIn({ decimal, thousands, unit }: NumberNotation, text: string): number | undefined {
  // 12 among percentages may be a share of 1: nobody can tell
  const value = decimal === null ? numberInBoth(text, thousands) : readNumber(text, decimal, thousands)
  if (value === undefined || value === 0 || unit === undefined) return value
  const written = unitOf(text)
  return written === unit || (unit !== '%' && written === '') ? value : undefined
}

/** True if the sign of a number is after or around it: `4-`, `4- €`, `(4)`; not in `12,-`. */
export function hasSignBehind(text: string): boolean {
  return /[0-9].*[-)]/.test(withPlainForms(text).replace(exponentPattern, '').replace(noCents, '$1'))
}

/** True if a text is an amount: its number has a currency, a fraction, groups of digits or an exponent. */
export function isAmount(text: string): boolean {
  const plain = withPlainForms(text)
  const unit = unitOf(text)
  return (
    (unit !== '' && unit !== '%') ||
    /[0-9]['., ][0-9]|[.,][0-9]|[0-9][.,]-/.test(plain) ||
    exponentPattern.test(plain)
  )
}

/** True if a number is written with an exponent, so not with all its digits. */
export function hasExponent(text: string): boolean {
  return exponentPattern.test(text)
}

function numberInBoth(text: string, thousands: string | undefined): number | undefined {
  const value = readNumber(text, '.', thousands)
  return value === readNumber(text, ',', thousands) ? value : undefined
}

/** Returns the sign of currency or per cent in a text, blank if none. */
export function unitOf(text: string): string {
  const [unit = ''] = withPlainForms(text).match(unitPattern) ?? []
  return unit.replace(/\.$/, '').toLowerCase()
}
