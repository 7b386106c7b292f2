import { type Command, Option } from 'commander'
import type { EpochDay } from '../../base/days.js'
import { type Problem, refuse } from '../../base/errors.js'
import { printable } from '../../base/printable.js'
import { writeWholeFile } from '../../base/wholeFile.node.js'
import { type SqlDialectName, sqlDialectNames } from '../../export/sqlDialects.js'
import type { Scorer } from '../../score/scorer.js'
import { readModel } from '../modelInput.js'
import { columnsOption, dayOption, listOption } from '../optionParsers.js'
import { checkOutputs } from '../outputFiles.js'
import type { Terminal } from '../terminal.js'

interface ExportCommandOptions {
  readonly to: 'sql' | 'onnx' | 'module'
  readonly out: string
  readonly dialect?: SqlDialectName
  readonly table?: string
  readonly schema?: string
  readonly query?: string
  readonly id?: string
  readonly columns?: Readonly<Record<string, string>> | string
  readonly booleans?: string[]
  readonly asOf?: EpochDay
}

const ofSql = ['dialect', 'table', 'schema', 'query', 'id', 'columns', 'booleans', 'asOf'] as const

/** Adds `holdfast export`: a model file as SQL, as ONNX or as a JavaScript module. */
export function addExportCommand(program: Command, terminal: Terminal): Command {
  return program
    .command('export')
    .argument('<model>', 'model file written by holdfast train or import')
    .addOption(
      new Option('--to <form>', 'what to write').choices(['sql', 'onnx', 'module']).makeOptionMandatory(),
    )
    .requiredOption('-o, --out <file>', 'file to write')
    .addOption(
      new Option('--dialect <database>', 'database that runs the query (sql)').choices(sqlDialectNames),
    )
    .option('--table <name>', 'table or view of features, one row per customer (sql)')
    .option('--schema <name>', 'schema of the table (sql)')
    .option('--query <select>', 'in the place of --table, a SELECT that gives the features (sql)')
    .option('--id <column>', 'column that names the customer (sql; default: none)')
    .option(
      '--columns <feature=column>',
      'name of a feature in the table, where it is another; may be given several times (sql)',
      columnsOption(),
    )
    .option(
      '--booleans <features>',
      'features that are columns of true and false, separated by commas (sql)',
      listOption,
    )
    .option(
      '--as-of <YYYY-MM-DD>',
      'day of the forecast, if the model reads columns of days (sql)',
      dayOption,
    )
    .addHelpText(
      'after',
      `
Examples:
  holdfast export churn.model --to sql --dialect postgresql --table customers --id customer_id -o churn.sql
  holdfast export churn.model --to onnx -o churn.onnx
  holdfast export churn.model --to module -o churn.mjs`,
    )
    .action(async (modelFile: string, options: ExportCommandOptions, command: Command) => {
      const { to, out } = options
      refuse('export', optionProblems(options))
      await checkOutputs('export', [{ flag: '--out', path: out, holds: 'export' }], [modelFile])
      const scorer = await readModel(modelFile, command)
      const content = await contentOf(scorer, options)
      await writeWholeFile('export', out, content)
      const { features, learner } = scorer.model
      const names = features.map(({ name }) => printable(name)).join(', ')
      terminal.output(
        `wrote ${out}: ${learner} as ${forms[to]}, ${features.length} features${names === '' ? '' : `: ${names}`}\n`,
      )
    })
}

const forms = { sql: 'an SQL query', onnx: 'an ONNX model', module: 'a JavaScript module' } as const

// Loaded when asked for: other commands start without them
async function contentOf(scorer: Scorer, options: ExportCommandOptions): Promise<string | Uint8Array> {
  if (options.to === 'onnx') return (await import('../../export/toOnnx.js')).toOnnx(scorer)
  if (options.to === 'module') return (await import('../../export/toModule.js')).toModule(scorer)
  const { toSql } = await import('../../export/toSql.js')
  const { dialect, table, schema, query, id, columns, booleans, asOf } = options
  const place = query !== undefined ? { query } : schema === undefined ? table! : [schema, table!]
  const sql = toSql(scorer, {
    dialect: dialect!,
    table: place,
    ...(id === undefined ? {} : { id }),
    ...(columns === undefined ? {} : { columns: columns as Readonly<Record<string, string>> }),
    ...(booleans === undefined ? {} : { booleans }),
    ...(asOf === undefined ? {} : { asOf }),
  })
  return `${sql}\n`
}

function optionProblems(options: ExportCommandOptions): Problem[] {
  const { to, dialect, table, schema, query, columns } = options
  if (to !== 'sql')
    return ofSql
      .filter((option) => options[option] !== undefined)
      .map((option) => ({
        code: 'option-invalid',
        parameter: option,
        rule: 'to be given with --to sql only',
        received: options[option],
      }))
  const problems: Problem[] = []
  const problem = (parameter: string, rule: string, received: unknown): void =>
    void problems.push({ code: 'option-invalid', parameter, rule, received })
  if (dialect === undefined) problem('dialect', `to be one of ${sqlDialectNames.join(', ')}`, dialect)
  if ((table === undefined) === (query === undefined))
    problem('table', 'to be given for a query, or --query in its place', table)
  if (schema !== undefined && table === undefined) problem('schema', 'to be given with --table', schema)
  if (typeof columns === 'string') problem('columns', 'to be written feature=column', columns)
  return problems
}
