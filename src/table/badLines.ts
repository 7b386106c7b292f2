import type { Problem } from '../base/errors.js'

/** A line of a file that could not be read as a row. */
export interface BadLine {
  /** Counts the rows of the file from 1, header not counted. */
  readonly row: number
  readonly problem: Problem
}

/** Returns the problem of a row with more or fewer fields than the header. */
export function wrongLength(file: string, row: number, fields: readonly string[], expected: number): BadLine {
  return {
    row,
    problem: {
      code: 'length-differs',
      parameter: 'the row',
      rule: `to have as many fields as the header (${expected})`,
      received: fields.join(' | '),
      place: { file, row },
      wayOut: 'Put values that hold the delimiter in quotes.',
    },
  }
}

/** Returns the problem of a CSV record with wrong quotes: nobody can tell where it ends. */
export function badQuotes(file: string, row: number, reason: string): Problem {
  return {
    code: 'file-unreadable',
    parameter: 'the row',
    rule: 'to open and close its quotes around whole fields',
    place: { file, row },
    wayOut: `Double a quote within quotes. The parser says: ${reason}.`,
  }
}

/** Returns the problem of a line that is not a JSON object. */
export function notAnObject(file: string, row: number, line: string): BadLine {
  return {
    row,
    problem: {
      code: 'file-unreadable',
      parameter: 'the line',
      rule: 'to be a JSON object',
      received: line,
      place: { file, row },
      wayOut: 'Write one object per line, such as {"id": "A", "fee": 9.5}.',
    },
  }
}

/** Returns the problem of a line whose object repeats a name: readers differ in which value they take. */
export function nameTwice(file: string, row?: number, line?: string): Problem {
  return {
    code: 'column-duplicate',
    parameter: 'the line',
    rule: 'to have each name once per object',
    ...(line === undefined ? {} : { received: line }),
    place: { file, ...(row === undefined ? {} : { row }) },
    wayOut: 'Rename one of the two, or leave it out.',
  }
}

/** Returns one problem for each rule that lines break: the first line and their number. */
export function problemsOfLines(lines: readonly BadLine[]): Problem[] {
  const firsts = new Map<string, { problem: Problem; count: number }>()
  for (const { problem } of lines) {
    const key = `${problem.code} ${problem.place?.column ?? ''} ${problem.rule}`
    const known = firsts.get(key)
    if (known === undefined) firsts.set(key, { problem, count: 1 })
    else known.count++
  }
  return [...firsts.values()].map(({ problem, count }) => ({ ...problem, count }))
}
