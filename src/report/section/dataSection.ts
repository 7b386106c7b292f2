import type { FeatureFacts, ReportFacts, RowsFacts } from '../facts/reportFacts.js'
import { featureText } from '../words/featureText.js'
import { count, decimal, percentInColumn } from '../words/numbers.js'
import type { Block, Section, TableBlock } from './section.js'

/** The data of the report: rows, columns, warnings. */
export function dataSection(facts: ReportFacts): Section {
  const { test, train, features, warnings, seen, training } = facts.data
  // Rows that equal training rows are not called others, for whatever reason they are equal.
  const others = seen?.equal === 0 ? ' others' : ''
  const missing = features.filter(({ missingShare }) => missingShare > 0).length
  const gaps =
    features.length === 0
      ? ''
      : missing === 0
        ? ` None of the ${count(features.length)} features has missing values.`
        : ` ${count(missing)} of the ${count(features.length)} features ${missing === 1 ? 'has' : 'have'} missing values.`
  const isOther = training?.isGiven === false
  const trained = train === null || isOther ? training?.rows : train.rows
  const rows =
    trained === undefined
      ? `Tested on ${count(test.rows)} rows.`
      : `Trained on ${count(trained)} rows, tested on ${count(test.rows)}${others}.`
  return {
    id: 'data',
    title: 'The data',
    lead: rows + gaps,
    blocks: [
      rowsTable(test, train, isOther ? 'given as training' : 'training'),
      ...(warnings.length === 0 ? [] : [{ kind: 'list', items: warnings } satisfies Block]),
      ...(features.length === 0 ? [] : [featuresTable(facts)]),
    ],
  }
}

function rowsTable(test: RowsFacts, train: RowsFacts | null, nameOfTrain: string): TableBlock {
  const row = (name: string, { rows, churners, baseRate, cutoffs, fingerprint }: RowsFacts): string[] => [
    name,
    count(rows),
    count(churners),
    percentInColumn(baseRate),
    cutoffs === null
      ? '–'
      : cutoffs.count === 1
        ? cutoffs.first
        : `${cutoffs.first} to ${cutoffs.last} (${cutoffs.count})`,
    fingerprint === null ? '–' : `${fingerprint.slice(0, 12)}…`,
  ]
  return {
    kind: 'table',
    caption: 'Rows',
    columns: [
      { heading: 'data' },
      { heading: 'rows', right: true },
      { heading: 'churners', right: true },
      { heading: 'churn rate', right: true },
      { heading: 'cutoffs' },
      { heading: 'fingerprint' },
    ],
    rows: [...(train === null ? [] : [row(nameOfTrain, train)]), row('test', test)],
  }
}

function featuresTable({ data: { features, train }, words }: ReportFacts): TableBlock {
  const compared = train !== null
  return {
    kind: 'table',
    caption: compared
      ? 'Features: missing values, and how far the test rows are from the training rows (above 0.25 is a large shift)'
      : 'Features and their missing values',
    folded: true,
    columns: [
      { heading: 'feature' },
      { heading: 'kind' },
      { heading: 'missing', right: true },
      ...(compared
        ? [
            { heading: 'shift (PSI)', right: true },
            { heading: 'new values', right: true },
          ]
        : []),
    ],
    rows: features.map((feature) => [
      featureText(feature.feature, words),
      feature.kind,
      percentInColumn(feature.missingShare),
      ...(compared ? shiftCells(feature) : []),
    ]),
  }
}

function shiftCells({ psi, newShare }: FeatureFacts): string[] {
  return [psi === null ? '–' : decimal(psi), newShare === null ? '–' : percentInColumn(newShare)]
}
