// The words through which a job reaches the threads. Their places are known to ../kernelTeam.ts and ../plain/kernelViews.ts too.

/** The block lies at the first address that a memory gives. */
export const control: usize = 64
const argumentsAt: usize = control + 64
const numbersAt: usize = control + 192

/** Counts the jobs; threads wait for it to change. */
export const jobAt: usize = control
/** Counts the threads that are done with the job. */
export const doneAt: usize = control + 4

@inline
export function operation(): i32 {
  return load<i32>(control + 8)
}

@inline
export function threadCount(): i32 {
  return load<i32>(control + 12)
}

@inline
export function argument(index: i32): i32 {
  return load<i32>(argumentsAt + (<usize>index << 2))
}

@inline
export function address(index: i32): usize {
  return <usize>load<u32>(argumentsAt + (<usize>index << 2))
}

@inline
export function number(index: i32): f64 {
  return load<f64>(numbersAt + (<usize>index << 3))
}

@inline
export function packed(index: i32): i64 {
  return load<i64>(numbersAt + (<usize>index << 3))
}

/** First of the `count` items that belong to a thread; the multiple of `step` keeps threads on words of their own. */
export function shareBegin(count: i32, thread: i32, step: i32): i32 {
  const steps = <i64>((count + step - 1) / step)
  return min(<i32>((steps * <i64>thread) / <i64>threadCount()) * step, count)
}
