import type { TreeEnsemble } from '../ensemble.js'
import { type LeafGame, tableOf } from './leafGames.js'
import { forEachLeaf, type LeafPath, type PathFeature, type PathStep, pathToChild } from './leafPaths.js'

/**
 * Leaves that lie together, explained by one look-up: the bits of a row's place are what it takes of the features on the
 * way to their subtree, and how it answers the questions in it.
 */
export interface LeafGroup {
  /** A bit is set where the row goes all of its steps. */
  readonly bits: readonly (readonly PathStep[])[]
  readonly outputs: readonly number[]
  /**
   * Shape (places × outputs): what the leaves together add to each output; those of a place lie together. All tables are
   * parts of one block, one after the other.
   */
  readonly table: Float64Array
}

/** An ensemble's leaves, in groups; those that ask too many features for a table stand alone. */
export interface LeafGroups {
  readonly groups: readonly LeafGroup[]
  readonly deep: readonly LeafGame[]
}

/** Bits of a place: the tables of a group, 2^bits × outputs, have to stay in the processor's cache. */
const mostGroupBits = 7
const mostTableBits = 8
/** Numbers in all tables, 128 MB; leaves beyond are computed for each row. */
const mostTableNumbers = 2 ** 24

/** Returns the leaves of an ensemble in groups, with a game for each leaf. */
export function leafGroupsOf(ensemble: TreeEnsemble, gameOf: (leaf: LeafPath) => LeafGame): LeafGroups {
  const groups: LeafGroup[] = []
  const deep: LeafGame[] = []
  let numbers = 0
  const visit = (node: number, path: readonly PathFeature[], end: number): void => {
    const right = ensemble.right[node]!
    const questions = (end - node - 1) / 2
    const bits = path.length + questions
    if (bits <= mostGroupBits || (right === 0 && bits <= mostTableBits)) {
      const group = groupOf(ensemble, node, path, gameOf)
      numbers += group.table.length
      if (numbers <= mostTableNumbers) {
        if (group.outputs.length > 0) groups.push(group)
        return
      }
    }
    if (right === 0) {
      deep.push(gameOf({ value: ensemble.value[node]!, features: path }))
      return
    }
    visit(node + 1, pathToChild(ensemble, path, node, true), right)
    visit(right, pathToChild(ensemble, path, node, false), end)
  }
  ensemble.roots.forEach((root, tree) => {
    visit(root, [], ensemble.roots[tree + 1] ?? ensemble.right.length)
  })
  return { groups: inOneBlock(groups), deep }
}

/** One block of memory for all tables: to look for one of many is what takes the time of a single row. */
function inOneBlock(groups: readonly LeafGroup[]): LeafGroup[] {
  const block = new Float64Array(groups.reduce((sum, { table }) => sum + table.length, 0))
  let at = 0
  return groups.map((group) => {
    const table = block.subarray(at, at + group.table.length)
    table.set(group.table)
    at += table.length
    return { ...group, table }
  })
}

function groupOf(
  ensemble: TreeEnsemble,
  root: number,
  path: readonly PathFeature[],
  gameOf: (leaf: LeafPath) => LeafGame,
): LeafGroup {
  const games: LeafGame[] = []
  const below = new Map<number, number>()
  forEachLeaf(ensemble, root, path, (leaf) => {
    games.push(gameOf(leaf))
    for (const { steps } of leaf.features) {
      for (const { node } of steps)
        if (node >= root && !below.has(node)) below.set(node, path.length + below.size)
    }
  })
  const bits = [
    ...path.map(({ steps }) => steps),
    ...Array.from(below.keys(), (node) => [{ node, isLeft: true }]),
  ]
  const outputs = [...new Set(games.flatMap((game) => game.outputs))]
  const table = new Float64Array(outputs.length * 2 ** bits.length)
  for (const game of games) {
    const takes = game.leaf.features.map((feature) => sideOf(feature, path, below))
    const places = game.outputs.map((output) => outputs.indexOf(output))
    addGame(table, outputs.length, tableOf(game), takes, places)
  }
  return { bits, outputs, table }
}

/** The bits that must be set, and those that must not be, for a row to take the leaf's side of a feature. */
function sideOf(
  { feature, steps }: PathFeature,
  path: readonly PathFeature[],
  below: ReadonlyMap<number, number>,
): { set: number; clear: number } {
  const above = path.findIndex((known) => known.feature === feature)
  const side = { set: above < 0 ? 0 : 1 << above, clear: 0 }
  for (const { node, isLeft } of steps) {
    const bit = below.get(node)
    if (bit === undefined) continue
    if (isLeft) side.set |= 1 << bit
    else side.clear |= 1 << bit
  }
  return side
}

function addGame(
  table: Float64Array,
  width: number,
  own: Float64Array,
  takes: readonly { set: number; clear: number }[],
  places: readonly number[],
): void {
  for (let place = 0; place * width < table.length; place++) {
    let known = 0
    for (let index = 0; index < takes.length; index++) {
      const { set, clear } = takes[index]!
      if ((place & set) === set && (place & clear) === 0) known |= 1 << index
    }
    for (let index = 0; index < places.length; index++) {
      table[place * width + places[index]!]! += own[known * places.length + index]!
    }
  }
}
