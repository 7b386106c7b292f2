import type { ProfitFacts, ReportFacts } from '../facts/reportFacts.js'
import { customersOfMoney, profitPicture } from '../picture/profitPicture.js'
import { count, money, percent, price } from '../words/numbers.js'
import { type Unit, unitOf } from '../words/unit.js'
import type { Section, TableBlock } from './section.js'

/** What the list earns with an offer. */
export function profitSection(facts: ReportFacts): Section | null {
  const { profit } = facts
  if (profit === null) return null
  const { best, everybody, currency, customers } = profit
  const scaled = (value: number): string => money((value * customersOfMoney) / customers, currency)
  const compared =
    best.contacts === 0
      ? `With this offer no list earns more than it costs; contacting everybody would bring ${scaled(everybody.profit)} per ${count(customersOfMoney)} ${unitOf(facts)}.`
      : `Per ${count(customersOfMoney)} ${unitOf(facts)} the top ${percent(best.contactedShare)} earns ${scaled(best.profit)}, contacting everybody ${scaled(everybody.profit)}.`
  return {
    id: 'profit',
    title: 'What it earns',
    lead: compared,
    blocks: [
      ...profitPicture(facts).map((picture) => ({ kind: 'picture', picture }) as const),
      { kind: 'text', text: offerSentence(profit) },
      ...(best.contacts === 0
        ? []
        : [
            {
              kind: 'text',
              text:
                'The range is that of the same list on other customers of the same kind. It covers neither a different take-up ' +
                'of the offer nor that the list was chosen as the best on these very customers: expect a little less.',
            } as const,
          ]),
      lists(profit, scaled, unitOf(facts)),
    ],
  }
}

function offerSentence(profit: ProfitFacts): string {
  const { customerValue, offerCost, contactCost, acceptance, acceptanceBeta, currency } = profit
  const spread =
    acceptanceBeta === null ? '' : ` on average (Beta ${acceptanceBeta.alpha}, ${acceptanceBeta.beta})`
  return (
    `Assumed: a kept customer is worth ${price(customerValue, currency)}; the offer costs ${price(offerCost, currency)} for each who ` +
    `takes it, including those who would have stayed anyway; each contact costs ${price(contactCost, currency)}; ` +
    `${percent(acceptance)} of the contacted churners stay${spread}.`
  )
}

function lists(profit: ProfitFacts, scaled: (value: number) => string, unit: Unit): TableBlock {
  const { best, everybody, customers } = profit
  const rows = [
    ...profit.lists.map((list) => ({ ...list, name: `top ${percent(list.contactedShare)}` })),
    ...(best.contacts === 0 || best.contactedShare === 1
      ? []
      : [{ ...best, name: `top ${percent(best.contactedShare)} (best)` }]),
    { ...everybody, name: 'everybody' },
  ].sort((a, b) => a.contactedShare - b.contactedShare)
  return {
    kind: 'table',
    caption: `Profit per ${count(customersOfMoney)} ${unit} by the length of the list`,
    columns: [
      { heading: 'list' },
      { heading: 'contacts', right: true },
      { heading: 'profit', right: true },
      { heading: 'profit per contact', right: true },
    ],
    rows: rows.map(({ name, contactedShare, profit: earned }) => [
      name,
      count(contactedShare * customersOfMoney),
      scaled(earned),
      price(Math.round((100 * earned) / (contactedShare * customers)) / 100, profit.currency),
    ]),
  }
}
