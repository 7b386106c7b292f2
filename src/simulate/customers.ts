import type { EpochDay } from '../base/days.js'
import { ageBands, channels, type Holder } from './holder.js'
import type { Line } from './line.js'
import type { Simulation } from './lineMonth.js'
import { regions } from './regions.js'

/** Writes the row of a line in `customers`. */
export function writeCustomer(
  simulation: Simulation,
  id: string,
  holder: Holder,
  line: Line,
  cancelledAt: EpochDay | null,
): void {
  const { customers } = simulation.rows
  const age = ageBands[holder.ageBand]
  customers.id.push(customers.id.codeOf(id))
  customers.activatedAt.push(line.activatedAt)
  customers.cancelledAt.pushUnless(cancelledAt === null, cancelledAt ?? 0)
  customers.paymentType.push(customers.paymentType.codeOf(holder.prepaid ? 'prepaid' : 'postpaid'))
  customers.region.push(customers.region.codeOf(regions[holder.region]!))
  customers.channel.push(customers.channel.codeOf(channels[holder.channel]!))
  if (age === undefined) customers.ageBand.pushMissing()
  else customers.ageBand.push(customers.ageBand.codeOf(age))
  customers.group.push(customers.group.codeOf(holder.enterprise ? 'enterprise' : 'public'))
  customers.doNotDisturb.push(holder.doNotDisturb ? 1 : 0)
  customers.officialFree.push(holder.officialFree ? 1 : 0)
}
