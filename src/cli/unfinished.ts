/** Thrown after the files are written where the time given did not suffice for what was asked. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished'
}
