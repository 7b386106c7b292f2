import { InvalidArgumentError } from 'commander'

/** Reads a whole number from the command line. */
export function integerOption(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value)) throw new InvalidArgumentError('Expected a whole number.')
  return value
}

/** Reads a number from the command line. */
export function numberOption(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.')
  return value
}

/** Reads names separated by commas. */
export function listOption(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Collects an option that may be given several times. */
export function repeatedOption(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text]
}
