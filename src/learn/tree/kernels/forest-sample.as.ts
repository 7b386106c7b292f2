import { Context } from './forest-context.as'
import { nextRandom, randomBelow } from './forest-random.as'

// Draws the rows of a tree. An entry is 8 bytes: twice the row plus its class, then its units times how often it was
// drawn. Rows that were not drawn follow in `rest`. Returns the number of entries.
export function sampleRows(context: Context): u32 {
  const rowCount = context.rowCount
  const drawn = context.drawn
  if (context.sampling == 1) {
    memory.fill(drawn, 0, rowCount << 1)
    for (let draw: u32 = 0; draw < context.drawCount; draw++) {
      const at = drawn + (randomBelow(rowCount) << 1)
      store<u16>(at, load<u16>(at) + 1)
    }
  } else {
    drawWithoutRepeating(context)
  }
  return writeEntries(context)
}

// Each row with the probability that leaves `drawCount` in all (selection sampling).
function drawWithoutRepeating(context: Context): void {
  const drawn = context.drawn
  let wanted = context.drawCount
  let left = context.rowCount
  for (let row: u32 = 0; row < context.rowCount; row++) {
    const isDrawn: u16 = wanted == left ? 1 : randomBelow(left) < wanted ? 1 : 0
    store<u16>(drawn + (row << 1), isDrawn)
    wanted -= isDrawn
    left--
  }
}

function writeEntries(context: Context): u32 {
  const units = context.units
  const outcome = context.outcome
  let entry = context.entries
  let rest = context.rest
  for (let row: u32 = 0; row < context.rowCount; row++) {
    const times: u32 = load<u16>(context.drawn + (row << 1))
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
