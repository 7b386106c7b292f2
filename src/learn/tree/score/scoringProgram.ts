import type { TreeEnsemble } from '../ensemble.js'
import { allRowsSlot, type Conditions, noRowsSlot } from './scoringConditions.js'
import { balanced, isEnd, nothing, type PieceNode, pieceAt, type Step } from './scoringPieces.js'
import { planeCount, Selections } from './selections.js'

/** Trees as the kernel `scorePieces` reads them. */
export interface ScoringProgram {
  readonly pieceCount: number
  /** Per piece: number of selections; target, condition, left, right of each; eight planes; its table. */
  readonly words: Uint32Array
  /** Values by place, of all pieces. */
  readonly tables: Float64Array
  /** Slots of conditions and of what is selected from them. */
  readonly slotCount: number
}

/** The kernel adds four pieces at a time. */
const batch = 4
/** Ends of a piece, tried in this order: with 8 of them every shape has at most 7 levels. */
const endCounts = [2 ** planeCount, 96, 64, 48, 32, 16, planeCount]
/**
 * Returns the program of an ensemble.
 *
 * A tree is cut into pieces of at most 8 levels. A piece computes, for 512 rows at once, the answers on a row's way as
 * bits, the answer on level d as bit d of a place; a table says which value lies at each place. A piece below another
 * one begins with the question whether the row comes there at all.
 */
export function programOf(ensemble: TreeEnsemble, conditions: Conditions): ScoringProgram {
  const writer = new ProgramWriter(ensemble, conditions)
  for (const root of ensemble.roots) writer.addTree(root)
  return writer.finish()
}

class ProgramWriter {
  #pieceCount = 0
  readonly #selections: Selections
  readonly #tables: number[] = []

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly conditions: Conditions,
  ) {
    this.#selections = new Selections(conditions.slotCount)
  }

  finish(): ScoringProgram {
    while (this.#pieceCount % batch !== 0) this.#writePiece([], Float64Array.of(nothing))
    return {
      pieceCount: this.#pieceCount,
      words: Uint32Array.from(this.#selections.words),
      tables: Float64Array.from(this.#tables),
      slotCount: this.#selections.slotCount,
    }
  }

  addTree(root: number): void {
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
      this.#writePiece(planesOf(this.#selections, planes), table)
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

  #writePiece(planes: readonly number[], table: Float64Array): void {
    this.#pieceCount++
    this.#selections.writePlaces(planes, this.#tables.length * 8)
    for (const value of table) this.#tables.push(value)
  }
}

/** Returns the answers on the levels of a tree, as slots. */
export function planesOf(selections: Selections, node: PieceNode): number[] {
  if (isEnd(node)) return []
  const condition = selections.conjunction(node.steps)
  const [left, right] = [planesOf(selections, node.left), planesOf(selections, node.right)]
  const planes = [condition]
  for (let level = 0; level < Math.max(left.length, right.length); level++) {
    const [a, b] = [left[level], right[level]]
    planes.push(a === undefined ? b! : b === undefined ? a : selections.select(condition, a, b))
  }
  return planes
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
export function fillTable(table: Float64Array, node: PieceNode, level: number, bits: number): void {
  if (isEnd(node)) {
    for (let place = bits; place < table.length; place += 2 ** level) table[place] = node.value
    return
  }
  fillTable(table, node.left, level + 1, bits | (1 << level))
  fillTable(table, node.right, level + 1, bits)
}
