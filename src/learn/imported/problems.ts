import type * as z from 'zod'
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

/** Formats that are none of those read, by how their beginning or content tells them, and how to come to one that is. */
const foreignFormats: readonly { is: (text: string) => boolean; name: string; wayOut: string }[] = [
  {
    is: (text) => text.startsWith('{"format":"holdfast-model"'),
    name: 'a model file of holdfast',
    wayOut: 'Read it with loadScorer or loadModel: nothing is to be imported.',
  },
  {
    is: (text) =>
      text.startsWith('CBM1') ||
      text.slice(0, 20).includes('CatBoost') ||
      (text.startsWith('{') && /"(features_info|oblivious_trees)"/.test(text)),
    name: 'a CatBoost model',
    wayOut: 'CatBoost models cannot be imported: train the model with LightGBM, XGBoost or holdfast.',
  },
  {
    is: (text) => /^\{[LlIiU]/.test(text) && text.charCodeAt(2) < 32,
    name: 'an XGBoost model in binary JSON (UBJSON)',
    wayOut: "Write it as text: booster.save_model('model.json').",
  },
  {
    is: (text) => /^\s*(booster\[\d+\]:|\d+:\[)/.test(text) || /^\s*\[\s*\{\s*"nodeid"/.test(text),
    name: 'a dump of XGBoost trees, which lacks what a model needs',
    wayOut: "Write the whole model: booster.save_model('model.json').",
  },
  {
    is: (text) => text.startsWith('binf') || text.startsWith('bs64'),
    name: 'an XGBoost model in its old binary format',
    wayOut: "Load it with XGBoost, and write it with booster.save_model('model.json').",
  },
  {
    is: (text) => /^[\ufffd\u0080]/.test(text) && text.charCodeAt(1) <= 5,
    name: 'a Python pickle',
    wayOut:
      "Load it in Python and write the booster: booster.save_model('model.txt') of LightGBM, 'model.json' of XGBoost.",
  },
  {
    is: (text) => /<PMML[\s>]/.test(text.slice(0, 2000)) || /ai\.onnx\.ml/.test(text.slice(0, 100_000)),
    name: 'a model in PMML or ONNX',
    wayOut: 'Write the model with save_model of the library that trained it, LightGBM or XGBoost.',
  },
]

/** The two formats that are read, told by their content. */
const formats = {
  importLightgbm: {
    name: 'a LightGBM model',
    is: (text: string) => /^\s*tree\r?\n/.test(text) || isJsonWith(text, '"tree_info"'),
  },
  importXgboost: {
    name: 'an XGBoost model',
    is: (text: string) => /^\s*\{\s*"/.test(text) && /"learner"\s*:/.test(text),
  },
} as const

function isJsonWith(text: string, part: string): boolean {
  return /^\s*\{\s*"/.test(text) && text.includes(part)
}

/** Returns the function that reads a model file, by its content; null where it is of neither library. */
export function importerOf(text: string): keyof typeof formats | null {
  const names = ['importXgboost', 'importLightgbm'] as const
  return names.find((name) => formats[name].is(text)) ?? null
}

/** Throws where a file is of another library or format than the function reads, by its name. @throws {HoldfastError} `model-invalid` */
export function refuseForeign(operation: keyof typeof formats, text: string): void {
  const importer = importerOf(text)
  if (importer === operation) return
  const found =
    importer === null
      ? foreignFormats.find(({ is }) => is(text))
      : { name: formats[importer].name, wayOut: `Give it to ${importer}.` }
  if (found === undefined) return
  const rule = `to be ${formats[operation].name}`
  throw new HoldfastError(operation, [unsupported('the file', rule, found.name, found.wayOut)])
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
