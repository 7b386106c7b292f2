import type { Command } from 'commander'
import { Option } from 'commander'
import type { EpochDay } from '../../base/days.js'
import { type NightProgress, type NightResult, recoverNight, runNight } from '../../night/runNight.js'
import { dayOption, numberOption } from '../optionParsers.js'
import { progressLine, type Terminal } from '../terminal.js'

interface RunCommandOptions {
  readonly asOf?: EpochDay
  readonly from?: EpochDay
  readonly to?: EpochDay
  readonly every: 'day' | 'month'
  readonly wait: number
  readonly allowTrainingPeriod: boolean
  readonly recover: boolean
}

/** Adds `holdfast run`: the night job. */
export function addRunCommand(program: Command, terminal: Terminal): Command {
  return program
    .command('run')
    .argument('<job>', 'JSON file with the model, the sources and the outputs')
    .option(
      '--as-of <YYYY-MM-DD>',
      'day of the forecast, the first that is not looked at (default: the end of the history)',
      dayOption,
    )
    .option('--from <YYYY-MM-DD>', 'run several days in the past: the first of them', dayOption)
    .option('--to <YYYY-MM-DD>', 'run several days in the past: the last of them', dayOption)
    .addOption(
      new Option('--every <step>', 'step from --from to --to').choices(['day', 'month']).default('month'),
    )
    .option('--wait <seconds>', 'longest time to wait for another run of the job', numberOption, 0)
    .option(
      '--allow-training-period',
      'allow days before the end of the outcomes that the model was trained on',
      false,
    )
    .option('--recover', 'only end what a run that was cut off has begun to publish', false)
    .addHelpText(
      'after',
      `
A second run of a night with the same model, data and configuration changes nothing; one that was cut off is gone on with.
Without a terminal, progress is one line of JSON for each step, on standard output.

Examples:
  holdfast run nightly.json
  holdfast run nightly.json --as-of 2025-06-01
  holdfast run nightly.json --from 2024-07-01 --to 2025-06-01`,
    )
    .action(async (job: string, options: RunCommandOptions) => {
      if (options.recover) {
        const outcome = await recoverNight(job)
        terminal.output(
          terminal.isTerminal
            ? `${recovered[outcome]}\n`
            : `${JSON.stringify({ event: 'recovered', outcome })}\n`,
        )
        return
      }
      const { wait, every, allowTrainingPeriod, asOf, from, to } = options
      const line = progressLine(terminal)
      const results = await runNight(job, {
        every,
        allowTrainingPeriod,
        waitSeconds: wait,
        ...(asOf === undefined ? {} : { asOf }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        onProgress: (progress) => {
          if (terminal.isTerminal)
            line.show({ step: stepText(progress), done: progress.done, total: progress.total })
          else terminal.output(`${JSON.stringify({ event: 'step', ...progress })}\n`)
        },
      }).finally(line.end)
      for (const result of results) sayResult(terminal, result)
    })
}

const recovered = {
  published: 'the rest of a night was published',
  removed: 'what a night had not yet published was removed',
  nothing: 'no run had been cut off while it published',
}

function stepText({ step, asOf }: NightProgress): string {
  return asOf === null ? step : `${asOf} ${step}`
}

function sayResult(terminal: Terminal, { asOf, outcome, manifest }: NightResult): void {
  const { counts, figures, warnings, outputs, run } = manifest
  if (!terminal.isTerminal) {
    terminal.output(
      `${JSON.stringify({ event: 'night', asOf, outcome, run, ...counts, ...figures, warnings, outputs })}\n`,
    )
    return
  }
  for (const warning of warnings) terminal.message(`note: ${warning}\n`)
  const bands = Object.entries(figures.bands)
    .map(([name, customers]) => `${customers} ${name}`)
    .join(', ')
  const what =
    outcome === 'unchanged'
      ? 'nothing has changed since it was published'
      : `scored ${counts.scored} customers: ${bands}; wrote ${outputs.map(({ to }) => to).join(', ')}`
  terminal.output(`${asOf}: ${what}\n`)
}
