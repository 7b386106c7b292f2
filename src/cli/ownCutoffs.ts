import type { Command } from 'commander'
import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { readJsonFile } from '../base/readJsonFile.node.js'
import { cutoffsListed, type OwnCutoffs, ownCutoffsSchema } from '../population/ownCutoffs.js'
import type { Scorer } from '../score/scorer.js'
import { readTable } from '../table/readTable.node.js'

/** Options of commands that accept customers' own cutoffs. */
export interface OwnCutoffOptions {
  readonly ownCutoffs?: string
}

const example = '{ "kind": "before", "column": "contractEnd", "days": 7 }'

/** Adds the option of {@link OwnCutoffOptions}. */
export function addOwnCutoffs(command: Command): Command {
  return command.option(
    '--own-cutoffs <file>',
    `own cutoffs of customers: a table with the columns id and cutoff, or a .json file with a rule, ${example} (history only)`,
  )
}

/** Returns the files that the option names, to check that nothing is overwritten. */
export function ownCutoffFiles({ ownCutoffs }: OwnCutoffOptions): string[] {
  return ownCutoffs === undefined ? [] : [ownCutoffs]
}

/**
 * Returns the cutoffs of the file, undefined without one.
 *
 * @param given another option for the cutoff, which cannot be combined with the file
 */
export async function readOwnCutoffs(
  operation: string,
  { ownCutoffs }: OwnCutoffOptions,
  given: Readonly<Record<string, unknown>>,
): Promise<OwnCutoffs | undefined> {
  if (ownCutoffs === undefined) return undefined
  const others = Object.keys(given).filter((name) => given[name] !== undefined)
  refuse(
    operation,
    others.map((parameter) => {
      return {
        code: 'option-invalid',
        parameter,
        rule: 'to be left out if --own-cutoffs is given',
      } as const
    }),
  )
  if (!/\.json$/i.test(ownCutoffs)) {
    return cutoffsListed(await readTable(ownCutoffs, { types: { id: 'text', cutoff: 'day' } }))
  }
  const rule = await readJsonFile(operation, '--own-cutoffs', ownCutoffs, `Write a rule: ${example}.`)
  return checkOptions(operation, ownCutoffsSchema, rule)
}

/**
 * Returns the problem of a missing cutoff, for a model trained with customers' own cutoffs.
 *
 * @param given values of the options that set a cutoff; undefined = not set
 * @param other the option that sets one day for all
 */
export function momentProblems({ about }: Scorer, given: readonly unknown[], other: string): Problem[] {
  const { ownCutoffs } = about
  if (ownCutoffs === undefined || given.some((value) => value !== undefined)) return []
  return [
    {
      code: 'option-invalid',
      parameter: '--own-cutoffs',
      rule: `to be given, or ${other}: the model was trained with customers' own cutoffs`,
      ...(ownCutoffs.kind === 'listed' ? {} : { wayOut: `Its rule was ${JSON.stringify(ownCutoffs)}.` }),
    },
  ]
}
