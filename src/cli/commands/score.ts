import { type Command, Option } from 'commander'
import { type EpochDay, formatDay } from '../../base/days.js'
import { refuse } from '../../base/errors.js'
import { numberColumn } from '../../base/matrix.js'
import { writeTogether } from '../../base/wholeFile.node.js'
import { completeUntilOf } from '../../engine/completeUntil.js'
import { type LanguageName, languageNames } from '../../feature/name/language.js'
import { scoredTables, scoreHistory } from '../../score/scoreHistory.js'
import type { Scorer } from '../../score/scorer.js'
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
  readonly language: LanguageName
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
    .description('Score customers with a model file: risk, band and reasons, the riskiest first.')
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
      new Option('--language <name>', 'language of the reasons').choices(languageNames).default('en'),
    )
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
  holdfast score churn.model --history operator --as-of 2025-06-01 --out scores.parquet --out scores.csv`,
    )
    .action(async (modelFile: string, file: string | undefined, options: ScoreCommandOptions) => {
      checkInput(command, file)
      const scorer = await readModel(modelFile, command)
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
  await checkOutputs('score', [...tableFiles(options), ...rejectsFile(options)], [modelFile, file])
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
  { id, reasons, language, asOf, maxUnseenShare }: ScoreCommandOptions,
): Omit<Scored, 'rejects'> {
  refuse('score', id === undefined || table.has(id) ? [] : [columnMissing(id, table)])
  checkTableModel(scorer, table)
  const options = { reasons, language, maxUnseenShare, ...(asOf === undefined ? {} : { asOf }) }
  if (id !== undefined) {
    const scores = scorer.scoreTable(table, { ...options, id })
    return { scores, unseen: scores.unseen }
  }
  // Sorted by risk, a score without a name could not be matched to its customer
  const scores = scorer.scoreTable(table, options)
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
  await checkOutputs('score', outputs, [modelFile, ...filesOfSources(sources), ...ownCutoffFiles(options)])
  const history = await openInputHistory(sources, options, scorer.about)
  try {
    const {
      asOf = completeUntilOf(history, scoredTables(scorer)),
      reasons,
      language,
      maxUnseenShare,
    } = options
    const own = await readOwnCutoffs('score', options, { '--as-of': options.asOf })
    refuse('score', momentProblems(scorer, [own, options.asOf], '--as-of'))
    const asked = { reasons, language, maxUnseenShare, ...(own === undefined ? { asOf } : { cutoffs: own }) }
    const { scores, population } = await scoreHistory(history, scorer, asked)
    terminal.message(`as of ${own === undefined ? formatDay(asOf) : "the customers' own cutoffs"}\n`)
    sayNotes(terminal, history)
    sayLeftOut(terminal, 'not scored', population)
    return { scores, unseen: scores.unseen, rejects: history.rejects }
  } finally {
    await history.close()
  }
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
