import type { Random } from '../../base/random.js'
import { type BoostData, BoostedTrees, type Roles } from '../tree/boostTrees.js'
import { logLoss } from '../tree/gradients.js'
import type { GrownTree } from '../tree/grownTree.js'
import type { KernelTeam } from '../tree/kernelTeam.js'
import type { StoredColumns } from '../tree/storedColumns.js'
import { ColumnChooser, type ColumnRules } from './columnChoice.js'
import type { CheckedBoostingOptions } from './options.js'
import { limitsOf, type Part } from './parts.js'

/** What all parts of a model and all inner folds are trained with. */
export interface PartTraining {
  readonly team: KernelTeam
  readonly stored: StoredColumns
  readonly data: BoostData
  readonly options: CheckedBoostingOptions
  readonly rules: ColumnRules
  readonly directions: readonly number[] | null
}

/** Says after each tree whether to grow another one: how many there are, the margins of all rows, the tree. */
export type GoOn = (count: number, margin: Float64Array, tree: GrownTree) => boolean

/**
 * Grows the trees of a part on the rows whose role is 0.
 *
 * The memory that it takes is free again when it returns.
 */
export function growPart(
  training: PartTraining,
  part: Part,
  roles: Roles | null,
  random: Random,
  goOn: GoOn,
): GrownTree[] {
  const { team, stored, data, options, rules, directions } = training
  const start = team.memory.size
  const limits = limitsOf(part, options, directions)
  const boosted = new BoostedTrees(team, stored, data, roles, limits, logLoss, random.fork(0))
  const chooser = new ColumnChooser(rules, options, random.fork(1))
  const trees: GrownTree[] = []
  while (trees.length < part.rounds) {
    chooser.startTree()
    const tree = boosted.grow(chooser.choose)
    trees.push(tree)
    if (!goOn(trees.length, boosted.margin, tree)) break
  }
  team.memory.release(start)
  return trees
}
