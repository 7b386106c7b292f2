import type { Random } from '../../base/random.js'
import { type BoostData, BoostedTrees, type Roles } from '../tree/grow/boostTrees.js'
import { logLoss } from '../tree/grow/gradients.js'
import type { GrownTree } from '../tree/grow/grownTree.js'
import type { KernelTeam } from '../tree/grow/kernelTeam.js'
import type { StoredColumns } from '../tree/grow/storedColumns.js'
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

/** A tree that a part has just got. */
export interface GrownStep {
  readonly tree: GrownTree
  /** Number of trees so far. */
  readonly count: number
  /** Shape (rows): the margins of all rows, those held out too. Not to be kept: memory of the kernels. */
  readonly margin: Float64Array
}

/**
 * Grows the trees of a part on the rows whose role is 0, and hands over each; to leave off asking ends the part.
 *
 * The memory that it takes is free again at its end.
 */
export function* growPart(
  training: PartTraining,
  part: Part,
  roles: Roles | null,
  random: Random,
): Generator<GrownStep, void, void> {
  const { team, stored, data, options, rules, directions } = training
  const start = team.memory.size
  try {
    const limits = limitsOf(part, options, directions)
    const boosted = new BoostedTrees(team, stored, data, roles, limits, logLoss, random.fork(0))
    const chooser = new ColumnChooser(rules, options, random.fork(1))
    for (let count = 1; count <= part.rounds; count++) {
      chooser.startTree()
      const tree = boosted.grow(chooser.choose)
      yield { tree, count, margin: boosted.margin }
    }
  } finally {
    team.memory.release(start)
  }
}
