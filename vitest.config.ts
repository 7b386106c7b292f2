import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Dates are days since 1970-01-01 UTC everywhere; a far-off zone makes an accidental local date visible.
    env: { TZ: 'Pacific/Auckland' },
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/no-console.ts'],
  },
})
