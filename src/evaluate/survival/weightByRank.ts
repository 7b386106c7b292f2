/** Sums of weights by rank that are added to and asked in turn: a Fenwick tree. */
export class WeightByRank {
  readonly #sums: Float64Array
  readonly #own: Float64Array
  #total = 0

  constructor(ranks: number) {
    this.#sums = new Float64Array(ranks + 1)
    this.#own = new Float64Array(ranks)
  }

  /** Sum of all weights. */
  get total(): number {
    return this.#total
  }

  /** O(log ranks). */
  add(rank: number, weight: number): void {
    this.#total += weight
    this.#own[rank]! += weight
    for (let node = rank + 1; node < this.#sums.length; node += node & -node) this.#sums[node]! += weight
  }

  /** Returns the weight of the ranks below this one. O(log ranks). */
  below(rank: number): number {
    let sum = 0
    for (let node = rank; node > 0; node -= node & -node) sum += this.#sums[node]!
    return sum
  }

  /** Returns the weight of this rank. */
  at(rank: number): number {
    return this.#own[rank]!
  }
}
