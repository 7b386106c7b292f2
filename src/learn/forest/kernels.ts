import { compileKernels, KernelMemory } from '../../base/kernelMemory.js'
import { forestBytes } from '../tree/kernels/forestBytes.js'
import type { ForestLayout } from './forestMemory.js'
import { PlainGrower } from './plainGrower.js'

/** Grows a tree by its number; returns how many nodes it has, which lie at `nodes` of the first context. */
export type GrowTree = (tree: number) => number

/** A memory, and what grows trees in it. */
export interface ForestKernels {
  readonly memory: KernelMemory
  /** What further threads run; null where there can be none. */
  readonly module: WebAssembly.Module | null
  growerOf(layout: ForestLayout): GrowTree
}

/** Returns the kernels in WebAssembly; `operation` is who is named where memory ends. @throws {Error} where the platform has none */
export function webAssemblyKernels(operation: string): ForestKernels {
  const memory = KernelMemory.forWebAssembly(operation)
  const module = compileKernels(forestBytes)
  const instance = new WebAssembly.Instance(module, { env: { memory: memory.shared! } })
  const grow = instance.exports['growForestTree'] as (address: number, tree: number) => number
  return {
    memory,
    module,
    growerOf:
      ({ addresses }) =>
      (tree) =>
        grow(addresses[0]!, tree),
  }
}

/** Returns the kernels in TypeScript: the same trees, several times slower. */
export function plainKernels(operation: string): ForestKernels {
  const memory = KernelMemory.forPlain(operation)
  return {
    memory,
    module: null,
    growerOf: ({ contexts }) => {
      const grower = new PlainGrower(memory, contexts[0]!)
      return (tree) => grower.grow(tree)
    },
  }
}

/** Returns the fastest kernels that the platform has. */
export function forestKernels(operation: string): ForestKernels {
  try {
    return webAssemblyKernels(operation)
  } catch {
    return plainKernels(operation)
  }
}
