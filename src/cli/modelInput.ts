import type { Command } from 'commander'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import type { AboutModel } from '../score/aboutModel.js'
import type { Scorer } from '../score/scorer.js'
import { readScorer } from '../score/scorer.node.js'
import { fileFormat } from '../table/files.node.js'
import { columnMissing, type Table } from '../table/table.js'

const namesShown = 5

/** What a model of a history holds. */
export interface HistoryModel {
  readonly rules: NonNullable<AboutModel['rules']>
  readonly label: NonNullable<AboutModel['label']>
}

/** Returns the feature rules and the label of a model; throws if it was trained on a flat table. */
export function checkHistoryModel({ about: { rules, label } }: Scorer, modelFile: string): HistoryModel {
  if (rules !== null && label !== null) return { rules, label }
  throw new HoldfastError('score', [
    {
      code: 'option-invalid',
      parameter: 'the model',
      rule: 'to be of a history',
      place: { file: modelFile },
      wayOut: 'It was trained on a file with one row per customer: give such a file instead of --history.',
    },
  ])
}

/** Throws if a file lacks columns that the model reads, naming all of them. */
export function checkTableModel({ model, about }: Scorer, table: Table): void {
  const absent = model.features.map((spec) => spec.name).filter((name) => !table.has(name))
  const isOtherFile = absent.length > model.features.length / 2
  refuse(
    'score',
    isOtherFile
      ? [otherFile(table, absent, about.rules !== null)]
      : absent.map((name) => ({ ...columnMissing(name, table), code: 'feature-missing' })),
  )
}

function otherFile(table: Table, absent: readonly string[], isOfHistory: boolean): Problem {
  const shown = absent.slice(0, namesShown).join(', ')
  const more = absent.length > namesShown ? ` and ${absent.length - namesShown} more` : ''
  return {
    code: 'feature-missing',
    parameter: 'the file',
    rule: `to hold the columns that the model was trained on, but it lacks ${shown}${more}`,
    received: table.columnNames.join(', '),
    wayOut: isOfHistory
      ? 'The model was trained on a history: give its tables with --history.'
      : `${oneColumnHint(table)}Give a file like the one that the model was trained on.`,
  }
}

/** Returns why the table of a text file may have only one column, blank if it has more. */
export function oneColumnHint(table: Table): string {
  const format = fileFormat(table.source ?? '')
  if (table.columnNames.length > 1 || (format !== 'csv' && format !== 'tsv')) return ''
  return 'It was read as one column: separate values by comma, semicolon, tab or bar. '
}

/** Reads the model file of a command; a table in its place suggests that the two arguments were swapped. */
export async function readModel(path: string, command: Command): Promise<Scorer> {
  if (fileFormat(path) === undefined) return readScorer(path)
  throw new HoldfastError('score', [
    {
      code: 'model-invalid',
      parameter: 'the first file',
      rule: 'to be a model file, not a table',
      received: path,
      wayOut: `The model comes first: holdfast ${command.name()} churn.model customers.csv.`,
    },
  ])
}
