/** What can be chosen from, and what limits the choice. Infinity where there is no limit. */
export interface ContactChoice {
  /** Rows whose contact is expected to earn more than 0, ascending. */
  readonly candidates: Int32Array
  /** Shape (n): what the contact of a row is expected to earn. */
  readonly profit: Float64Array
  /** Shape (n): what it takes from the budget. */
  readonly cost: Float64Array
  readonly contacts: number
  readonly money: number
}
