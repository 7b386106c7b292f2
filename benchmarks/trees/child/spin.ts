// 60 million dependent steps: about a twentieth of a second, long enough to meet whatever else runs on the core.
const steps = 60_000_000

/** Returns the seconds of a fixed piece of work in registers. */
export function spin(): number {
  const start = performance.now()
  let state = 1
  for (let step = 0; step < steps; step++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  const seconds = (performance.now() - start) / 1000
  if (state === 0) throw new Error('A full-period generator does not return to 0 here.')
  return seconds
}
