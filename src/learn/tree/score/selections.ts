import { allRowsSlot, noRowsSlot, slotBytes } from './scoringConditions.js'
import type { Step } from './scoringPieces.js'

/** A place has at most 8 bits: it is a byte. */
export const planeCount = 8

/** Writes programs of bit selections between masks, as the kernels read them. */
export class Selections {
  readonly words: number[] = []
  #pending: number[] = []
  /** The first slot that holds nothing needed later. */
  #free: number
  #slotCount: number

  constructor(firstFree: number) {
    this.#free = firstFree
    this.#slotCount = firstFree
  }

  /** Slots that all programs together need. */
  get slotCount(): number {
    return this.#slotCount
  }

  /** Lets `write` use slots that are free again afterwards. */
  scoped(write: () => void): void {
    const kept = this.#free
    write()
    this.#free = kept
  }

  /** Returns the slot of a new mask: `left` where the condition holds, `right` elsewhere. */
  select(condition: number, left: number, right: number): number {
    const target = this.#free++
    this.#slotCount = Math.max(this.#slotCount, this.#free)
    this.#pending.push(target, condition, left, right)
    return target
  }

  /** Returns the slot of the rows that take all steps. */
  conjunction(steps: readonly Step[]): number {
    let reach = allRowsSlot
    for (const { slot, holds } of steps) {
      if (reach === allRowsSlot && holds) reach = slot
      else reach = holds ? this.select(slot, reach, noRowsSlot) : this.select(slot, noRowsSlot, reach)
    }
    return reach
  }

  /** Ends a program: what has been selected, the planes that places are made of, and a number for the kernel. */
  writePlaces(planes: readonly number[], last: number): void {
    this.words.push(this.#pending.length / 4)
    for (const slot of this.#pending) this.words.push(slot * slotBytes)
    for (let plane = 0; plane < planeCount; plane++)
      this.words.push((planes[plane] ?? noRowsSlot) * slotBytes)
    this.words.push(last)
    this.#pending = []
  }
}
