import { afterEach, beforeEach, expect, vi } from 'vitest'

// A library that prints by itself is a nuisance in a service: any console output fails the test.
const methods = ['log', 'info', 'warn', 'error', 'debug'] as const

beforeEach(() => {
  for (const method of methods) vi.spyOn(console, method)
})

afterEach(() => {
  const printed = methods.flatMap((method) =>
    vi.mocked(console[method]).mock.calls.map((call) => call.join(' ')),
  )
  vi.restoreAllMocks()
  expect(printed, 'printed to the console').toEqual([])
})
