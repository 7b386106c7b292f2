import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { type Plan, planFile, resultsFile } from './plan.js'

/** Runs the test files of a plan; what they say is in the results. Their failures are no failure of the run. */
export async function runVitest(plan: Plan, before: 'forget' | 'keep' = 'forget'): Promise<void> {
  writeFileSync(planFile, JSON.stringify(plan))
  if (before === 'forget') writeFileSync(resultsFile, '')
  const flags = ['run', '--config', 'scripts/mutation/vitest.config.ts']
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...flags], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.on('error', reject)
    child.on('exit', resolve)
  })
}
