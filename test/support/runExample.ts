import { isDeepStrictEqual } from 'node:util'
import ts from 'typescript'

/** One piece of example code and where it stands. */
export interface Example {
  readonly place: string
  readonly code: string
}

/** A shown output and what the code really gave. */
export interface Shown {
  readonly expression: string
  readonly expected: unknown
  readonly received: unknown
}

const docComment = /\/\*\*[\s\S]*?\*\//g
// As Node prints typed arrays: `Float64Array(2) [ 0.5, 1 ]`.
const typedArrayName = /\b(?:Float64|Float32|Int32|Uint32|Uint8)Array(?:\(\d+\))? ?(?=\[)/g
const fence = /^```(?:ts|typescript)\n([\s\S]*?)^```/gm

/** Returns the `@example` blocks of the doc comments of a source file. */
export function docstringExamples(source: string, file: string): Example[] {
  const examples: Example[] = []
  for (const comment of source.matchAll(docComment)) {
    const text = comment[0].replaceAll(/^[ \t]*\/?\*+\/?[ \t]?/gm, '')
    const line = source.slice(0, comment.index).split('\n').length
    for (const block of text.split(/^@example[ \t]*\n?/m).slice(1)) {
      const code = block
        .split(/^@\w/m)[0]!
        .replaceAll(/^```\w*$/gm, '')
        .replace(/\/$/, '')
      examples.push({ place: `${file}:${line}`, code })
    }
  }
  return examples
}

/** Returns the TypeScript code blocks of a Markdown page, in order. */
export function pageExamples(source: string, file: string): Example[] {
  return [...source.matchAll(fence)].map((match) => ({
    place: `${file}:${source.slice(0, match.index).split('\n').length}`,
    code: match[1]!,
  }))
}

/** Returns the names that code uses and does not declare, and those that it imports, by where from. */
export function namesOf(code: string): { used: Set<string>; imported: Map<string, string> } {
  const used = new Set<string>()
  const declared = new Set<string>()
  const imported = new Map<string, string>()
  const isName = (node: ts.Node): boolean => {
    const { parent } = node
    const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node
    const isKey = ts.isPropertyAssignment(parent) && parent.name === node
    return !isMember && !isKey && !ts.isImportSpecifier(parent)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportSpecifier(node))
      imported.set(node.name.text, (node.parent.parent.parent.moduleSpecifier as ts.StringLiteral).text)
    if (
      (ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node)) &&
      ts.isIdentifier(node.name)
    )
      declared.add(node.name.text)
    if (ts.isIdentifier(node) && isName(node)) used.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true))
  for (const name of declared) used.delete(name)
  return { used, imported }
}

/**
 * Runs an example with the given names in scope. An expression followed by `// => value` (which may go on over more
 * comment lines) is a claim; words after three spaces are a remark. Returns each claim with what the code gave.
 */
export async function runExample(code: string, scope: Readonly<Record<string, unknown>>): Promise<Shown[]> {
  const shown: Shown[] = []
  const check = (expression: string, expected: unknown, received: unknown): void => {
    shown.push({ expression, expected, received })
  }
  const body = ts.transpileModule(withClaims(withoutImports(code)), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText
  // Names that the example declares itself hide those of the library.
  const declared = new Set(
    [...body.matchAll(/\b(?:const|let|function|class)\s+(?:\{([^}]*)\}|(\w+))/g)].flatMap((m) =>
      (m[1] ?? m[2]!).split(/[,\s:]+/),
    ),
  )
  const names = Object.keys(scope).filter((name) => !declared.has(name) && name !== 'default')
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<void>
  await new AsyncFunction(...names, '__check', body)(...names.map((name) => scope[name]), check)
  return shown
}

/** True where an example shows what the code gives; numbers may differ in the last two digits. */
export function agrees({ expected, received }: Shown): boolean {
  return isDeepStrictEqual(plain(received), plain(expected))
}

function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(13))
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  }
  return value
}

function withoutImports(code: string): string {
  return code.replaceAll(/^import\s[\s\S]*?from\s+'[^']+'.*$/gm, '')
}

function withClaims(code: string): string {
  const lines = code.split('\n')
  const result: string[] = []
  for (let index = 0; index < lines.length; index++) {
    const start = /^\s*\/\/ => (.*)$/.exec(lines[index]!)
    if (start === null) {
      result.push(lines[index]!)
      continue
    }
    const claim = [start[1]!]
    while (/^\s*\/\/ {2,}|^\s*\/\/ [\]})]/.test(lines[index + 1] ?? ''))
      claim.push(lines[++index]!.replace(/^\s*\/\//, ''))
    const expected = claim.map((line) => withoutRemark(line.replaceAll(typedArrayName, '').trim())).join('\n')
    const expression = takeExpression(result)
    result.push(`__check(${JSON.stringify(expression)}, (${expected}), (${expression}))`)
  }
  return result.join('\n')
}

// A remark stands three blanks after the value; blanks inside of a text are not meant.
function withoutRemark(line: string): string {
  for (const blanks of line.matchAll(/\s{3,}/g)) {
    const value = line.slice(0, blanks.index)
    if (value.split("'").length % 2 === 1) return value
  }
  return line
}

// The claim is about the last statement; it may stand on several lines, so lines are taken until they parse.
function takeExpression(lines: string[]): string {
  let expression = ''
  while (lines.length > 0) {
    expression = `${lines.pop()!}\n${expression}`
    const source = ts.createSourceFile(
      'x.ts',
      `async function f(){(${expression.replace(/\/\/.*$/gm, '')})}`,
      ts.ScriptTarget.ES2022,
    )
    const { parseDiagnostics } = source as unknown as { parseDiagnostics: unknown[] }
    if (expression.trim() !== '' && parseDiagnostics.length === 0)
      return expression.replaceAll(/\/\/.*$/gm, '').trim()
  }
  throw new Error(`no expression stands before the claim: ${expression}`)
}
