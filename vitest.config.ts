import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/support/closingLine.js'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Dates are days since 1970-01-01 UTC everywhere; a far-off zone makes an accidental local date visible.
    env: { TZ: 'Pacific/Auckland' },
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/buildPackage.ts'],
    setupFiles: ['test/support/noConsole.ts'],
    reporters: ['default', new ClosingLine()],
  },
})
