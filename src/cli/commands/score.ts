import { type Command, Option } from 'commander'
import { type EpochDay, formatDay } from '../../base/days.js'
import { inNameOf, type Problem, refuse } from '../../base/errors.js'
import { numberColumn } from '../../base/matrix.js'
import { readJsonFile } from '../../base/readJsonFile.node.js'
import { writeTogether } from '../../base/wholeFile.node.js'
import { completeUntilOf } from '../../engine/completeUntil.js'
import { type LanguageName, languageNames } from '../../feature/name/language.js'
import type { ReasonSettings } from '../../score/reasonSettings.js'
import { scoredTables, scoreHistory } from '../../score/scoreHistory.js'
import type { ScoreOptions, Scorer } from '../../score/scorer.js'
import { columnMissing, Table } from '../../table/table.js'
import { filesOfSources, historySources } from '../historySources.js'
import { addInputOptions, checkInput, type InputOptions, openInputHistory } from '../inputOptions.js'
import { sayLeftOut, sayNotes } from '../leftOut.js'
import { checkHistoryModel, checkTableModel, readModel } from '../modelInput.js'
import { dayOption, integerOption, numberOption } from '../optionParsers.js'
import { checkOutputs } from '../outputFiles.js'
import {
  addOwnCutoffs,
  momentProblems,
  type OwnCutoffOptions,
  ownCutoffFiles,
  readOwnCutoffs,
} from '../ownCutoffs.js'
import { type InputTable, readInputTable } from '../readInputTable.js'
import { rejectsFile, writeRejects } from '../rejects.js'
import { addTableOutputOptions, type TableOutputOptions, tableFiles, writeTables } from '../tableOutput.js'
import type { Terminal } from '../terminal.js'
import { sayUnseen, unseenSummary } from '../unseen.js'

interface ScoreCommandOptions extends InputOptions, TableOutputOptions, OwnCutoffOptions {
  readonly id?: string
  readonly asOf?: EpochDay
  readonly reasons: number
  readonly language?: LanguageName
  readonly reasonSettings?: string
  readonly value?: string
  readonly valueUnit?: string
  readonly maxUnseenShare: number
  readonly spreadsheetSafe?: boolean
}

/** Scores, values the model has not seen, and the rows without a score that were set aside. */
interface Scored {
  readonly scores: Table
  readonly unseen: Table
  readonly rejects: Table
}

/** Adds `holdfast score`: every customer's risk, band and reasons. */
export function addScoreCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('score')
    .argument('<model>', 'model file written by holdfast train')
    .argument('[file]', 'table with one row per customer, for a model trained on one')
  addTableOutputOptions(command)
    .option('--id <column>', 'column that names the customer (file only; default: the number of the row)')
    .option(
      '--as-of <YYYY-MM-DD>',
      'day of the forecast, the first that is not looked at (default: the end of the history; a file needs it if the model reads days)',
      dayOption,
    )
    .option('--reasons <count>', 'reasons per customer, 0 to 20', integerOption, 3)
    .addOption(
      new Option('--language <name>', 'language of the reasons (default: en)').choices(languageNames),
    )
    .option(
      '--reason-settings <file.json>',
      'families, actionability, featureLabels and playbook of the reasons, as scorer.with takes them',
    )
    .option(
      '--value <column>',
      'column of the file, or feature, with what a customer is worth: adds probability × value',
    )
    .option('--value-unit <text>', 'unit of --value, such as "EUR a month"')
    .option(
      '--max-unseen-share <share>',
      'largest share of customers whose value in a column may be new to the model; above it nothing is written',
      numberOption,
      1,
    )
  return addInputOptions(addOwnCutoffs(command))
    .addHelpText(
      'after',
      `
Examples:
  holdfast score telco.model telco.csv --out scores.csv
  holdfast score telco.model telco.csv --value monthly_charges --value-unit "USD a month" --language zh --out scores.csv
  holdfast score churn.model --history operator --as-of 2025-06-01 --out scores.parquet --out scores.csv`,
    )
    .action(async (modelFile: string, file: string | undefined, options: ScoreCommandOptions) => {
      checkInput(command, file)
      refuse('score', valueProblems(options))
      const scorer = await withSettings(await readModel(modelFile, command), options)
      const { scores, unseen, rejects } =
        file === undefined
          ? await scoresOfHistory(scorer, modelFile, options, terminal)
          : await scoresOfFile(scorer, modelFile, file, options)
      const ranked = riskiestFirst(scores)
      sayUnseen(terminal, scorer, unseen, ranked.rowCount)
      await writeTogether(async () => {
        await writeRejects(rejects, options, terminal)
        await writeTables(ranked, options)
      })
      terminal.output(
        `scored ${ranked.rowCount} customers: ${bandCounts(ranked, scorer)}${unseenSummary(unseen)}; wrote ${options.out.join(', ')}\n`,
      )
    })
}

async function scoresOfFile(
  scorer: Scorer,
  modelFile: string,
  file: string,
  options: ScoreCommandOptions,
): Promise<Scored> {
  const inputs = [modelFile, file, ...settingsFile(options)]
  await checkOutputs('score', [...tableFiles(options), ...rejectsFile(options)], inputs)
  const texts = scorer.model.features.filter((spec) => spec.kind === 'text').map((spec) => spec.name)
  const notations = scorer.about.flat?.notations
  const { timeZone } = scorer.about
  const wanted = { id: options.id, texts, timeZone, ...(notations === undefined ? {} : { notations }) }
  return readInputTable(file, options, wanted, (input) => ({
    ...scoresOfTable(scorer, input, options),
    rejects: input.rejects,
  }))
}

function scoresOfTable(
  scorer: Scorer,
  { table, numberOf }: InputTable,
  options: ScoreCommandOptions,
): Omit<Scored, 'rejects'> {
  const { id, asOf } = options
  refuse('score', id === undefined || table.has(id) ? [] : [columnMissing(id, table)])
  checkTableModel(scorer, table)
  const asked = { ...askedOf(options), ...(asOf === undefined ? {} : { asOf }) }
  if (id !== undefined) {
    const scores = scorer.scoreTable(table, { ...asked, id })
    return { scores, unseen: scores.unseen }
  }
  // Sorted by risk, a score without a name could not be matched to its customer
  const scores = scorer.scoreTable(table, asked)
  const numbers = Array.from({ length: scores.rowCount }, (_, row) => numberOf(row))
  const columns = [numberColumn('row', numbers), ...scores.columns]
  return { scores: new Table(columns, scores.rowCount), unseen: scores.unseen }
}

async function scoresOfHistory(
  scorer: Scorer,
  modelFile: string,
  options: ScoreCommandOptions,
  terminal: Terminal,
): Promise<Scored> {
  checkHistoryModel(scorer, modelFile)
  const sources = await historySources(options.history!, terminal)
  const outputs = [...tableFiles(options), ...rejectsFile(options)]
  const inputs = [modelFile, ...filesOfSources(sources), ...ownCutoffFiles(options), ...settingsFile(options)]
  await checkOutputs('score', outputs, inputs)
  const history = await openInputHistory(sources, options, scorer.about)
  try {
    const { asOf = completeUntilOf(history, scoredTables(scorer)) } = options
    const own = await readOwnCutoffs('score', options, { '--as-of': options.asOf })
    refuse('score', momentProblems(scorer, [own, options.asOf], '--as-of'))
    const asked = { ...askedOf(options), ...(own === undefined ? { asOf } : { cutoffs: own }) }
    const { scores, population } = await scoreHistory(history, scorer, asked)
    terminal.message(`as of ${own === undefined ? formatDay(asOf) : "the customers' own cutoffs"}\n`)
    sayNotes(terminal, history)
    sayLeftOut(terminal, 'not scored', population)
    return { scores, unseen: scores.unseen, rejects: history.rejects }
  } finally {
    await history.close()
  }
}

/** Returns the options of scoring that files and histories share. */
function askedOf({ reasons, language, maxUnseenShare, value, valueUnit }: ScoreCommandOptions): ScoreOptions {
  return {
    reasons,
    maxUnseenShare,
    ...(language === undefined ? {} : { language }),
    ...(value === undefined ? {} : { value: { column: value, unit: valueUnit! } }),
  }
}

function valueProblems({ value, valueUnit }: ScoreCommandOptions): Problem[] {
  if ((value === undefined) === (valueUnit === undefined)) return []
  const [parameter, other] =
    value === undefined ? (['--value', '--value-unit'] as const) : (['--value-unit', '--value'] as const)
  return [
    {
      code: 'option-invalid',
      parameter,
      rule: `to be given with ${other}`,
      wayOut: 'A value is said with its unit: --value monthly_charges --value-unit "EUR a month".',
    },
  ]
}

const settingsHint = 'Write {"playbook": {"families": {"price": "offer a smaller plan"}}}.'

function settingsFile({ reasonSettings }: ScoreCommandOptions): string[] {
  return reasonSettings === undefined ? [] : [reasonSettings]
}

async function withSettings(scorer: Scorer, { reasonSettings }: ScoreCommandOptions): Promise<Scorer> {
  if (reasonSettings === undefined) return scorer
  const settings = await readJsonFile('score', '--reason-settings', reasonSettings, settingsHint)
  return inNameOf('score', () => scorer.with(settings as ReasonSettings))
}

function riskiestFirst(scores: Table): Table {
  const { values } = scores.numbers('probability')
  const order = Int32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b)
  return scores.take(order)
}

function bandCounts(scores: Table, scorer: Scorer): string {
  const { codes, dictionary } = scores.texts('band')
  const counts = new Map<string, number>()
  for (const code of codes) counts.set(dictionary[code]!, (counts.get(dictionary[code]!) ?? 0) + 1)
  return scorer.about.bands.map(({ name }) => `${counts.get(name) ?? 0} ${name}`).join(', ')
}
