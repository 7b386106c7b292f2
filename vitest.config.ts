import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closingLine.js'

const all = ['test/**/*.test.ts']
const ofThePackage = ['test/package/*.test.ts']
// Whole programs that simulate, train and score; `npm test` leaves them to `npm run pages` and to CI.
const ofThePages = ['test/examples/*.test.ts', 'test/docs/pages.test.ts', 'test/package/memory.test.ts']
// Each memory of kernels reserves gigabytes of addresses, which one process for many files runs out of; a mocked module
// must not have been loaded before.
export const alone = [
  'test/learn/tree/*.test.ts',
  'test/learn/forest/*.test.ts',
  'test/cli/fullDisk.test.ts',
  'test/base/schema.test.ts',
]
// A test that hangs is to be found some day; how long one takes on a busy machine is no question to a test.
const tenMinutes = 600_000
const shared = {
  // Dates are days since 1970-01-01 UTC everywhere; a far-off zone makes an accidental local date visible.
  env: { TZ: 'Pacific/Auckland' },
  testTimeout: tenMinutes,
  hookTimeout: tenMinutes,
  setupFiles: ['test/support/noConsole.ts', 'test/support/equalLists.ts'],
}
const ofDist = { globalSetup: ['test/support/buildPackage.ts'] }

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        test: {
          ...shared,
          name: 'source',
          include: all,
          exclude: [...ofThePackage, ...ofThePages, ...alone],
          // Modules are loaded once for each process, not for each file: 34 files took 44 s of processor time instead of 64.
          isolate: false,
          setupFiles: [...shared.setupFiles, 'test/support/oneThread.ts'],
        },
      },
      { test: { ...shared, name: 'alone', include: alone } },
      // Only these use what is built, so only a run of one of these builds it.
      { test: { ...shared, ...ofDist, name: 'package', include: ofThePackage, exclude: ofThePages } },
      { test: { ...shared, ...ofDist, name: 'pages', include: ofThePages } },
    ],
  },
})
