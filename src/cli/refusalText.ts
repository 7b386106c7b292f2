import type { Command } from 'commander'
import { type HoldfastError, type Problem, problemSentence } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'

const problemsShown = 50

// How the library offers to continue without bad rows; printed once, after all problems
const setAsideHints = [
  'Or set such rows aside, counted and listed, with readTableWithRejects.',
  "Or leave such rows out, counted and listed, with badRows: 'setAside'.",
]

/**
 * Returns the message of a refusal with the flags of a command instead of the options of functions.
 *
 * @param command the command that ran; undefined where none did
 */
export function refusalText(error: HoldfastError, command: Command | undefined): string {
  const sentences = error.problems.map((problem) => problemSentence(problemOfCommand(problem, command)))
  const name = command === undefined ? 'holdfast' : `holdfast ${command.name()}`
  const footer = offersToSetAside(error.problems)
    ? '\nOr continue without such rows: with --bad-rows set-aside they are counted and written to a rejects file.'
    : ''
  if (sentences.length === 1) return `${name}: ${sentences[0]}${footer}`
  const lines = sentences.slice(0, problemsShown).map((sentence, index) => `  ${index + 1}. ${sentence}`)
  const hidden = sentences.length - lines.length
  if (hidden > 0) lines.push(`  … and ${hidden} more.`)
  return `${name}: ${sentences.length} problems\n${lines.join('\n')}${footer}`
}

/** Returns a note about an input with the flags of a command instead of the options of functions. */
export function noteText(note: string, command?: Command): string {
  return wayOutOfCommand(note, { code: 'column-type', parameter: 'table', rule: '' }, command)
}

/** Returns whether a refusal is only about wrong values of flags. */
export function isUsageError(error: HoldfastError, command: Command | undefined): boolean {
  return error.problems.every(
    (problem) =>
      problem.code.startsWith('option-') && problemOfCommand(problem, command).parameter.startsWith('--'),
  )
}

function offersToSetAside(problems: readonly Problem[]): boolean {
  return problems.some(({ wayOut = '' }) => setAsideHints.some((hint) => wayOut.includes(hint)))
}

function problemOfCommand(problem: Problem, command: Command | undefined): Problem {
  const { wayOut, ...facts } = problem
  const translated = wayOut === undefined ? '' : wayOutOfCommand(wayOut, problem, command)
  return {
    ...facts,
    parameter: parameterOfCommand(problem, command),
    rule: problem.rule
      .replace('(maxRejectShare)', '(--max-reject-share)')
      .replace('(maxUnseenShare)', '(--max-unseen-share)')
      .replace("(repeatedRows: 'refuse')", '(--repeated-rows refuse)'),
    ...(translated === '' ? {} : { wayOut: translated }),
  }
}

function parameterOfCommand({ parameter, place }: Problem, command: Command | undefined): string {
  // A user's column may have the name of an option
  if (place?.column !== undefined || place?.table !== undefined) return parameter
  if (parameter === 'sources') return 'the history'
  return flagOf(parameter, command) ?? parameter
}

/** Options of functions whose flags have other names. */
const flagNames: Readonly<Record<string, string>> = {
  silentDays: 'horizonDays',
  folder: 'out',
}

function flagOf(option: string, command: Command | undefined): string | undefined {
  // Flags have no groups: each option of an offer or an evaluation has its own flag
  const bare = option.replace(/^(offer|evaluate)\./, '')
  const name = ownValue(flagNames, bare) ?? bare
  return command?.options.find((each) => each.attributeName() === name)?.long ?? undefined
}

type Rewrite = (found: readonly string[], problem: Problem, command: Command | undefined) => string

/** Translates ways out of the library into flags: a pattern in the sentence and its replacement. */
const rewrites: readonly (readonly [RegExp, Rewrite])[] = [
  ...setAsideHints.map((hint) => [new RegExp(` ?${escaped(hint)}`), () => ''] as const),
  [/name the mark in missing: \['(.*?)'\]/, ([, mark]) => `name the mark with --missing ${quoted(mark!)}`],
  [
    / with decimal: \{ "(.*?)": '(.)' \} and (.*?) with decimal: \{ ".*?": '(.)' \}/,
    ([, name, one, what, other]) =>
      ` with --decimal ${quoted(`${name}=${one}`)} and ${what} with --decimal ${quoted(`${name}=${other}`)}`,
  ],
  [
    / with dateFormat: \{ "(.*?)": '(.*?)' \} and (.*?) with dateFormat: \{ ".*?": '(.*?)' \}/,
    ([, name, one, what, other]) =>
      ` with --date-format ${quoted(`${name}=${one}`)} and ${what} with --date-format ${quoted(`${name}=${other}`)}`,
  ],
  [
    / with decimal: \{ "(.*?)": '(.)' \}: say so/,
    ([, name, sign]) => ` with --decimal ${quoted(`${name}=${sign}`)}: say so`,
  ],
  [
    / with dateFormat: \{ "(.*?)": '(.*?)' \}; where/,
    ([, name, format]) => ` with --date-format ${quoted(`${name}=${format}`)}; where`,
  ],
  [
    / with dateFormat: \{ "(.*?)": '(.*?19YY.*?)' \},? or/,
    ([, name, format]) => ` with --date-format ${quoted(`${name}=${format}`)}, or`,
  ],
  [
    /Set the signs of this column: decimal: \{ "(.*?)": '(.)' \}/,
    ([, name, sign]) => `Set the signs of this column: --decimal ${quoted(`${name}=${sign}`)}`,
  ],
  [/,? or declare types: \{ "(.*?)": 'text' \}/, readAsText],
  [/Declare types: \{ "(.*?)": 'text' \} for an id/, () => 'Name it in --id if it is one'],
  [
    /, or read the column as text with types: \{ (.*?): 'text' \}/,
    ([, name], { place }) =>
      `, or read the column as text in a .json file for --history: { "${place?.table}": { "from": …, "types": { "${name}": "text" } } }`,
  ],
  [/as today\b/, () => 'with --today'],
  [/Open it with repeatedRows: '(.*?)'/, ([, rule]) => `Leave --repeated-rows out, or give ${rule!}`],
  [/(with )?repeatedRows: 'drop'/, ([, preposition = '']) => `${preposition}--repeated-rows drop`],
  [/, as repeatedRows asks/, () => ', as --repeated-rows asks'],
  [/rowsPerCustomer: 'several'/, () => '--rows-per-customer several'],
  [/Read it with timeZone: '(.*?)'/, ([, name]) => `Leave --time-zone out, or give ${name!}`],
  [/Open it with timeZone: '(.*?)'/, ([, name]) => `Leave --time-zone out, or give ${name!}`],
  [/or give openHistory completeUntil: \{ (.*?) \}/, ([, days]) => `or give ${completeUntilFlags(days!)}`],
  [/or give openHistory completeUntil/, () => 'or name the day with --complete-until'],
  [
    /(?:Map the name in your file to ours|Map names) with \{ from, columns(?:: \{ .*? \})? \}\./,
    (_, { parameter, place }) =>
      `Map your names to ours in a .json file for --history: { "${place?.table}": { "from": …, "columns": { "${parameter.replace('column ', '')}": … } } }.`,
  ],
  [/It is a folder; name the files in it.*/, toHistory],
  [
    /([Rr])ead it with encoding: '(.*?)'/,
    ([, read, name], { place }) =>
      place?.table === undefined
        ? `${read}ead it with --encoding ${name}`
        : `${read}ead all tables with --encoding ${name}, or this one with { "${place.table}": { "from": …, "encoding": "${name}" } } in a .json file for --history`,
  ],
  [/Convert it to UTF-8, for instance with iconv\./, convertOrName],
  [/Name it in exclude, or give asOf/, (_, __, command) => excludeOrGive(command)],
  [/Name it: \{ label: .*?, (positive|negative): … \}/, ([, name]) => `Name it with --${name}`],
  [
    /Say which mean what: \{ label: .*?, positive: .*?, negative: .*? \}; or/,
    () => 'Say what each means with --positive and --negative, as often as needed; or',
  ],
  [/Give it: \{ asOf: .*? \}/, () => 'Give it with --as-of'],
  [/asOf, the day of the forecast/, () => '--as-of, the day of the forecast'],
  [
    /read it with dateFormat: \{ "(.*?)": '(.*?)' \}, or name it in exclude/,
    ([, name, format]) =>
      `read it with --date-format ${quoted(`${name}=${format}`)}, or name it in --exclude`,
  ],
  [
    /write them as YYYY-MM-DD, or name it in exclude/,
    () => 'write them as YYYY-MM-DD, or name it in --exclude',
  ],
  [
    /Read it with notations: .*? where it is written as in training, else with decimal: \{ "(.*?)": '(.)' \}/,
    ([, name, sign]) =>
      `Read it with --decimal ${quoted(`${name}=${sign}`)} if it is not written as in training`,
  ],
  [/list them in missing, or declare its kind in types when reading/, () => 'or list them with --missing'],
  [/list them in missing/, () => 'list them with --missing'],
  [
    /Use fromFlatTable for a flat table with one row and a label per customer\./,
    () => 'Give a file with one row and a label per customer without --history.',
  ],
  [
    /report\.leftOut says .*?; churnPlan\(\{ optionalFeatures: \[\] \}\) keeps (it|them)/,
    ([, them]) => `--all-features keeps ${them}`,
  ],
  [/set overwrite to true/, () => 'add --overwrite'],
  [/Choose other signals, or a later asOf\./, () => 'Choose a later --as-of.'],
  [/ ?If you trust where it comes from, raise maxBytes\./, () => ''],
  [/Write the file again with saveScorer\./, () => 'Train the model again.'],
  [
    /^Give (.*?): \{ categories: (\{.*\}) \}\.$/,
    ([, what, texts]) => `Give ${what} in a JSON file with --categories: ${texts}.`,
  ],
  [/give the texts in the option categories/, () => 'give the texts with --categories'],
]

function wayOutOfCommand(text: string, problem: Problem, command: Command | undefined): string {
  return rewrites
    .reduce(
      (sentence, [pattern, rewrite]) =>
        sentence.replaceAll(new RegExp(pattern, 'g'), (...found: string[]) =>
          rewrite(found, problem, command),
        ),
      text,
    )
    .trim()
}

function readAsText([, name]: readonly string[], _: Problem, command: Command | undefined): string {
  // Only training can choose: later the model says what is text
  return flagOf('textColumns', command) === undefined
    ? ''
    : `, or read the column as text with --text-columns ${quoted(name!)}`
}

function toHistory([found]: readonly string[], { place }: Problem): string {
  if (place?.table !== undefined) return found!
  return 'It is a folder: give the tables of a raw history with --history.'
}

function convertOrName([found]: readonly string[], { place }: Problem): string {
  return place?.table !== undefined ? found! : 'Name its encoding with --encoding, or convert it to UTF-8.'
}

function excludeOrGive(command: Command | undefined): string {
  return flagOf('exclude', command) === undefined ? 'Give --as-of' : 'Name it in --exclude, or give --as-of'
}

/** Returns days of tables, `usage: '<day>'`, as flags. */
export function completeUntilFlags(days: string): string {
  return days.replaceAll(/(\w+): '(.*?)'(?:, )?/g, ' --complete-until $1=$2').trim()
}

function quoted(word: string): string {
  return /^[\w.,=/-]+$/.test(word) ? word : `'${word}'`
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
