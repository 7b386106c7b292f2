import type { ReportFacts } from '../facts/reportFacts.js'
import { count } from '../words/numbers.js'
import { asOfWords } from './headline.js'
import type { Section } from './section.js'

/** The model card: model, date, data, purpose and limits. */
export function cardSection(facts: ReportFacts): Section {
  const { model, data, author, date } = facts
  const { test } = data
  const options = Object.entries(model.options).map(([name, value]) => `${name} ${value}`)
  const entries: [string, string][] = [
    ['Model', model.learner ?? 'not known: the predictions were given'],
    ...(options.length === 0 ? [] : [['Options', options.join(', ')] as [string, string]]),
    ['Predicts', model.label],
    ...(model.features === null ? [] : [['Features', count(model.features)] as [string, string]]),
    ...trainingEntries(data),
    ['Tested on', rowsWords(test)],
    ...(date === null ? [] : [['Date', date] as [string, string]]),
    ...(author === null ? [] : [['Author', author] as [string, string]]),
    ['Meant for', model.intendedUse],
  ]
  return {
    id: 'card',
    title: 'Model card',
    lead: `The model predicts ${model.label}.`,
    blocks: [
      { kind: 'terms', entries },
      { kind: 'heading', text: 'Limits' },
      { kind: 'list', items: limitsOf(facts) },
    ],
  }
}

function trainingEntries({ train, training }: ReportFacts['data']): [string, string][] {
  if (train !== null && training?.isGiven !== false) return [['Trained on', rowsWords(train)]]
  return [
    ...(training == null ? [] : [['Trained on', `${count(training.rows)} rows`] as [string, string]]),
    ...(train === null ? [] : [['Given as training data', rowsWords(train)] as [string, string]]),
  ]
}

function rowsWords({ rows, churners, cutoffs, fingerprint }: ReportFacts['data']['test']): string {
  const when = cutoffs === null ? '' : ` ${asOfWords(cutoffs)}`
  const mark = fingerprint === null ? '' : `; SHA-256 ${fingerprint.match(/.{1,16}/g)?.join(' ') ?? ''}`
  return `${count(rows)} rows with ${count(churners)} churners${when}${mark}`
}

function limitsOf({ model, backtest, evaluation, data }: ReportFacts): string[] {
  return [
    'The figures hold for customers like the tested ones. Other regions, products or years may differ.',
    ...(backtest === null
      ? ['It was tested once, not over time: how long it stays this good is not known.']
      : []),
    ...(data.train === null
      ? ['The training data were not given: whether the test data resemble them is not known.']
      : data.training?.isGiven === false
        ? [
            'The training data were not given, but other rows: whether the test data resemble them is not known.',
          ]
        : []),
    ...(evaluation.churners < 100
      ? [`With ${count(evaluation.churners)} churners the ranges are wide; small differences mean nothing.`]
      : []),
    'It says who is likely to leave, not why, and not whom a call would keep: to learn that, leave a random group uncalled and compare.',
    ...model.remarks,
  ]
}
