import type { CustomerHistory } from '../../src/table/customerHistory.js'

/**
 * A small history by hand, all tables, for everyone's tests. Months January to June 2025; the history is complete until
 * 2025-07-01.
 *
 *     A  stays; steady use; contract to the end of 2025
 *     B  cancels on 2025-05-10 after falling use and a complaint
 *     C  falls silent after March; never cancels; one phone with D
 *     D  activated on 2025-03-20 on the phone of C: C has not left but re-entered
 *     E  activated on 2025-05-25: too young for most windows; no bill yet
 *     F  has no event at all, and no attribute
 *     G  grows; changes the plan on 2025-04-01; two payments on one day; a month without a measure
 *     H  cancelled on 2025-02-28, before most cutoffs
 */
export const historyTables = {
  customers: [
    {
      id: 'A',
      activatedAt: '2020-01-15',
      cancelledAt: null,
      region: 'north',
      birthYear: 1980,
      postpaid: true,
    },
    {
      id: 'B',
      activatedAt: '2023-06-01',
      cancelledAt: '2025-05-10',
      region: 'south',
      birthYear: 1992,
      postpaid: false,
    },
    {
      id: 'C',
      activatedAt: '2022-11-30',
      cancelledAt: null,
      region: 'north',
      birthYear: null,
      postpaid: false,
    },
    {
      id: 'D',
      activatedAt: '2025-03-20',
      cancelledAt: null,
      region: 'north',
      birthYear: 1999,
      postpaid: false,
    },
    {
      id: 'E',
      activatedAt: '2025-05-25',
      cancelledAt: null,
      region: '保定',
      birthYear: 2001,
      postpaid: true,
    },
    { id: 'F', activatedAt: '2024-02-29', cancelledAt: null, region: null, birthYear: null, postpaid: null },
    {
      id: 'G',
      activatedAt: '2024-08-08',
      cancelledAt: null,
      region: "O'Hara",
      birthYear: 1975,
      postpaid: true,
    },
    {
      id: 'H',
      activatedAt: '2021-05-05',
      cancelledAt: '2025-02-28',
      region: 'south',
      birthYear: 1960,
      postpaid: false,
    },
  ],
  usage: [
    { id: 'A', day: '2025-01-10', minutes: 100, dataMb: 500.5, network: '4g' },
    { id: 'A', day: '2025-02-10', minutes: 110, dataMb: 480, network: '4g' },
    { id: 'A', day: '2025-03-10', minutes: 105, dataMb: 510, network: '5g' },
    { id: 'A', day: '2025-04-10', minutes: 95, dataMb: 530, network: '5g' },
    { id: 'A', day: '2025-05-10', minutes: 100, dataMb: 500, network: '5g' },
    { id: 'A', day: '2025-06-30', minutes: 102, dataMb: 495, network: '5g' },
    { id: 'B', day: '2025-01-31', minutes: 80, dataMb: 200, network: '4g' },
    { id: 'B', day: '2025-02-28', minutes: 60, dataMb: 150, network: '4g' },
    { id: 'B', day: '2025-03-01', minutes: 20, dataMb: 50, network: '4g' },
    { id: 'B', day: '2025-04-15', minutes: 5, dataMb: null, network: '4g' },
    { id: 'C', day: '2025-01-05', minutes: 40, dataMb: 0, network: '4g' },
    { id: 'C', day: '2025-02-05', minutes: 45, dataMb: 10, network: '4g' },
    { id: 'C', day: '2025-03-05', minutes: 10, dataMb: 0, network: '4g' },
    { id: 'D', day: '2025-03-20', minutes: 15, dataMb: 5, network: '4g' },
    { id: 'D', day: '2025-04-20', minutes: 50, dataMb: 20, network: '4g' },
    { id: 'D', day: '2025-05-20', minutes: 55, dataMb: 25, network: '4g' },
    { id: 'D', day: '2025-06-20', minutes: 60, dataMb: 30, network: '4g' },
    { id: 'E', day: '2025-05-26', minutes: 300, dataMb: 900, network: '5g' },
    { id: 'E', day: '2025-06-26', minutes: 20, dataMb: 90, network: '5g' },
    { id: 'G', day: '2025-01-20', minutes: 10, dataMb: 100, network: '4g' },
    { id: 'G', day: '2025-02-20', minutes: 20, dataMb: 200, network: '4g' },
    { id: 'G', day: '2025-03-20', minutes: null, dataMb: 300, network: null },
    { id: 'G', day: '2025-04-01', minutes: 40, dataMb: 400, network: '5g' },
    { id: 'G', day: '2025-05-20', minutes: 50, dataMb: 500, network: '5g' },
    { id: 'G', day: '2025-06-20', minutes: 60, dataMb: 600, network: '5g' },
    { id: 'H', day: '2025-01-15', minutes: 3, dataMb: 1, network: '4g' },
  ],
  bills: [
    ...['2025-01', '2025-02', '2025-03', '2025-04', '2025-05', '2025-06'].map((period) => ({
      id: 'A',
      period,
      amount: 50,
      voice: 10,
    })),
    { id: 'B', period: '2025-01', amount: 30, voice: 20 },
    { id: 'B', period: '2025-02', amount: 25, voice: 15 },
    { id: 'B', period: '2025-03', amount: 12, voice: 2 },
    { id: 'B', period: '2025-04', amount: 10.5, voice: null },
    { id: 'C', period: '2025-01', amount: 9, voice: 9 },
    { id: 'C', period: '2025-02', amount: 9, voice: 9 },
    { id: 'C', period: '2025-03', amount: 9, voice: 9 },
    { id: 'D', period: '2025-03', amount: 4, voice: 4 },
    { id: 'D', period: '2025-04', amount: 9, voice: 9 },
    { id: 'D', period: '2025-05', amount: 9, voice: 9 },
    { id: 'G', period: '2025-01', amount: 20, voice: 5 },
    { id: 'G', period: '2025-02', amount: 20, voice: 5 },
    { id: 'G', period: '2025-03', amount: 20, voice: 5 },
    { id: 'G', period: '2025-04', amount: 60, voice: 5 },
    { id: 'G', period: '2025-05', amount: 60, voice: 5 },
    { id: 'G', period: '2025-06', amount: 60, voice: 5 },
    { id: 'H', period: '2025-01', amount: 0, voice: 0 },
  ],
  payments: [
    { id: 'B', day: '2025-01-02', amount: 50, kind: 'recharge', balance: 55 },
    { id: 'B', day: '2025-03-02', amount: 20, kind: 'recharge', balance: 21.5 },
    { id: 'C', day: '2025-02-14', amount: 30, kind: 'recharge', balance: 30 },
    { id: 'G', day: '2025-04-01', amount: 60, kind: 'debit', balance: null },
    { id: 'G', day: '2025-04-01', amount: -10, kind: 'refund', balance: null },
  ],
  plans: [
    {
      id: 'A',
      from: '2020-01-15',
      to: null,
      plan: 'classic',
      fee: 50,
      contractEnd: '2025-12-31',
      converged: true,
      bound: true,
    },
    {
      id: 'B',
      from: '2023-06-01',
      to: null,
      plan: 'prepaid',
      fee: 0,
      contractEnd: null,
      converged: false,
      bound: false,
    },
    {
      id: 'D',
      from: '2025-03-20',
      to: null,
      plan: 'prepaid',
      fee: 0,
      contractEnd: null,
      converged: false,
      bound: false,
    },
    {
      id: 'G',
      from: '2024-08-08',
      to: '2025-03-31',
      plan: 'start',
      fee: 20,
      contractEnd: '2025-08-07',
      converged: false,
      bound: true,
    },
    {
      id: 'G',
      from: '2025-04-01',
      to: null,
      plan: 'more',
      fee: 60,
      contractEnd: '2027-03-31',
      converged: true,
      bound: true,
    },
  ],
  contacts: [
    { id: 'B', day: '2025-04-02', kind: 'complaint', channel: 'hotline' },
    { id: 'B', day: '2025-04-20', kind: 'cancelRequest', channel: 'shop' },
    { id: 'G', day: '2025-03-28', kind: 'upgrade', channel: 'app' },
  ],
  devices: [
    { id: 'A', period: '2025-01', deviceId: '860000000000001' },
    { id: 'C', period: '2025-02', deviceId: '860000000000003' },
    { id: 'D', period: '2025-03', deviceId: '860000000000003' },
    { id: 'D', period: '2025-04', deviceId: '860000000000003' },
    { id: 'G', period: '2025-04', deviceId: '860000000000007' },
  ],
  calls: [
    { from: 'A', to: 'G', day: '2025-01-10', minutes: 5 },
    { from: 'G', to: 'A', day: '2025-02-10', minutes: 7 },
    { from: 'B', to: '0086-outside', day: '2025-03-01', minutes: 1 },
  ],
} as const

/** The day after the last complete day of {@link historyTables}. */
export const historyCompleteUntil = '2025-07-01'

/** The day that {@link historyTables} was exported on; give it as `today`. */
export const historyToday = '2025-07-01'

/** Returns the rows of one customer of {@link historyTables} in the in-memory form. */
export function historyOf(id: string): CustomerHistory {
  const customer = historyTables.customers.find((row) => row.id === id)
  if (customer === undefined) throw new Error(`no customer ${id} in historyTables`)
  const own = <Row extends { readonly id: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.id === id)
  return {
    customer,
    usage: own(historyTables.usage),
    bills: own(historyTables.bills),
    payments: own(historyTables.payments),
    plans: own(historyTables.plans),
    contacts: own(historyTables.contacts),
    devices: own(historyTables.devices),
  }
}
