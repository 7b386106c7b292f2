import { compileKernels, KernelMemory } from '../../base/kernelMemory.js'
import { seededRandom } from '../../base/random.js'
import { resamplingBytes } from './kernels/resamplingBytes.js'
import { copiesOf, drawsPlaces, mostWordDraws, multinomialDraw } from './multinomialDraw.js'
import { type FigureSheet, type ResamplePlan, type ResampleUnits, strataOf } from './resampleUnits.js'

type Read = (
  sheet: number,
  counts: number,
  groups: number,
  churners: number,
  customers: number,
  places: number,
) => void
type Sum = (counts: number, first: number, end: number) => number

interface Kernels {
  readonly seedRandom: (seed: number) => void
  readonly drawPlaces: (places: number, draws: number) => void
  readonly sumPlaces: (places: number, copies: number, units: number, times: number) => void
  readonly sumBytes: Sum
  readonly sumWords: Sum
  readonly readBytes: Read
  readonly readWords: Read
}

/** Of a sheet, in numbers of 8 bytes: the figures before it, and one group. */
const [figureCount, groupNumbers] = [6, 4]
const sheetStart = 64

let loaded:
  | { readonly memory: KernelMemory; readonly kernels: Kernels; readonly start: number }
  | null
  | undefined

/** Returns the kernels of this process with their memory, null where the platform has no WebAssembly with shared memory. */
function load(): typeof loaded {
  if (loaded !== undefined) return loaded
  try {
    const memory = KernelMemory.forWebAssembly('evaluate')
    const { exports } = new WebAssembly.Instance(compileKernels(resamplingBytes), {
      env: { memory: memory.shared! },
    })
    loaded = { memory, kernels: exports as unknown as Kernels, start: memory.size }
  } catch {
    loaded = null
  }
  return loaded
}

/**
 * Returns a function that draws a resample of cells and reads the figures of the sheet: to the bit what TypeScript does, in a
 * seventh of its time. Null where the units are no cells, their counts exceed 32 bits, or there is no WebAssembly.
 *
 * 32 bytes a group of the sorted form and 1 to 9 a customer, in a memory that is kept and used again.
 */
export function kernelFigures(
  units: ResampleUnits,
  sheet: FigureSheet | undefined,
  { seed, stratified }: ResamplePlan,
): (() => ArrayLike<number>) | null {
  const { cells, copies, unitsWithChurner } = units
  const fits = copiesOf(copies, 0, copies.length) <= mostWordDraws
  const own = sheet === undefined || cells === null || !fits ? null : load()
  if (own == null) return null
  const { memory, kernels, start } = own
  memory.release(start)
  const groups = sheet!.probability.length
  const sheetAt = memory.allocate(sheetStart + groups * 8 * groupNumbers) + sheetStart
  const strata = strataOf(units, stratified).map(([first, end]) => ({
    first,
    end,
    draws: copiesOf(copies, first, end),
  }))
  const isEach = strata.every(({ first, end, draws }) => draws === end - first)
  const hasPlaces = strata.every(({ first, end, draws }) => drawsPlaces(draws, end - first))
  const most = Math.max(...strata.map(({ draws }) => draws))
  // The last stands for cells that no row is in
  const countsAt = memory.allocate((isEach ? 1 : 4) * (copies.length + 1))
  const placesAt = isEach || !hasPlaces ? 0 : memory.allocate(most)
  const copiesAt = isEach || !hasPlaces ? 0 : memory.allocate(4 * copies.length)
  if (copiesAt > 0) memory.words.set(copies, copiesAt / 4)
  fillSheet(memory, sheetAt, sheet!, cells!)
  const figures = memory.floats.subarray(sheetAt / 8 - figureCount, sheetAt / 8)
  const [sum, read] = isEach ? [kernels.sumBytes, kernels.readBytes] : [kernels.sumWords, kernels.readWords]
  const draw = hasPlaces
    ? () => {
        for (const { first, end, draws } of strata) {
          kernels.drawPlaces(isEach ? countsAt + first : placesAt, draws)
          if (!isEach) kernels.sumPlaces(placesAt, copiesAt + 4 * first, end - first, countsAt + 4 * first)
        }
      }
    : plainDraw(memory.words.subarray(countsAt / 4, countsAt / 4 + copies.length), units, stratified, seed)
  kernels.seedRandom(seed)
  return () => {
    let [churners, stayers] = [0, 0]
    do {
      draw()
      churners = sum(countsAt, 0, unitsWithChurner)
      stayers = sum(countsAt, unitsWithChurner, copies.length)
    } while (churners === 0 || stayers === 0)
    const customers = churners + stayers
    read(sheetAt, countsAt, groups, churners, customers, sheet!.placesOf(customers))
    return figures
  }
}

/** Few units of many rows each have binomial counts, of which few are drawn. */
function plainDraw(times: Int32Array, units: ResampleUnits, stratified: boolean, seed: number): () => void {
  const random = seededRandom(seed)
  const draws = strataOf(units, stratified).map(([first, end]) => multinomialDraw(units.copies, first, end))
  return () => {
    for (const draw of draws) draw(times, random)
  }
}

function fillSheet(
  { floats, words }: KernelMemory,
  sheetAt: number,
  { probability, lossOfChurner, lossOfStayer }: FigureSheet,
  { churnedAt, stayedAt }: NonNullable<ResampleUnits['cells']>,
): void {
  for (let group = 0, at = sheetAt / 8; group < probability.length; group++, at += groupNumbers) {
    floats[at] = probability[group]!
    floats[at + 1] = lossOfChurner[group]!
    floats[at + 2] = lossOfStayer[group]!
    words[2 * at + 6] = churnedAt[group]!
    words[2 * at + 7] = stayedAt[group]!
  }
}
