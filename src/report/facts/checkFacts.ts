import { HoldfastError } from '../../base/errors.js'
import type { ReportFacts } from './reportFacts.js'

/** Throws where something else than the facts of a report was given, or facts of a later version. */
export function checkFacts(operation: string, facts: ReportFacts): void {
  const { format, version } = (facts ?? {}) as { readonly format?: unknown; readonly version?: unknown }
  if (format === 'holdfast report' && version === 1) return
  const isLater = format === 'holdfast report'
  throw new HoldfastError(operation, [
    {
      code: 'value-type',
      parameter: 'facts',
      rule: isLater ? 'to be of version 1' : 'to be what modelReport returns, or its JSON read back',
      received: isLater ? version : format,
      wayOut: isLater ? 'Use a newer holdfast.' : 'Make them with modelReport(model, test) first.',
    },
  ])
}
