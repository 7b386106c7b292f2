/** The longest that a training keeps the process busy, except for a single step. */
const busyMs = 20

/** Lets the process do other work between the steps of a training. */
export class Pauses {
  #last = performance.now()

  /** True where the last pause was long enough ago. */
  get isDue(): boolean {
    return performance.now() - this.#last >= busyMs
  }

  async take(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve))
    this.#last = performance.now()
  }
}

/** Runs all steps, and lets the process do other work in between. */
export async function pausing<Result>(steps: Generator<void, Result, void>): Promise<Result> {
  const pauses = new Pauses()
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (pauses.isDue) await pauses.take()
  }
}
