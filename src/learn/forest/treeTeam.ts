import { HoldfastError } from '../../base/errors.js'
import type { KernelMemory } from '../../base/kernelMemory.js'
import { type StartThreads, startThreads, threadLost } from '../tree/threads.js'
import type { ForestLayout } from './forestMemory.js'
import type { ForestKernels } from './kernels.js'
import type { TreeCollector } from './treeCollector.js'

// The fields of a job, words in their order. As in kernels/forest-work.as.ts.
const jobFields = ['treeCount', 'next', 'finished', 'stop', 'full', 'contexts', 'results'] as const
type JobField = (typeof jobFields)[number]
const wordsPerResult = 4

/** What a team grows, and whom it tells. */
export interface TeamWork {
  readonly operation: string
  readonly kernels: ForestKernels
  readonly layout: ForestLayout
  readonly collector: TreeCollector
  /** Called once a tree, as they become ready. */
  readonly onTree: (done: number) => void
}

/** Threads of which none has divided a node for so long will not go on. */
const lostAfterMs = 20_000

/**
 * Grows all trees on as many threads as the layout has contexts. The caller is one of them; it hands out no work: each
 * thread takes the next tree that nobody has taken, so that one that starts late or runs slowly holds up nobody.
 *
 * @throws {HoldfastError} `thread-lost` where a thread ends in the middle of a tree; `memory-exceeded`
 */
export function growTogether(
  work: TeamWork,
  start: StartThreads = startThreads,
  patienceMs: number = lostAfterMs,
): void {
  new TreeTeam(work, patienceMs).run(start)
}

class TreeTeam {
  readonly #memory: KernelMemory
  readonly #address: number
  readonly #words: Int32Array
  readonly #collected: Uint8Array
  #collectedCount = 0

  constructor(
    readonly work: TeamWork,
    readonly patienceMs: number,
  ) {
    const { layout, collector, kernels } = work
    this.#memory = kernels.memory
    const results = this.#memory.allocate(collector.treeCount * wordsPerResult * 4)
    const contexts = this.#memory.allocate(layout.addresses.length * 4)
    this.#address = this.#memory.allocate(jobFields.length * 4)
    this.#words = new Int32Array(this.#memory.buffer)
    this.#words.set(layout.addresses, contexts / 4)
    this.#set('treeCount', collector.treeCount)
    this.#set('contexts', contexts)
    this.#set('results', results)
    this.#collected = new Uint8Array(collector.treeCount)
  }

  run(start: StartThreads): void {
    const { kernels, layout } = this.work
    const others = layout.addresses.length - 1
    const { shared } = this.#memory
    const threads =
      others === 0 || kernels.module === null || shared === null
        ? null
        : start(kernels.module, shared, others, this.#address)
    try {
      this.#growOwn()
      while (this.#collectedCount < this.#collected.length) this.#waitForOthers()
    } catch (error) {
      this.#stop()
      threads?.terminate()
      throw error
    }
  }

  #growOwn(): void {
    const { layout, kernels, collector } = this.work
    const grow = kernels.growerOf(layout)
    const { nodes, sets } = layout.contexts[0]!
    for (;;) {
      const tree = Atomics.add(this.#words, this.#place('next'), 1)
      if (tree >= collector.treeCount) return
      const nodeCount = grow(tree)
      collector.add(tree, { buffer: this.#memory.buffer, nodes, sets, nodeCount })
      this.#count(tree)
      this.#collect()
    }
  }

  #waitForOthers(): void {
    const finished = this.#get('finished')
    const beats = this.#beats()
    this.#collect()
    if (this.#collectedCount === this.#collected.length) return
    this.#refuseFull()
    const woken = Atomics.wait(this.#words, this.#place('finished'), finished, this.patienceMs)
    if (woken === 'timed-out' && this.#beats() === beats) this.#refuseLost()
  }

  /** Takes over the trees that other threads have grown. */
  #collect(): void {
    const others = this.work.layout.addresses.length - 1
    if (others === 0) return
    const results = this.#get('results') / 4
    for (let tree = 0; tree < this.#collected.length; tree++) {
      const place = results + tree * wordsPerResult
      if (this.#collected[tree] === 1 || Atomics.load(this.#words, place + 3) === 0) continue
      const [nodes, nodeCount, sets] = this.#words.subarray(place, place + 3)
      this.work.collector.add(tree, {
        buffer: this.#grownBuffer(),
        nodes: nodes! >>> 0,
        nodeCount: nodeCount!,
        sets: sets! >>> 0,
      })
      this.#count(tree)
    }
  }

  /** Another thread may have made the memory grow: this one sees it when it asks for nothing more. */
  #grownBuffer(): ArrayBufferLike {
    const { shared } = this.#memory
    shared!.grow(0)
    return shared!.buffer
  }

  #count(tree: number): void {
    this.#collected[tree] = 1
    this.#collectedCount++
    this.work.onTree(this.#collectedCount)
  }

  #beats(): number {
    let beats = 0
    for (const { beat } of this.work.layout.contexts) beats += Atomics.load(this.#words, beat / 4)
    return beats
  }

  #stop(): void {
    for (const { stop } of this.work.layout.contexts) Atomics.store(this.#words, stop / 4, 1)
    Atomics.store(this.#words, this.#place('stop'), 1)
    Atomics.store(this.#words, this.#place('next'), this.work.collector.treeCount)
  }

  #refuseLost(): never {
    const { layout, operation } = this.work
    const rule = `to finish its tree, but none has gone on for ${this.patienceMs / 1000} s`
    throw threadLost(operation, layout.addresses.length, rule)
  }

  #refuseFull(): void {
    if (this.#get('full') === 0) return
    throw new HoldfastError(this.work.operation, [
      {
        code: 'memory-exceeded',
        parameter: 'the trees of the threads',
        rule: 'to fit into the 4 GiB that kernels can reach, and into what the platform gives',
        wayOut: 'Train with a larger minRowsPerLeaf, with threads: 1, or on fewer rows.',
      },
    ])
  }

  #place(field: JobField): number {
    return this.#address / 4 + jobFields.indexOf(field)
  }

  #get(field: JobField): number {
    return Atomics.load(this.#words, this.#place(field))
  }

  #set(field: JobField, value: number): void {
    this.#words[this.#place(field)] = value
  }
}
