import type { z } from 'zod'
import { HoldfastError, type Problem } from '../../base/errors.js'

const cutShort =
  'It may be cut short or edited: copy it again, or save it again with the library that made it.'

/** Returns the fact that a part of the file is not as the library writes it. */
export function broken(parameter: string, rule: string, received?: unknown): Problem {
  const problem: Problem = { code: 'model-invalid', parameter, rule, wayOut: cutShort }
  return received === undefined ? problem : { ...problem, received }
}

/** Returns the fact that the file is whole, but of a model that cannot be imported. */
export function unsupported(parameter: string, rule: string, received: unknown, wayOut: string): Problem {
  return { code: 'model-invalid', parameter, rule, received, wayOut }
}

/** Throws where a text is longer than allowed. @throws {HoldfastError} `model-too-large` */
export function refuseTooLong(operation: string, text: string, maxCharacters: number): void {
  if (text.length <= maxCharacters) return
  throw new HoldfastError(operation, [
    {
      code: 'model-too-large',
      parameter: 'the model',
      rule: `to have at most ${maxCharacters} characters`,
      received: text.length,
      wayOut: 'If you trust where it comes from, raise maxCharacters.',
    },
  ])
}

const textOrNotANumber = /"(?:[^"\\]|\\.)*"|NaN/g

/**
 * Returns the data of a JSON text. NaN, which JSON does not know, is null: XGBoost before 3 writes it as the threshold of
 * category splits.
 *
 * @throws {HoldfastError} `model-invalid`
 */
export function parsedJson(operation: string, text: string, wayOut: string): unknown {
  try {
    if (!text.includes('NaN')) return JSON.parse(text.trim())
    return JSON.parse(text.trim().replaceAll(textOrNotANumber, (found) => (found === 'NaN' ? 'null' : found)))
  } catch (cause) {
    const problem = { ...broken('the model', 'to be whole JSON', text.slice(0, 40)), wayOut }
    throw new HoldfastError(operation, [problem], { cause })
  }
}

/** Returns what a schema makes of the data of a file. @throws {HoldfastError} `model-invalid`, every broken rule at once */
export function requiredPart<Schema extends z.ZodType>(
  operation: string,
  schema: Schema,
  data: unknown,
  name: string,
): z.output<Schema> {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  const [first, ...rest] = issueProblems(result.error, name)
  throw new HoldfastError(operation, [first!, ...rest])
}

/** Returns what a schema makes of a part of the file, or null; then `problems` has every broken rule. */
export function checkedPart<Schema extends z.ZodType>(
  schema: Schema,
  part: unknown,
  name: string,
  problems: Problem[],
): z.output<Schema> | null {
  const result = schema.safeParse(part)
  if (result.success) return result.data
  problems.push(...issueProblems(result.error, name))
  return null
}

function issueProblems(error: z.ZodError, name: string): Problem[] {
  return error.issues.map((issue) =>
    broken([name, ...issue.path].join('.'), `to be valid (${issue.message})`),
  )
}
