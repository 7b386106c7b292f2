/** A change of a piece of SQL text. */
export interface SqlChange {
  readonly at: number
  readonly length: number
  readonly replacement: string
}

// Words of SQL are upper case, its names stand alone.
const isProse = /[a-z]{2,} [a-z]{2,} [a-z]{2,}/

// A name and what stands around it are no number; neither is the type DECIMAL(18, 3).
const tokens =
  /(?<![-=<>])(?:<=|>=|<>|<|>|=)(?![<>=])|(?<![\w.$"'])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])|\b(?:min|max|least|greatest|floor|ceil)(?=\()|\bIS (?:NOT )?NULL\b|\bDISTINCT |\bLEFT (?=JOIN)|\bDESC\b/g

const others: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '=': '<>',
  '<>': '=',
  min: 'max',
  max: 'min',
  least: 'greatest',
  greatest: 'least',
  floor: 'ceil',
  ceil: 'floor',
  'IS NULL': 'IS NOT NULL',
  'IS NOT NULL': 'IS NULL',
  'DISTINCT ': '',
  'LEFT ': '',
  DESC: 'ASC',
}

/** Whether a source holds SQL. */
export function holdsSql(file: string, source: string): boolean {
  return /sql/i.test(file) || /\b(SELECT|WHERE|CASE WHEN) /.test(source)
}

/**
 * Returns the changes of a piece of SQL text, none where the whole text is prose: comparisons, numbers, the least and the greatest,
 * NULL, DISTINCT, the kind of join and the order.
 */
export function sqlChanges(piece: string, whole: string): SqlChange[] {
  if (isProse.test(whole)) return []
  return [...piece.matchAll(tokens)].map((match) => {
    const [token] = match
    const number = Number(token)
    const replacement = others[token] ?? (Number.isInteger(number) ? `${number + 1}` : `${number * 10}`)
    return { at: match.index, length: token.length, replacement }
  })
}
