import type { TreeEnsemble } from './ensemble.js'
import { allRowsSlot, type Conditions, noRowsSlot, slotBytes } from './scoringConditions.js'
import { balanced, isEnd, nothing, type PieceNode, pieceAt, type Step } from './scoringPieces.js'
import { planeCount, Selections } from './selections.js'

/** Trees one after the other that the same kernel scores. */
export interface ScoringRun {
  readonly kind: 'pieces' | 'walks'
  /** Distance of the first piece in `words`, or of the first tree's record in `walks`, in bytes. */
  readonly start: number
  readonly count: number
}

/** Trees as the kernels `scorePieces` and `scoreWalks` read them. */
export interface ScoringProgram {
  readonly runs: readonly ScoringRun[]
  /** Per piece: number of selections; target, condition, left, right of each; eight planes; its table. */
  readonly words: Uint32Array
  /** Values by place, of all pieces. */
  readonly tables: Float64Array
  /** Trees to walk: the first node of each, and one past the last. */
  readonly walks: Uint32Array
  /** Nodes to walk over: mask of the question, and distance to the right child; 0 and 0 in a leaf. */
  readonly nodes: Uint32Array
  /** Value of each such node. */
  readonly values: Float64Array
  /** Slots of conditions and of what is selected from them. */
  readonly slotCount: number
}

/** The kernel adds four pieces at a time. */
const batch = 4
/** Ends of a piece, tried in this order: with 8 of them every shape has at most 7 levels. */
const endCounts = [2 ** planeCount, 96, 64, 48, 32, 16, planeCount]
const nodeBytes = 8
/** From here on walking, whose cost grows with the depth, is faster than pieces, whose cost grows with the leaves. */
const walkedLeaves = 700

/**
 * Returns the program of an ensemble.
 *
 * A tree is cut into pieces of at most 8 levels. A piece computes, for 512 rows at once, the answers on a row's way as
 * bits, the answer on level d as bit d of a place; a table says which value lies at each place. A piece below another
 * one begins with the question whether the row comes there at all. Large trees are walked, from mask to mask.
 */
export function programOf(ensemble: TreeEnsemble, conditions: Conditions): ScoringProgram {
  const writer = new ProgramWriter(ensemble, conditions)
  for (let tree = 0; tree < ensemble.roots.length; tree++) writer.addTree(tree)
  return writer.finish()
}

class ProgramWriter {
  readonly #runs: { kind: ScoringRun['kind']; start: number; count: number }[] = []
  readonly #selections: Selections
  readonly #tables: number[] = []
  readonly #walks: number[] = []
  readonly #nodes: number[] = []
  readonly #values: number[] = []

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly conditions: Conditions,
  ) {
    this.#selections = new Selections(conditions.slotCount)
  }

  addTree(tree: number): void {
    const root = this.ensemble.roots[tree]!
    const end = this.ensemble.roots[tree + 1] ?? this.ensemble.right.length
    if ((end - root + 1) / 2 > walkedLeaves) this.#addWalk(root, end)
    else this.#addInPieces(root)
  }

  finish(): ScoringProgram {
    this.#fillBatch()
    return {
      runs: this.#runs,
      words: Uint32Array.from(this.#selections.words),
      tables: Float64Array.from(this.#tables),
      walks: Uint32Array.from(this.#walks),
      nodes: Uint32Array.from(this.#nodes),
      values: Float64Array.from(this.#values),
      slotCount: this.#selections.slotCount,
    }
  }

  #countOne(kind: ScoringRun['kind'], start: number): void {
    const last = this.#runs.at(-1)
    if (last?.kind === kind) last.count++
    else this.#runs.push({ kind, start, count: 1 })
  }

  #addWalk(root: number, end: number): void {
    this.#fillBatch()
    const { right, value } = this.ensemble
    this.#countOne('walks', this.#walks.length * 4)
    this.#walks.push(this.#values.length * nodeBytes)
    for (let node = root; node < end; node++) {
      const isLeaf = right[node] === 0
      const slot = isLeaf ? noRowsSlot : this.conditions.slotOf[node]!
      this.#nodes.push(slot * slotBytes, isLeaf ? 0 : (right[node]! - node) * nodeBytes)
      this.#values.push(value[node]!)
    }
  }

  #fillBatch(): void {
    const last = this.#runs.at(-1)
    if (last?.kind !== 'pieces') return
    while (last.count % batch !== 0) this.#writePiece([], Float64Array.of(nothing))
  }

  #addInPieces(root: number): void {
    const { ensemble, conditions } = this
    for (const most of endCounts) {
      const tree = pieceAt(ensemble, conditions.slotOf, root, most)
      if (!fits(tree, planeCount)) continue
      this.#addPieces(tree, allRowsSlot)
      return
    }
  }

  /** Adds a piece, to which the rows of the slot `reach` come, and all pieces that hang on it. */
  #addPieces(piece: PieceNode, reach: number): void {
    this.#selections.scoped(() => {
      const planes: PieceNode = reach === allRowsSlot ? balanced(piece, planeCount)! : guarded(piece, reach)
      const table = new Float64Array(2 ** planes.height)
      fillTable(table, planes, 0, 0)
      this.#writePiece(this.#planesOf(planes), table)
    })
    this.#addHanging(piece, reach)
  }

  #addHanging(node: PieceNode, reach: number): void {
    if (isEnd(node)) {
      if (node.piece !== null) this.#addPieces(node.piece, reach)
      return
    }
    const { slot } = node.steps[0]!
    const selections = this.#selections
    if (hasPieces(node.left)) {
      selections.scoped(() => this.#addHanging(node.left, selections.select(slot, reach, noRowsSlot)))
    }
    if (hasPieces(node.right)) {
      selections.scoped(() => this.#addHanging(node.right, selections.select(slot, noRowsSlot, reach)))
    }
  }

  /** The answers on the levels of a tree, as slots. */
  #planesOf(node: PieceNode): number[] {
    if (isEnd(node)) return []
    const condition = this.#selections.conjunction(node.steps)
    const [left, right] = [this.#planesOf(node.left), this.#planesOf(node.right)]
    const planes = [condition]
    for (let level = 0; level < Math.max(left.length, right.length); level++) {
      const [a, b] = [left[level], right[level]]
      planes.push(a === undefined ? b! : b === undefined ? a : this.#selections.select(condition, a, b))
    }
    return planes
  }

  #writePiece(planes: readonly number[], table: Float64Array): void {
    this.#countOne('pieces', this.#selections.words.length * 4)
    this.#selections.writePlaces(planes, this.#tables.length * 8)
    for (const value of table) this.#tables.push(value)
  }
}

/** A piece that the rows outside of the slot `reach` leave at once with nothing. */
function guarded(piece: PieceNode, reach: number): PieceNode {
  const inside = balanced(piece, planeCount - 1)!
  const outside: PieceNode = { height: 0, leaves: 1, value: nothing, piece: null }
  const steps: Step[] = [{ slot: reach, holds: true }]
  return { height: inside.height + 1, leaves: inside.leaves + 1, steps, left: inside, right: outside }
}

/** True where a piece can be balanced to so many levels, and all that hang on it to one less than a place has. */
function fits(piece: PieceNode, levels: number): boolean {
  return balanced(piece, levels) !== null && hangingFit(piece)
}

function hangingFit(node: PieceNode): boolean {
  if (isEnd(node)) return node.piece === null || fits(node.piece, planeCount - 1)
  return hangingFit(node.left) && hangingFit(node.right)
}

function hasPieces(node: PieceNode): boolean {
  return isEnd(node) ? node.piece !== null : hasPieces(node.left) || hasPieces(node.right)
}

/** Writes at every place whose bits below `level` are `bits` the value that a row finds below the node. */
function fillTable(table: Float64Array, node: PieceNode, level: number, bits: number): void {
  if (isEnd(node)) {
    for (let place = bits; place < table.length; place += 2 ** level) table[place] = node.value
    return
  }
  fillTable(table, node.left, level + 1, bits | (1 << level))
  fillTable(table, node.right, level + 1, bits)
}
