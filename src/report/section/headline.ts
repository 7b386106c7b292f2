import type { ReportFacts } from '../facts/reportFacts.js'
import { topListOf } from '../facts/topList.js'
import { customersOfMoney } from '../picture/profitPicture.js'
import { count, counted, decimal, money, percent, price, times, wholePercent } from '../words/numbers.js'
import { testedWords, unitOf } from '../words/unit.js'

/** A figure of the headline, with its label. */
export interface Tile {
  readonly label: string
  readonly value: string
  /** Its interval, or what to compare it with. */
  readonly beside: string
}

/** What readers of nothing else should know. */
export interface Headline {
  readonly sentences: readonly string[]
  readonly tiles: readonly Tile[]
}

/** Returns the report in a few sentences and a few figures, without jargon. */
export function headlineOf(facts: ReportFacts): Headline {
  return {
    sentences: [reachSentence(facts), ...profitSentences(facts), certaintySentence(facts)],
    tiles: tilesOf(facts),
  }
}

/** Returns the learner, author and date, then what the model predicts and as of when. Empty parts are left out. */
export function bylinesOf({ author, date, model, data: { test } }: ReportFacts): string[] {
  const by = [model.learner, author, date].filter((part) => part !== null).join(' · ')
  const predicts = `Predicts ${model.label}.`
  return [by, test.cutoffs === null ? predicts : `${predicts} Tested ${asOfWords(test.cutoffs)}.`].filter(
    (line) => line !== '',
  )
}

/** Returns the days of forecast, such as "as of 2025-01-01 to 2025-03-01". */
export function asOfWords({
  first,
  last,
  count: days,
}: NonNullable<ReportFacts['data']['test']['cutoffs']>): string {
  return days === 1 ? `as of ${first}` : `as of ${first} to ${last}`
}

function reachSentence(facts: ReportFacts): string {
  const { topShare, lift } = facts.evaluation
  const { reached } = topListOf(facts)
  const compared =
    lift.upper < 1
      ? 'fewer than calling at random would reach'
      : lift.lower <= 1
        ? 'which cannot be told apart from calling at random'
        : `${times(lift.value)} times as many as calling at random`
  return `Calling the ${percent(topShare)} of ${unitOf(facts)} with the highest risk reaches ${percent(reached)} of those who leave: ${compared}.`
}

function profitSentences(facts: ReportFacts): string[] {
  const { profit } = facts
  if (profit === null) return []
  const { best, bestProfit, currency, contactCost, customers } = profit
  const scaled = (value: number, name: string | null): string =>
    money((value * customersOfMoney) / customers, name)
  if (best.contacts === 0) return ['With this offer no list earns more than it costs.']
  const range = `(${scaled(bestProfit.lower, null)} to ${scaled(bestProfit.upper, null)})`
  const [list, per] = [listWords(best.contactedShare), `per ${count(customersOfMoney)} ${unitOf(facts)}`]
  if (bestProfit.lower <= 0) {
    return [
      `With this offer hardly any list pays: the best, ${list}, earns ${scaled(best.profit, currency)} ${per}, which may ` +
        `just as well be a loss ${range}.`,
    ]
  }
  return [
    `At ${price(contactCost, currency)} per contact the best list is ${list}: it earns ${scaled(best.profit, currency)} ${range} ${per}.`,
  ]
}

function listWords(share: number): string {
  return share >= 0.995 ? 'everybody' : `the top ${percent(share)}`
}

function certaintySentence({ evaluation, data }: ReportFacts): string {
  const { churners, level } = evaluation
  const rows = evaluation.rows ?? evaluation.customers
  const { cutoffs } = data.test
  const unit = unitOf({ evaluation })
  if (Math.min(churners, rows - churners) < 30) {
    const left = unit === 'rows' ? `${counted(churners, 'row')} that` : `${counted(churners, 'customer')} who`
    return `This rests on ${left} left, of ${count(rows)}: too few to rely on.`
  }
  const tested =
    cutoffs !== null && cutoffs.count > 1
      ? `on ${testedWords({ evaluation }, count)}, who count on ${cutoffs.own === true ? 'dates of their own' : `each of ${cutoffs.count} dates`} from ${cutoffs.first} to ${cutoffs.last}${data.seen?.isOverlap === true ? seenWords(data.seen) : ''}`
      : `on ${testedWords({ evaluation }, count)}${seenWords(data.seen)}`
  return (
    `Tested ${tested}, of ${unit === 'rows' ? 'which' : 'whom'} ${count(churners)} left; ` +
    `ranges (${wholePercent(level)}) show how far a figure would move with other customers of the same kind.`
  )
}

function seenWords(seen: ReportFacts['data']['seen']): string {
  if (seen === null) return ''
  if (seen.equal === 0) return ' whose rows were not found among those of the training'
  if (!seen.canBeTold)
    return `, ${seen.equal} of whose rows are equal to rows of the training: it cannot be told whether they are the same`
  if (!seen.isOverlap)
    return `, ${seen.equal} of whose rows are equal to rows of the training, as chance may leave them`
  return `, ${percent(seen.equal / seen.compared)} of whom the model was trained on`
}

function tilesOf(facts: ReportFacts): Tile[] {
  const { evaluation, profit } = facts
  const { topShare, rocAuc, baseRate, churners, halfOfChurners } = evaluation
  const unit = unitOf(facts)
  const top = topListOf(facts)
  return [
    {
      label: `of churners in the top ${percent(topShare)}`,
      value: percent(top.reached),
      beside: `${percent(top.lower)} to ${percent(top.upper)}; ${percent(top.share)} at random`,
    },
    ...profitTiles(facts),
    halfOfChurners.sparedShare >= 0
      ? {
          label: 'fewer calls to reach half of the churners',
          value: percent(halfOfChurners.sparedShare),
          beside: `${count(halfOfChurners.withModel)} instead of ${count(halfOfChurners.withoutModel)}`,
        }
      : {
          label: 'more calls to reach half of the churners',
          value: percent(-halfOfChurners.sparedShare),
          beside: `${count(halfOfChurners.withModel)} instead of ${count(halfOfChurners.withoutModel)}`,
        },
    {
      label: `of ${unit} leave`,
      value: percent(baseRate),
      beside: `${count(churners)} of ${count(evaluation.rows ?? evaluation.customers)}`,
    },
    ...(profit === null
      ? [
          {
            label: 'ranking quality (ROC AUC)',
            value: decimal(rocAuc.value),
            beside: `${decimal(rocAuc.lower)} to ${decimal(rocAuc.upper)}; 0.5 is chance`,
          },
        ]
      : []),
  ]
}

function profitTiles(facts: ReportFacts): Tile[] {
  const { profit } = facts
  if (profit === null || profit.best.contacts === 0) return []
  const { best, bestProfit, currency, customers } = profit
  const scaled = (value: number, name: string | null): string =>
    money((value * customersOfMoney) / customers, name)
  return [
    {
      label: `profit per ${count(customersOfMoney)} ${unitOf(facts)}, calling the top ${percent(best.contactedShare)}`,
      value: scaled(best.profit, currency),
      beside: `${scaled(bestProfit.lower, null)} to ${scaled(bestProfit.upper, null)}`,
    },
  ]
}
