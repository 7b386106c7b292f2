import { compileKernels, KernelMemory } from '../tree/kernelMemory.js'
import { forestBytes } from '../tree/kernels/forestBytes.js'
import type { ForestLayout } from './forestMemory.js'
import { PlainGrower } from './plainGrower.js'

/** Grows a tree by its number; returns how many nodes it has, which lie at `nodes` of the context. */
export type GrowTree = (tree: number) => number

/** A memory, and what grows trees in it. */
export interface ForestKernels {
  readonly memory: KernelMemory
  growerOf(layout: ForestLayout): GrowTree
}

/** Returns the kernels in WebAssembly. @throws {Error} where the platform has none */
export function webAssemblyKernels(): ForestKernels {
  const memory = KernelMemory.forWebAssembly()
  const instance = new WebAssembly.Instance(compileKernels(forestBytes), { env: { memory: memory.shared! } })
  const grow = instance.exports['growForestTree'] as (address: number, tree: number) => number
  return {
    memory,
    growerOf:
      ({ address }) =>
      (tree) =>
        grow(address, tree),
  }
}

/** Returns the kernels in TypeScript: the same trees, several times slower. */
export function plainKernels(): ForestKernels {
  const memory = KernelMemory.forPlain()
  return {
    memory,
    growerOf: (layout) => {
      const grower = new PlainGrower(memory, layout)
      return (tree) => grower.grow(tree)
    },
  }
}

/** Returns the fastest kernels that the platform has. */
export function forestKernels(): ForestKernels {
  try {
    return webAssemblyKernels()
  } catch {
    return plainKernels()
  }
}
