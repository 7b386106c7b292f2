import type { ReportFacts } from '../facts/reportFacts.js'
import { gainsPicture } from '../picture/gainsPicture.js'
import { liftPicture } from '../picture/liftPicture.js'
import { count, percent, percentInColumn, times } from '../words/numbers.js'
import { rowsIn, unitOf } from '../words/unit.js'
import type { Section, TableBlock } from './section.js'

/** Whom to call: gains, lift and the table of tenths. */
export function listSection(facts: ReportFacts): Section {
  const { halfOfChurners, topShare, lift, confusion } = facts.evaluation
  const { withModel, withoutModel, sparedShare, churnersCaught } = halfOfChurners
  const fewer = `${percent(Math.abs(sparedShare))} ${sparedShare >= 0 ? 'fewer' : 'more'}`
  const precision =
    confusion.precision === null ? '' : `, and ${percent(confusion.precision)} of those on it leave`
  return {
    id: 'list',
    title: 'Whom to call',
    lead:
      `The top ${percent(topShare)} of the list holds ${times(lift.value)} times as many churners as a random one ` +
      `(${times(lift.lower)} to ${times(lift.upper)})${precision}.`,
    blocks: [
      ...gainsPicture(facts).map((picture) => ({ kind: 'picture', picture }) as const),
      {
        kind: 'text',
        text:
          `To reach ${count(churnersCaught)} churners, half of them, takes ${count(withoutModel)} calls at random and ` +
          `${count(withModel)} from the top of the list: ${fewer}.`,
      },
      ...liftPicture(facts).map((picture) => ({ kind: 'picture', picture }) as const),
      tenths(facts),
    ],
  }
}

function tenths(facts: ReportFacts): TableBlock {
  return {
    kind: 'table',
    caption: 'The list from the highest risk to the lowest',
    folded: true,
    columns: [
      { heading: 'down to' },
      { heading: 'probability from', right: true },
      { heading: unitOf(facts), right: true },
      { heading: 'churners', right: true },
      { heading: 'churn rate', right: true },
      { heading: 'times average', right: true },
      { heading: 'of churners so far', right: true },
    ],
    rows: facts.evaluation.liftTable.map((row) => [
      `top ${percent(row.topShare)}`,
      percentInColumn(row.lowestProbability),
      count(rowsIn(row)),
      count(row.churners),
      percentInColumn(row.churnRate),
      row.lift.toFixed(2),
      percentInColumn(row.caughtShare),
    ]),
  }
}
