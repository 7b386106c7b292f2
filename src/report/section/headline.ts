import type { ReportFacts } from '../facts/reportFacts.js'
import { customersOfMoney } from '../picture/profitPicture.js'
import { count, counted, decimal, money, percent, price, times, wholePercent } from '../words/numbers.js'

/** A figure of the headline, with what it is. */
export interface Tile {
  readonly label: string
  readonly value: string
  /** Its interval, or what it is to be compared with. */
  readonly beside: string
}

/** What somebody who reads nothing else should know. */
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

function reachSentence({ evaluation: { topShare, lift } }: ReportFacts): string {
  const reached = Math.min(1, lift.value * topShare)
  const compared =
    lift.upper < 1
      ? 'fewer than calling at random would reach'
      : lift.lower <= 1
        ? 'which cannot be told apart from calling at random'
        : `${times(lift.value)} times as many as calling at random`
  return `Calling the ${percent(topShare)} of customers with the highest risk reaches ${percent(reached)} of those who leave: ${compared}.`
}

function profitSentences({ profit }: ReportFacts): string[] {
  if (profit === null) return []
  const { best, bestProfit, currency, contactCost, customers } = profit
  const scaled = (value: number, name: string | null): string =>
    money((value * customersOfMoney) / customers, name)
  if (best.contacts === 0) return ['With this offer no list earns more than it costs.']
  const range = `(${scaled(bestProfit.lower, null)} to ${scaled(bestProfit.upper, null)})`
  const [list, per] = [listWords(best.contactedShare), `per ${count(customersOfMoney)} customers`]
  if (bestProfit.lower <= 0) {
    return [
      `With this offer hardly any list pays: the best, ${list}, earns ${scaled(best.profit, currency)} ${per}, which may as ` +
        `well be a loss ${range}.`,
    ]
  }
  return [
    `At ${price(contactCost, currency)} a contact the best list is ${list}: it earns ${scaled(best.profit, currency)} ${range} ${per}.`,
  ]
}

function listWords(share: number): string {
  return share >= 0.995 ? 'everybody' : `the top ${percent(share)}`
}

function certaintySentence({ evaluation, data }: ReportFacts): string {
  const { churners, customers, level } = evaluation
  const { cutoffs } = data.test
  if (Math.min(churners, customers - churners) < 30) {
    return `This rests on ${counted(churners, 'customer')} who left, of ${count(customers)}: too few to rely on.`
  }
  const tested =
    cutoffs !== null && cutoffs.count > 1
      ? `on ${count(customers)} customers, who count on each of ${cutoffs.count} dates from ${cutoffs.first} to ${cutoffs.last}${data.seen?.isOverlap === true ? seenWords(data.seen) : ''}`
      : `on ${count(customers)} customers${seenWords(data.seen)}`
  return (
    `Tested ${tested}, of whom ${count(churners)} left; ` +
    `ranges (${wholePercent(level)}) tell how far a figure would move with other customers of the same kind.`
  )
}

function seenWords(seen: ReportFacts['data']['seen']): string {
  if (seen === null) return ''
  if (seen.equal === 0) return ' whose rows were not found among those of the training'
  if (!seen.isOverlap)
    return `, ${seen.equal} of whose rows are equal to rows of the training, as chance may leave them`
  return `, ${percent(seen.equal / seen.compared)} of whom the model was trained on`
}

function tilesOf(facts: ReportFacts): Tile[] {
  const { evaluation, profit } = facts
  const { topShare, lift, rocAuc, baseRate, churners, customers, halfOfChurners } = evaluation
  const reached = (value: number): string => percent(Math.min(1, value * topShare))
  return [
    {
      label: `of churners in the top ${percent(topShare)}`,
      value: reached(lift.value),
      beside: `${reached(lift.lower)} to ${reached(lift.upper)}; ${percent(topShare)} at random`,
    },
    ...profitTiles(profit),
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
      label: 'of customers leave',
      value: percent(baseRate),
      beside: `${count(churners)} of ${count(customers)}`,
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

function profitTiles(profit: ReportFacts['profit']): Tile[] {
  if (profit === null || profit.best.contacts === 0) return []
  const { best, bestProfit, currency, customers } = profit
  const scaled = (value: number, name: string | null): string =>
    money((value * customersOfMoney) / customers, name)
  return [
    {
      label: `profit per ${count(customersOfMoney)} customers, calling the top ${percent(best.contactedShare)}`,
      value: scaled(best.profit, currency),
      beside: `${scaled(bestProfit.lower, null)} to ${scaled(bestProfit.upper, null)}`,
    },
  ]
}
