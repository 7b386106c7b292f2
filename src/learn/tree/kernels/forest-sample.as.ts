import { Context } from './forest-context.as'
import { nextRandom, randomBelow } from './forest-random.as'

// Draws the customers of a tree, all rows of one together. An entry is 8 bytes: twice the row plus its class, then its units times how often it was
// drawn. Rows that were not drawn follow in `rest`. Returns the number of entries.
export function sampleRows(context: Context): u32 {
  const customerCount = context.customerCount
  const drawn = context.drawn
  if (context.sampling == 1) {
    memory.fill(drawn, 0, customerCount << 1)
    for (let draw: u32 = 0; draw < context.drawCount; draw++) {
      const at = drawn + (randomBelow(customerCount) << 1)
      store<u16>(at, load<u16>(at) + 1)
    }
  } else {
    drawWithoutRepeating(context)
  }
  return writeEntries(context)
}

// Each customer with the probability that leaves `drawCount` in all (selection sampling).
function drawWithoutRepeating(context: Context): void {
  const drawn = context.drawn
  let wanted = context.drawCount
  let left = context.customerCount
  for (let customer: u32 = 0; customer < context.customerCount; customer++) {
    const isDrawn: u16 = wanted == left ? 1 : randomBelow(left) < wanted ? 1 : 0
    store<u16>(drawn + (customer << 1), isDrawn)
    wanted -= isDrawn
    left--
  }
}

function writeEntries(context: Context): u32 {
  const units = context.units
  const outcome = context.outcome
  const customers = context.customers
  let entry = context.entries
  let rest = context.rest
  for (let row: u32 = 0; row < context.rowCount; row++) {
    const customer: u32 = customers == 0 ? row : load<u32>(customers + (row << 2))
    const times: u32 = load<u16>(context.drawn + (customer << 1))
    const weight: u32 = units == 0 ? 1 : load<u32>(units + (row << 2))
    store<u32>(entry, (row << 1) | load<u8>(outcome + row))
    store<u32>(entry, weight * times, 4)
    store<u32>(rest, row)
    const isDrawn: u32 = times > 0 ? 1 : 0
    const count = context.outOfBagCounts + (row << 2)
    store<u32>(count, load<u32>(count) + 1 - isDrawn)
    entry += isDrawn << 3
    rest += (1 - isDrawn) << 2
  }
  return (entry - context.entries) >>> 3
}
