import { readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { alone } from '../../vitest.config.js'
import { instrumented, type Numbered } from './instrument.js'
import { readPlan } from './plan.js'

const root = process.cwd()
const plan = readPlan()
const byFile = new Map<string, Numbered[]>()
plan.mutants.forEach((mutant, number) => {
  const known = byFile.get(mutant.file)
  if (known === undefined) byFile.set(mutant.file, [[number, mutant]])
  else known.push([number, mutant])
})

const mutants: Plugin = {
  name: 'mutants',
  enforce: 'pre',
  load(id) {
    const numbered = byFile.get(relative(root, id))
    return numbered === undefined ? null : instrumented(readFileSync(id, 'utf8'), numbered, plan.how)
  },
}

/** The tests that are planned first run first: what they kill, others need not run. */
class PlannedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = Object.keys(plan.runs)
    const place = ({ moduleId }: TestSpecification): number => order.indexOf(relative(root, moduleId))
    return files.toSorted((a, b) => place(a) - place(b))
  }
}

const shared = {
  env: { TZ: 'Pacific/Auckland' },
  testTimeout: 600_000,
  hookTimeout: 600_000,
  setupFiles: ['test/support/noConsole.ts', 'scripts/mutation/setup.ts'],
  runner: 'scripts/mutation/runner.ts',
}
const include = Object.keys(plan.runs)
const ofTheirOwn = include.filter(
  (file) => alone.includes(file) || alone.includes(`${dirname(file)}/*.test.ts`),
)

export default defineConfig({
  root,
  test: {
    maxWorkers: 2,
    reporters: ['dot'],
    update: false,
    sequence: { sequencer: PlannedOrder },
    projects: [
      // Loading the sources takes longer than most tests; a probe wants to see it.
      {
        plugins: [mutants],
        test: {
          ...shared,
          name: 'shared',
          include: include.filter((file) => !ofTheirOwn.includes(file)),
          isolate: plan.how === 'probe',
        },
      },
      { plugins: [mutants], test: { ...shared, name: 'alone', include: ofTheirOwn } },
    ],
  },
})
