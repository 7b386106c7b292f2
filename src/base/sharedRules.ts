import { isList } from './nounOf.js'
import * as z from './schema.js'
import { isNumberList } from './valueProblems.js'

/** Schema of a seed: any 32-bit integer, because only 32 bits would count. */
export const seedRule = z.int().min(-2_147_483_648).max(4_294_967_295).default(1)

/** Schema of the level of an interval. */
export const levelRule = z.number().gt(0).lt(1).default(0.95)

/** Schema of the customers of rows; `customerProblems` checks the values. */
export const groupsRule = z
  .custom<ArrayLike<string | number>>(isList, 'to be a list of texts or numbers')
  .optional()

/** Schema of the weights of rows. */
export const weightRule = z.custom<ArrayLike<number>>(isNumberList, 'to be a list of numbers').optional()

/** Schema of a callback. */
export const callbackRule = <Callback>() =>
  z.custom<Callback>((value) => typeof value === 'function', 'to be a function').optional()

/** Schema of an abort signal; `refuseAborted` checks it. */
export const signalRule = z
  .custom<AbortSignal>(
    (value) =>
      typeof value === 'object' && value !== null && typeof (value as AbortSignal).aborted === 'boolean',
    'to be an AbortSignal',
  )
  .optional()
