// The package has declarations only for CommonJS; these cover the functions used here.
declare module 'cephes' {
  /** The functions do not exist before it resolves. */
  export const compiled: Promise<void>
  /** Regularised incomplete beta function I_x(a, b). */
  export function incbet(a: number, b: number, x: number): number
  /** The x at which I_x(a, b) is y. */
  export function incbi(a: number, b: number, y: number): number
  export function ndtr(x: number): number
  export function ndtri(y: number): number
  export function stdtr(degreesOfFreedom: number, t: number): number
  export function stdtri(degreesOfFreedom: number, p: number): number
}
