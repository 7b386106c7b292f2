import type { Command } from 'commander'
import { nearName, type Problem, refuse } from '../../base/errors.js'
import { writeTogether } from '../../base/wholeFile.node.js'
import type { RetentionOffer } from '../../evaluate/profit/offer.js'
import { modelReport } from '../../report/modelReport.js'
import type { ModelReportOptions } from '../../report/reportOptions.js'
import { otherTraining } from '../../report/section/cautions.js'
import { writePictures } from '../../report/writePictures.node.js'
import { writeReport } from '../../report/writeReport.node.js'
import type { Scorer } from '../../score/scorer.js'
import { addInputOptions, checkInput } from '../inputOptions.js'
import {
  addLabelOptions,
  type LabelledInputOptions,
  labelledInput,
  readLabelledFile,
} from '../labelledInput.js'
import { readModel } from '../modelInput.js'
import { listOption, numberOption, repeatedOption } from '../optionParsers.js'
import type { OutputFile } from '../outputFiles.js'
import { writeRejects } from '../rejects.js'
import type { Terminal } from '../terminal.js'
import { sayTrained } from '../trainedRows.js'

interface ReportCommandOptions extends LabelledInputOptions {
  readonly out: string[]
  readonly pictures?: string
  readonly train?: string
  readonly title?: string
  readonly author?: string
  readonly date?: string
  readonly segments?: string[]
  readonly customerValue?: number
  readonly offerCost?: number
  readonly contactCost?: number
  readonly acceptance?: number
  readonly currency?: string
}

/** Adds `holdfast report`: one page about a model, for decision makers. */
export function addReportCommand(program: Command, terminal: Terminal): Command {
  const command = program
    .command('report')
    .argument('<model>', 'model file written by holdfast train')
    .argument('[file]', 'table with one row per customer that the model was not trained on')
    .requiredOption(
      '--out <file>',
      'file to write: .html, .md or .json; may be given several times',
      repeatedOption,
    )
    .option('--pictures <folder>', 'folder for every picture as .svg, .png and .csv')
  addLabelOptions(command)
    .option(
      '--train <file>',
      'table with the rows that the model was trained on: how far the customers differ from them; other rows, such as the whole ' +
        'file of which train kept some aside, are compared too, with a note (file only)',
    )
    .option('--segments <columns>', 'features to break the figures down by, separated by commas', listOption)
    .option(
      '--customer-value <amount>',
      'what a churner who stays is worth; with it the report counts money',
      numberOption,
    )
    .option('--offer-cost <amount>', 'cost of the offer for each customer who takes it', numberOption)
    .option('--contact-cost <amount>', 'cost of a contact', numberOption)
    .option(
      '--acceptance <share>',
      'share of the contacted churners who stay (default: about 0.3, uncertain)',
      numberOption,
    )
    .option('--currency <name>', 'name of the currency')
    .option('--title <text>', 'heading of the report')
    .option('--author <text>', 'author of the report')
    .option('--date <text>', 'date of the report (default: today, UTC)')
  return addInputOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  holdfast report telco.model kept.csv --label churn --out report.html
  holdfast report telco.model new-customers.csv --segments contract --out report.html --out report.md \\
    --customer-value 200 --offer-cost 10 --contact-cost 1 --acceptance 0.3 --currency €
  holdfast report churn.model --history operator --cutoff 2025-05-01 --out report.html --pictures pictures`,
    )
    .action(async (modelFile: string, file: string | undefined, options: ReportCommandOptions) => {
      checkInput(command, file)
      const offer = offerOf(options)
      const scorer = await readModel(modelFile, command)
      checkSegments(scorer, options.segments ?? [])
      const train = options.train === undefined ? [] : [options.train]
      const files = { inputs: train, outputs: filesToWrite(options) }
      const input = await labelledInput('report', scorer, modelFile, file, options, terminal, files)
      const { dataset: test, rejects } = input
      sayTrained(scorer, test, terminal)
      const facts = modelReport(scorer.model, test, {
        ...(await trainOf(scorer, options)),
        ...(offer === undefined ? {} : { offer }),
        ...wordsOf(options),
      })
      for (const note of otherTraining(facts)) terminal.message(`note: ${note}\n`)
      let also = ''
      await writeTogether(async () => {
        await writeRejects(rejects, options, terminal)
        for (const path of options.out) await writeReport(facts, path)
        if (options.pictures === undefined) return
        const pictures = await writePictures(facts, options.pictures)
        also = ` and ${pictures.length} files in ${options.pictures}`
      })
      terminal.output(`wrote ${options.out.join(', ')}${also}\n`)
    })
}

function filesToWrite({ out, pictures }: ReportCommandOptions): OutputFile[] {
  const reports = out.map((path): OutputFile => ({ flag: '--out', path, holds: 'report' }))
  return pictures === undefined
    ? reports
    : [...reports, { flag: '--pictures', path: pictures, holds: 'files' }]
}

async function trainOf(
  scorer: Scorer,
  options: ReportCommandOptions,
): Promise<Pick<ModelReportOptions, 'train'>> {
  if (options.train === undefined) return {}
  const { dataset } = await readLabelledFile(scorer, options.train, { ...options, id: undefined })
  return { train: dataset }
}

function wordsOf({
  title,
  author,
  date = new Date().toISOString().slice(0, 10),
  segments,
}: ReportCommandOptions): ModelReportOptions {
  return {
    ...(title === undefined ? {} : { title }),
    ...(author === undefined ? {} : { author }),
    date,
    ...(segments === undefined ? {} : { segmentsBy: segments }),
  }
}

/** Returns the offer that the flags describe, undefined without one. */
function offerOf({
  customerValue,
  offerCost,
  contactCost,
  acceptance,
  currency,
}: ReportCommandOptions): RetentionOffer | undefined {
  const amounts = {
    '--customer-value': customerValue,
    '--offer-cost': offerCost,
    '--contact-cost': contactCost,
  }
  const names = Object.entries(amounts)
  const isAsked = [customerValue, offerCost, contactCost, acceptance, currency].some(
    (each) => each !== undefined,
  )
  if (!isAsked) return undefined
  refuse(
    'report',
    names
      .filter(([, amount]) => amount === undefined)
      .map(
        ([parameter]): Problem => ({
          code: 'option-invalid',
          parameter,
          rule: 'to be given if the report counts money',
          wayOut: `Money needs ${names.map(([name]) => name).join(', ')}.`,
        }),
      ),
  )
  return {
    customerValue: customerValue!,
    offerCost: offerCost!,
    contactCost: contactCost!,
    ...(acceptance === undefined ? {} : { acceptance }),
    ...(currency === undefined ? {} : { currency }),
  }
}

/** Throws if a segment is not a feature of the model, before anything is read. */
function checkSegments({ model }: Scorer, segments: readonly string[]): void {
  const known = model.features.map(({ name }) => name)
  refuse(
    'report',
    segments
      .filter((name) => !known.includes(name))
      .map((name): Problem => {
        return {
          code: 'option-invalid',
          parameter: '--segments',
          rule: `to name features of the model, which are ${known.join(', ')}`,
          received: name,
          ...nearName(name, known),
        }
      }),
  )
}
