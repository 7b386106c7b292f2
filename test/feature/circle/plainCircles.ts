import type { EpochDay } from '../../../src/base/days.js'
import { addMonths } from '../../../src/base/days.js'
import { windowBefore } from '../../../src/base/windows.js'
import type { CallingCircleRule } from '../../../src/feature/circle/circleRule.js'

export interface PlainCustomer {
  readonly id: string
  readonly activatedAt: EpochDay
  readonly cancelledAt: EpochDay | null
  readonly cancelledKnownAt: EpochDay | null
}

export interface PlainCall {
  readonly from: string
  readonly to: string
  readonly day: EpochDay
  readonly minutes: number | null
  readonly knownAt: EpochDay | null
}

interface Contact {
  calls: number
  made: number
  minutes: number
}

/** The definition as written at `callingCircle`, with nothing but maps: values of all customers of the network. */
export function plainCircles(
  customers: readonly PlainCustomer[],
  calls: readonly PlainCall[],
  rule: CallingCircleRule,
  cutoff: EpochDay,
): Map<string, (number | string | null)[]> {
  const network = new Map(
    customers.filter(({ activatedAt }) => activatedAt < cutoff).map((customer) => [customer.id, customer]),
  )
  const { start, end } = windowBefore(cutoff, rule.window)
  const seen = calls.filter(
    ({ day, knownAt, from, to }) =>
      day >= start && day < end && from !== to && (knownAt === null || knownAt < cutoff),
  )
  const circles = new Map([...network.keys()].map((id) => [id, new Map<string, Contact>()]))
  for (const { from, to, minutes } of seen) {
    add(circles.get(from), to, minutes, 1)
    add(circles.get(to), from, minutes, 0)
  }
  for (const circle of circles.values())
    for (const [number, { calls: count }] of circle) if (count < rule.leastCalls) circle.delete(number)
  const leftWithin = (id: string, months: number): boolean => {
    const { cancelledAt, cancelledKnownAt } = network.get(id)!
    if (cancelledAt === null || cancelledAt >= cutoff || cancelledAt < addMonths(cutoff, -months))
      return false
    return cancelledKnownAt === null || cancelledKnownAt < cutoff
  }
  const labels = plainCommunities(circles, rule.communityRounds)
  const values = new Map<string, (number | string | null)[]>()
  for (const [id, circle] of circles) {
    const contacts = [...circle]
    const inside = contacts.filter(([number]) => network.has(number))
    const left = (k: number) => inside.filter(([number]) => leftWithin(number, k))
    const months = Array.from({ length: rule.leftMonths }, (_, index) => index + 1)
    const minuteColumns = (columns: (number | null)[]) => (rule.minutes ? columns : [])
    const label = labels.get(id)
    const members =
      label === undefined ? [] : [...labels].filter(([, one]) => one === label).map(([one]) => one)
    const leftMembers = members.filter((member) => leftWithin(member, rule.leftMonths)).length
    values.set(id, [
      inside.length,
      contacts.length - inside.length,
      share(total(inside, 'calls'), total(contacts, 'calls')),
      ...minuteColumns([share(total(inside, 'minutes'), total(contacts, 'minutes'))]),
      share(
        contacts.filter(([, { calls: count, made }]) => made > 0 && made < count).length,
        contacts.length,
      ),
      ...months.map((k) => share(left(k).length, inside.length)),
      ...minuteColumns(months.map((k) => share(total(left(k), 'minutes'), total(inside, 'minutes')))),
      ...(rule.communityRounds === 0
        ? []
        : [label === undefined ? null : members.length, share(leftMembers, members.length - 1)]),
      ...(rule.communityRounds > 0 && rule.communityId ? [label ?? null] : []),
    ])
  }
  return values
}

function add(
  circle: Map<string, Contact> | undefined,
  number: string,
  minutes: number | null,
  made: number,
): void {
  if (circle === undefined) return
  const contact = circle.get(number) ?? { calls: 0, made: 0, minutes: 0 }
  contact.calls++
  contact.made += made
  contact.minutes += minutes ?? 0
  circle.set(number, contact)
}

function plainCommunities(
  circles: ReadonlyMap<string, ReadonlyMap<string, Contact>>,
  rounds: number,
): Map<string, string> {
  const inside = new Map(
    [...circles]
      .map(([id, circle]) => [id, [...circle].filter(([number]) => circles.has(number))] as const)
      .filter(([, contacts]) => contacts.length > 0),
  )
  let labels = new Map([...inside.keys()].map((id) => [id, id]))
  for (let round = 0; round < rounds; round++) {
    const next = new Map<string, string>()
    for (const [id, contacts] of inside) {
      const votes = new Map([[labels.get(id)!, Math.max(...contacts.map(([, { calls }]) => calls))]])
      for (const [number, { calls }] of contacts)
        votes.set(labels.get(number)!, (votes.get(labels.get(number)!) ?? 0) + calls)
      const most = Math.max(...votes.values())
      next.set(
        id,
        [...votes]
          .filter(([, count]) => count === most)
          .map(([label]) => label)
          .sort()[0]!,
      )
    }
    labels = next
  }
  return labels
}

function total(contacts: readonly (readonly [string, Contact])[], what: 'calls' | 'minutes'): number {
  return contacts.reduce((sum, [, contact]) => sum + contact[what], 0)
}

function share(part: number, whole: number): number | null {
  return whole > 1e-9 ? part / whole : null
}
