/** Thrown after the files are written if the time ran out before all was done. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished'
}
