import { z } from 'zod'
import { isList } from './nounOf.js'
import { isNumberList } from './valueProblems.js'

/** Rule of a seed of a draw: any 32-bit integer. Of a longer one only the last 32 bits would count. */
export const seedRule = z.int().min(-2_147_483_648).max(4_294_967_295).default(1)

/** Rule of the level of an interval. */
export const levelRule = z.number().gt(0).lt(1).default(0.95)

/** Rule of the customers of rows; `customerProblems` says what is wrong with the values. */
export const groupsRule = z
  .custom<ArrayLike<string | number>>(isList, 'to be a list of texts or numbers')
  .optional()

/** Rule of how often rows count. */
export const weightRule = z.custom<ArrayLike<number>>(isNumberList, 'to be a list of numbers').optional()

/** Rule of a function that is called with what happens. */
export const callbackRule = <Callback>() =>
  z.custom<Callback>((value) => typeof value === 'function', 'to be a function').optional()

/** Rule of what stops a run; `refuseAborted` looks at it. */
export const signalRule = z
  .custom<AbortSignal>(
    (value) =>
      typeof value === 'object' && value !== null && typeof (value as AbortSignal).aborted === 'boolean',
    'to be an AbortSignal',
  )
  .optional()
