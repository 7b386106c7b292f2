import type { Interval } from '../../evaluate/interval/bootstrapInterval.js'
import type { ReportFacts, SegmentFacts, SegmentRowFacts } from '../facts/reportFacts.js'
import { segmentPictures } from '../picture/segmentPictures.js'
import { featureText } from '../words/featureText.js'
import { groupSentence, groupText, worstGroups } from '../words/groupText.js'
import { count, decimal, percentInColumn, wholePercent } from '../words/numbers.js'
import { rowsIn, unitOf } from '../words/unit.js'
import type { Block, Section, TableBlock } from './section.js'

/** Whether the model is equally good for every group of customers. */
export function segmentSection(facts: ReportFacts): Section | null {
  const { segments } = facts
  if (segments.length === 0) return null
  const worst = worstGroups(facts)
  return {
    id: 'segments',
    title: 'Does it hold for every group?',
    lead:
      worst.length === 0
        ? 'No group could be shown to be predicted worse than the others.'
        : 'Some groups are predicted worse than the others, beyond chance.',
    blocks: [
      ...(worst.length === 0 ? [] : [{ kind: 'list', items: worst } as const]),
      ...segments.flatMap((table, index) => blocksOf(facts, table, index)),
    ],
  }
}

const groupsNote: Block = {
  kind: 'text',
  text:
    'Within a group customers are more alike, so ranking them is harder than ranking all: compare the groups with each ' +
    'other. The bars are ranges.',
}

function blocksOf(facts: ReportFacts, table: SegmentFacts, index: number): Block[] {
  const picture = segmentPictures(facts).find(({ name }) => name === `segments-${index + 1}`)
  const shown = (name: string): string => groupText(name, table.attributes)
  const merged = table.segments.filter(({ mergedFrom }) => mergedFrom.length > 0)
  const notes = [
    ...table.notes.map((note) => groupSentence(note, table.attributes, facts.words)),
    ...merged.map(
      ({ name, mergedFrom }) =>
        `“${shown(name)}” combines small groups: ${mergedFrom.map(shown).join('; ')}.`,
    ),
    ...table.segments.flatMap(({ name, notes: own }) => own.map((note) => `${shown(name)}: ${note}`)),
  ]
  return [
    ...(picture === undefined ? [] : [{ kind: 'picture', picture } as const, groupsNote]),
    tableOf(facts, table),
    ...(notes.length === 0 ? [] : [{ kind: 'list', items: notes } as const]),
  ]
}

function tableOf(facts: ReportFacts, { attributes, segments, overall, level }: SegmentFacts): TableBlock {
  const range = `${wholePercent(level)} range`
  return {
    kind: 'table',
    caption: `${unitOf(facts) === 'rows' ? 'Rows' : 'Customers'} by ${attributes.map((attribute) => featureText(attribute, facts.words)).join(' and ')}`,
    columns: [
      { heading: 'group' },
      { heading: unitOf(facts), right: true },
      { heading: 'left', right: true },
      { heading: 'predicted', right: true },
      { heading: 'observed / predicted', right: true },
      { heading: range, right: true },
      { heading: 'ROC AUC', right: true },
      { heading: range, right: true },
    ],
    rows: [
      ...segments.map((segment) => ({ ...segment, name: groupText(segment.name, attributes) })),
      { ...overall, name: `all ${unitOf(facts)}` },
    ].map(rowOf),
  }
}

function rowOf(segment: SegmentRowFacts): string[] {
  const { name, baseRate, meanProbability, observedToExpected, rocAuc } = segment
  return [
    name,
    count(rowsIn(segment)),
    percentInColumn(baseRate),
    percentInColumn(meanProbability),
    ...intervalCells(observedToExpected, 2),
    ...intervalCells(rocAuc, 3),
  ]
}

function intervalCells(figure: Interval | null, digits: number): [string, string] {
  if (figure === null) return ['–', '–']
  return [
    decimal(figure.value, digits),
    `${decimal(figure.lower, digits)} to ${decimal(figure.upper, digits)}`,
  ]
}
