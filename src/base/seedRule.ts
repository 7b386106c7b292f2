import { z } from 'zod'

/** Rule of a seed of a draw: any 32-bit integer. Of a longer one only the last 32 bits would count. */
export const seedRule = z.int().min(-2_147_483_648).max(4_294_967_295).default(1)
