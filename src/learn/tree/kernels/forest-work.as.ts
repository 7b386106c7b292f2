import { growForestTree, grownNodeBytes, grownSetBytes } from './forest.as'
import { Context } from './forest-context.as'

// What threads that grow trees together share. The order of the fields is that of `jobFields` in
// learn/forest/treeTeam.ts.
@unmanaged
class Job {
  treeCount: i32
  // The next tree that nobody grows yet.
  next: i32
  // Counts the answers, trees or the end of memory; who waits is woken when it changes.
  finished: i32
  stop: i32
  // Set where the memory could not grow.
  full: i32
  // Per thread: address of its context.
  contexts: u32
  // Per tree, 16 bytes: its nodes, how many they are, its sets, 1 when all is there.
  results: u32
}

const pageBytes: u32 = 65536
// Memory is asked for in pieces of 1 MiB and more.
const leastPages: u32 = 16

let free: u32 = 0
let freeEnd: u32 = 0

// Grows trees until there are none left that nobody grows.
export function work(thread: i32, address: u32): void {
  const job = changetype<Job>(address)
  const context = load<u32>(job.contexts + (<u32>thread << 2))
  while (true) {
    const tree = atomic.add<i32>(address + offsetof<Job>('next'), 1)
    if (tree >= job.treeCount) return
    const nodeCount = growForestTree(context, <u32>tree)
    if (atomic.load<i32>(address + offsetof<Job>('stop')) != 0) return
    const isKept = keepTree(job, changetype<Context>(context), <u32>tree, nodeCount)
    if (!isKept) atomic.store<i32>(address + offsetof<Job>('full'), 1)
    atomic.add<i32>(address + offsetof<Job>('finished'), 1)
    atomic.notify(address + offsetof<Job>('finished'), -1)
    if (!isKept) return
  }
}

// Copies the tree to where nobody else writes: false where there is no memory left.
function keepTree(job: Job, context: Context, tree: u32, nodeCount: i32): bool {
  const nodes = takeMemory(grownNodeBytes())
  const sets = takeMemory(grownSetBytes())
  if (nodes == 0 || sets == 0) return false
  memory.copy(nodes, context.nodes, grownNodeBytes())
  memory.copy(sets, context.sets, grownSetBytes())
  const result = job.results + (tree << 4)
  store<u32>(result, nodes)
  store<i32>(result, nodeCount, 4)
  store<u32>(result, sets, 8)
  atomic.store<i32>(result, 1, 12)
  return true
}

function takeMemory(bytes: u32): u32 {
  if (freeEnd - free < bytes || free == 0) {
    const pages = max(leastPages, (bytes + pageBytes - 1) / pageBytes)
    const first = memory.grow(pages)
    if (first < 0) return 0
    free = <u32>first * pageBytes
    freeEnd = free + pages * pageBytes
  }
  const taken = free
  free += bytes
  return taken
}
