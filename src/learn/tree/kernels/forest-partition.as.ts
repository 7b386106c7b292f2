import { codesBase, codesStep, Context, Pending } from './forest-context.as'

// Rows change sides from one array to the other: left ones from the front, right ones from the back. Both places are
// written and one of them counts: no branch that a processor would have to guess.

@inline
function goesLeft(code: u32, cut: u32, missing: u32, set: usize): u32 {
  if (set == 0) return u32(code <= cut) | u32(code == missing)
  return (<u32>load<u8>(set + (code >>> 3)) >>> (code & 7)) & 1
}

// Returns where the right side of the drawn rows begins.
export function partitionEntries(context: Context, node: Pending, from: u32, to: u32): u32 {
  const isText = load<u32>(context.isText + (<u32>node.column << 2)) != 0
  if (isText) return partitionWith(context, node, from, to, changetype<usize>(node) + offsetof<Pending>('set0'))
  return partitionWith(context, node, from, to, 0)
}

@inline
function partitionWith(context: Context, node: Pending, from: u32, to: u32, set: usize): u32 {
  const codes = codesBase(context, <u32>node.column)
  const step = codesStep(context)
  const cut = <u32>node.cut
  const missing: u32 = node.missingLeft != 0 ? load<u32>(context.binCounts + (<u32>node.column << 2)) : 256
  const end = from + (node.end << 3)
  let left = to + (node.begin << 3)
  let right = to + ((node.end - 1) << 3)
  for (let at = from + (node.begin << 3); at < end; at += 8) {
    const entry = load<u64>(at)
    const code: u32 = load<u8>(codes + (<u32>entry >>> 1) * step)
    const isLeft = goesLeft(code, cut, missing, set)
    store<u64>(left, entry)
    store<u64>(right, entry)
    left += isLeft << 3
    right -= (1 - isLeft) << 3
  }
  return (left - to) >>> 3
}

// The same for the rows that were not drawn.
export function partitionRest(context: Context, node: Pending, from: u32, to: u32): u32 {
  const isText = load<u32>(context.isText + (<u32>node.column << 2)) != 0
  if (isText) return partitionRestWith(context, node, from, to, changetype<usize>(node) + offsetof<Pending>('set0'))
  return partitionRestWith(context, node, from, to, 0)
}

@inline
function partitionRestWith(context: Context, node: Pending, from: u32, to: u32, set: usize): u32 {
  const codes = codesBase(context, <u32>node.column)
  const step = codesStep(context)
  const cut = <u32>node.cut
  const missing: u32 = node.missingLeft != 0 ? load<u32>(context.binCounts + (<u32>node.column << 2)) : 256
  const end = from + (node.restEnd << 2)
  let left = to + (node.restBegin << 2)
  let right = to + (node.restEnd << 2) - 4
  for (let at = from + (node.restBegin << 2); at < end; at += 4) {
    const row = load<u32>(at)
    const isLeft = goesLeft(load<u8>(codes + row * step), cut, missing, set)
    store<u32>(left, row)
    store<u32>(right, row)
    left += isLeft << 2
    right -= (1 - isLeft) << 2
  }
  return (left - to) >>> 2
}
