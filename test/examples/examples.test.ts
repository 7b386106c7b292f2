import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)
const numbered = readdirSync('examples').filter((file) => /^\d\d-.*\.ts$/.test(file))
const programs = [...numbered, 'quickstart.ts'].map((file) => `examples/${file}`)

// What a program must print to be of use; one line each that only a program that went its whole way prints.
const lastWords: Readonly<Record<string, RegExp>> = {
  'examples/01-table.ts': /the same after Parquet: true/,
  'examples/02-history.ts': /usage 3 day: event-before-activation[\s\S]*minutes: 7/,
  'examples/03-population.ts': /\d+ {2}counted[\s\S]*doNotDisturb is true/,
  'examples/04-label.ts': /"kind":"valueDropped"[\s\S]*horizon not complete[\s\S]*silent: \d+ customers/,
  'examples/05-feature.ts': /bills_amount_drop_3m = 0.5[\s\S]*customers × \d+ features/,
  'examples/06-dataset.ts': /fingerprint [0-9a-f]{12}[\s\S]*train \d+, purged [1-9]\d*, test \d+/,
  'examples/07-learn.ts': /contributions add up: true\nsame after saving: true/,
  'examples/08-evaluate.ts': /ROC AUC[\s\S]*fewer[\s\S]*It earned [1-9]\d+ €/,
  'examples/09-score.ts': /% (high|middle|low)\n.*odds of leaving/,
  'examples/10-lifecycle.ts': /^decline: bill amount[\s\S]*recovered from decline/,
  'examples/11-training-set.ts':
    /Did you mean minutes[\s\S]*no outcome, arrears: [1-9][\s\S]*PSI[\s\S]*purged [1-9][\s\S]*in a service: \d+ features/,
  'examples/12-report.ts': /report\.html: \d+ kB, and [1-9]\d* files of pictures\nbest list: the top \d+ %/,
  'examples/13-select.ts':
    /← taken[\s\S]*calibration of a forest: \w+, log loss[\s\S]*log loss of the chosen one/,
  'examples/14-backtest.ts': /2024-11-01[\s\S]*refitted[\s\S]*tenure_months/,
  'examples/quickstart.ts': /ten riskiest[\s\S]*scores.parquet[\s\S]*decline[\s\S]*Done in \d+ s/,
}

it('every example says what it must print', () => {
  expect(Object.keys(lastWords).sort()).toEqual([...programs].sort())
})

it.each(programs)('%s runs to its end as a user would run it', async (program) => {
  const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', program])
  expect(stdout).toMatch(lastWords[program]!)
  expect(stderr).toBe('')
})

it('models/telco is what its script makes, bit for bit', async () => {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', 'models/telco/rebuild.ts', '--check'])
  expect(stdout).toContain('the same, bit for bit')
})
