import ts from 'typescript'
import { holdsSql, sqlChanges } from './sqlChanges.js'

/** One small change of a source that a test should notice. */
export interface Mutant {
  readonly file: string
  /** Its number among the mutants of the file. */
  readonly index: number
  /** Counts from 1. */
  readonly line: number
  /** The source of that line, trimmed. */
  readonly sourceLine: string
  /** The part of the source that is replaced: an expression, or a statement that is left out (`replacement` null). */
  readonly start: number
  readonly end: number
  readonly replacement: string | null
  /** What the change is, for people. */
  readonly before: string
  readonly after: string
}

type Change = Pick<Mutant, 'start' | 'end' | 'replacement' | 'before' | 'after'>

const otherOperators: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.LessThanToken, ['<=', '>=']],
  [ts.SyntaxKind.LessThanEqualsToken, ['<', '>']],
  [ts.SyntaxKind.GreaterThanToken, ['>=', '<=']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['>', '<']],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [ts.SyntaxKind.PlusToken, ['-']],
  [ts.SyntaxKind.MinusToken, ['+']],
  [ts.SyntaxKind.AsteriskToken, ['/']],
  [ts.SyntaxKind.SlashToken, ['*']],
  [ts.SyntaxKind.AmpersandAmpersandToken, ['||']],
  [ts.SyntaxKind.BarBarToken, ['&&']],
  [ts.SyntaxKind.QuestionQuestionToken, ['&&']],
])

const otherMath: Readonly<Record<string, readonly string[]>> = {
  min: ['max'],
  max: ['min'],
  floor: ['ceil', 'round'],
  ceil: ['floor'],
  round: ['floor'],
}

// Whether a list is filtered or in order shows; without these calls it keeps its type.
const removableCalls = new Set(['filter', 'sort', 'toSorted', 'reverse', 'toReversed'])

// The wording of messages is no behaviour.
const wording = new Set(['rule', 'wayOut', 'message', 'title'])

/** Returns the mutants of a source, in its order. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const hasSql = holdsSql(file, source)
  const changes: Change[] = []
  const visit = (node: ts.Node): void => {
    if (isUnseen(node)) return
    changes.push(...changesOf(node), ...(hasSql ? otherSql(node) : []))
    ts.forEachChild(node, visit)
  }
  visit(tree)
  const lines = source.split('\n')
  return changes.map((change, index) => {
    const { line } = tree.getLineAndCharacterOfPosition(change.start + firstDifference(source, change))
    return { file, index, line: line + 1, sourceLine: lines[line]!.trim(), ...change }
  })
}

/** What no test sees: types, imports, and the words of messages. */
function isUnseen(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true
  if (ts.isPropertyAssignment(node)) return wording.has(node.name.getText())
  if (ts.isVariableDeclaration(node)) return wording.has(node.name.getText())
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword
}

function changesOf(node: ts.Node): Change[] {
  if (ts.isExpressionStatement(node)) return withoutStatement(node)
  if (ts.isIfStatement(node)) return leaves(node.thenStatement) ? constantCondition(node.expression) : []
  if (!ts.isExpression(node) || isPlaceless(node)) return []
  if (ts.isBinaryExpression(node)) return otherOperator(node)
  if (ts.isConditionalExpression(node)) {
    if (isNegated(node.condition)) return []
    const [condition, yes, no] = [node.condition, node.whenTrue, node.whenFalse].map((part) => part.getText())
    return [changed(node, `${condition} ? ${no} : ${yes}`, '? :', 'swapped')]
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [changed(node, 'false')]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [changed(node, 'true')]
  if (ts.isNumericLiteral(node)) return [changed(node, otherNumber(node))]
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [changed(node, node.operand.getText(), `!${shown(node.operand)}`, shown(node.operand))]
  if (ts.isCallExpression(node)) return otherCall(node)
  return []
}

/** Where an expression cannot stand in parentheses, or would end an optional chain too early. */
function isPlaceless(node: ts.Expression): boolean {
  const { parent } = node
  const isName = 'name' in parent && parent.name === node
  return (
    (node.flags & ts.NodeFlags.OptionalChain) !== 0 ||
    isName ||
    ts.isTaggedTemplateExpression(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isExternalModuleReference(parent) ||
    // Of `-1` the sign is part of the number.
    (ts.isPropertyAccessExpression(parent) && ts.isNumericLiteral(node))
  )
}

/** A condition that has a mutant with the same effect as swapped branches. */
function isNegated(condition: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(condition)) return condition.operator === ts.SyntaxKind.ExclamationToken
  if (!ts.isBinaryExpression(condition)) return false
  const { kind } = condition.operatorToken
  return kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
}

function changed(
  node: ts.Node,
  replacement: string | null,
  before = shown(node),
  after = replacement ?? '',
): Change {
  return { start: node.getStart(), end: node.getEnd(), replacement, before, after }
}

function shown(node: ts.Node): string {
  const text = node.getText().replaceAll(/\s+/g, ' ')
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`
}

function withoutStatement(node: ts.ExpressionStatement): Change[] {
  const { expression } = node
  if (ts.isStringLiteral(expression)) return []
  if (ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword) return []
  return [changed(node, null, shown(node), 'left out')]
}

function leaves(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement
  return (
    last !== undefined &&
    (ts.isReturnStatement(last) ||
      ts.isThrowStatement(last) ||
      ts.isContinueStatement(last) ||
      ts.isBreakStatement(last))
  )
}

function constantCondition(condition: ts.Expression): Change[] {
  return ['true', 'false'].map((value) =>
    changed(condition, value, `if (${shown(condition)})`, `if (${value})`),
  )
}

function otherOperator(node: ts.BinaryExpression): Change[] {
  const { left, right, operatorToken } = node
  // Of texts there is no other arithmetic.
  if (operatorToken.kind === ts.SyntaxKind.PlusToken && (isText(left) || isText(right))) return []
  return (otherOperators.get(operatorToken.kind) ?? []).map((operator) => {
    // `a ?? b` beside && needs its parentheses, and so do the parts of a changed chain.
    const replacement = `(${left.getText()}) ${operator} (${right.getText()})`
    return changed(node, replacement, shown(node), `${operator}`)
  })
}

function isText(node: ts.Expression): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    (ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right)))
  )
}

function otherNumber(node: ts.NumericLiteral): string {
  const value = Number(node.text)
  return Number.isInteger(value) ? `${value + 1}` : `${value * 10}`
}

function otherCall(node: ts.CallExpression): Change[] {
  const { expression } = node
  if (!ts.isPropertyAccessExpression(expression)) return []
  const name = expression.name.text
  const receiver = expression.expression.getText()
  if (receiver === 'Math' && Object.hasOwn(otherMath, name)) {
    const passed = node.arguments.map((argument) => argument.getText()).join(', ')
    return otherMath[name]!.map((other) =>
      changed(node, `Math.${other}(${passed})`, shown(node), `Math.${other}`),
    )
  }
  if (!removableCalls.has(name)) return []
  return [changed(node, receiver, `.${name}(…)`, 'left out')]
}

function otherSql(node: ts.Node): Change[] {
  if (!(ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) || isPlaceless(node)) return []
  const text = node.getText()
  const start = node.getStart()
  const pieces = ts.isTemplateExpression(node)
    ? [node.head, ...node.templateSpans.map((span) => span.literal)]
    : [node]
  const whole = pieces.map((piece) => piece.text).join(' ')
  return pieces.flatMap((piece) => {
    const from = piece.getStart() - start
    const own = text.slice(from, piece.getEnd() - start)
    return sqlChanges(own, whole).map(({ at, length, replacement }) => ({
      start,
      end: node.getEnd(),
      replacement: text.slice(0, from + at) + replacement + text.slice(from + at + length),
      before: `SQL ${own.slice(Math.max(0, at - 25), at + length + 15).replaceAll(/\s+/g, ' ')}`,
      after: replacement === '' ? 'left out' : replacement,
    }))
  })
}

/** Where in the replaced part the change starts: in a long text it is on a later line. */
function firstDifference(source: string, { start, end, replacement, before }: Change): number {
  if (replacement === null || !before.startsWith('SQL ')) return 0
  let at = 0
  while (at < end - start && source[start + at] === replacement[at]) at++
  return at
}
