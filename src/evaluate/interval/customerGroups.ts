import { z } from 'zod'
import { customerProblems } from '../../base/customerProblems.js'
import type { Problem } from '../../base/errors.js'

/** Who the rows belong to. */
export interface GroupOptions {
  /**
   * Shape (n), the customer of each row (a text or a number), where a customer has several: whole customers are drawn,
   * with all their rows. Left out = each row is a customer. Rows of one customer say less than as many customers would.
   */
  readonly groups?: ArrayLike<string | number>
}

/** Rules of {@link GroupOptions}. */
export const groupOptions = z.object({
  groups: z
    .custom<ArrayLike<string | number>>(
      (value) => Array.isArray(value) || ArrayBuffer.isView(value),
      'to be a list of texts or numbers',
    )
    .optional(),
})

/** Returns what is wrong with the customers of rows; nothing where they are left out. */
export function groupProblems(
  groups: ArrayLike<string | number> | undefined,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  if (groups === undefined) return []
  const problems = customerProblems('groups', groups, outcome.length)
  if (problems.length > 0) return problems
  if (new Set(Array.from(groups).filter((_, row) => weight?.[row] !== 0)).size > 1) return []
  return [
    {
      code: 'out-of-range',
      parameter: 'groups',
      rule: 'to name at least two customers: with one there is nothing to draw from',
      received: 1,
    },
  ]
}
