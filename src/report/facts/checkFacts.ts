import { HoldfastError } from '../../base/errors.js'
import { optionProblems } from '../../base/options.js'
import { factsRule } from './factsRule.js'
import type { ReportFacts } from './reportFacts.js'

const makeThem = 'Create them with modelReport(model, test) first.'

/** Throws if the value is not the facts of a report, is of a later version, or is incomplete. */
export function checkFacts(operation: string, facts: ReportFacts): void {
  const { format, version, ...parts } = Object(facts) as Readonly<Record<string, unknown>>
  if (format !== 'holdfast report' || version !== 1) {
    const isLater = format === 'holdfast report'
    throw new HoldfastError(operation, [
      {
        code: 'value-type',
        parameter: 'facts',
        rule: isLater ? 'to be of version 1' : 'to be what modelReport returns, or its JSON read back',
        received: isLater ? version : facts,
        wayOut: isLater ? 'Use a newer holdfast.' : makeThem,
      },
    ])
  }
  const [first, ...rest] = optionProblems(factsRule, parts).map((problem) => ({
    ...problem,
    code: 'value-type' as const,
    parameter: `facts.${problem.parameter}`,
    wayOut: makeThem,
  }))
  if (first !== undefined) throw new HoldfastError(operation, [first, ...rest])
}
