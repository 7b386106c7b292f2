import type { Progress } from '../learn/contract.js'

/** Where a command writes: results to `output`, progress and problems to `message`. */
export interface Terminal {
  readonly output: (text: string) => void
  readonly message: (text: string) => void
  /** True if a person reads the messages; progress is shown only then. */
  readonly isTerminal: boolean
}

const barWidth = 24
const millisBetweenFrames = 80

/** Returns a progress watcher that redraws one line on a terminal and prints nothing if the messages are piped. */
export function progressLine(terminal: Terminal): {
  readonly show: (progress: Progress) => void
  readonly end: () => void
} {
  let drawnAt = 0
  let drawn = false
  return {
    show({ step, done, total }) {
      const now = Date.now()
      if (!terminal.isTerminal || (now - drawnAt < millisBetweenFrames && done < total)) return
      const filled = total === 0 ? barWidth : Math.round((done / total) * barWidth)
      terminal.message(
        `\r\u001b[2K${step} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total}`,
      )
      drawnAt = now
      drawn = true
    },
    end() {
      if (drawn) terminal.message('\r\u001b[2K')
      drawn = false
    },
  }
}
