import type { OutcomeRows } from '../rows/outcomeRows.js'
import { type AttributeLevels, type Level, rangeLevel } from './attributes.js'

/** A segment before anything is measured. */
export interface SegmentPlan {
  readonly name: string
  readonly values: Readonly<Record<string, string | null>>
  readonly mergedFrom: readonly string[]
  /** True where it has too few customers even so. */
  readonly small: boolean
  readonly rows: Int32Array
}

/** Levels that a segment shares, and the cells it is made of. */
interface Draft {
  readonly levels: readonly (readonly [attribute: string, level: Level])[]
  readonly mergedFrom: readonly string[]
  readonly cells: readonly number[]
}

/**
 * Returns the segments that one or two attributes cut the customers into; every customer of weight above 0 is in exactly one.
 *
 * Small levels of each attribute are merged first. Of two attributes the small segments that share the first one
 * are then merged as `other` of the second, and what is still small as `other`. A group that is alone in being small keeps
 * its name.
 */
export function cutSegments(
  attributes: readonly AttributeLevels[],
  rows: CountedRows,
  least: LeastCounts,
): SegmentPlan[] {
  const merged = attributes.map((attribute) => mergeLevels(attribute, rows, least))
  const [first, second] = merged
  const width = second?.levels.length ?? 1
  const cellOf = first!.levelOf.map((level, row) => level * width + (second?.levelOf[row] ?? 0))
  const counts = countLevels(cellOf, first!.levels.length * width, rows)
  const rowsOf = rowsByCell(cellOf, counts.customers.length)
  const small = ({ cells }: Draft): boolean =>
    isSmall(
      cells.reduce((sum, cell) => sum + counts.customers[cell]!, 0),
      cells.reduce((sum, cell) => sum + counts.churners[cell]!, 0),
      least,
    )
  let drafts = draftsOf(first!, second).filter(({ cells }) => counts.customers[cells[0]!]! > 0)
  if (second !== undefined) drafts = mergeWithinFirst(drafts, second, small)
  drafts = mergeSmall(drafts, small, () => [])
  return drafts.map((draft) => ({
    name: nameOf(draft),
    values: Object.fromEntries(draft.levels.map(([attribute, { label }]) => [attribute, label])),
    mergedFrom: draft.mergedFrom,
    small: small(draft),
    rows: Int32Array.from(draft.cells.flatMap((cell) => rowsOf[cell]!)).sort(),
  }))
}

function draftsOf(first: AttributeLevels, second: AttributeLevels | undefined): Draft[] {
  const levelsOf = ({ attribute, levels }: AttributeLevels) =>
    levels.map((level) => [attribute, level] as const)
  if (second === undefined) {
    return levelsOf(first).map((one, cell) => ({
      levels: [one],
      mergedFrom: one[1].mergedFrom,
      cells: [cell],
    }))
  }
  const width = second.levels.length
  return levelsOf(first).flatMap((one, a) =>
    levelsOf(second).map((other, b) => ({
      levels: [one, other],
      mergedFrom: [...one[1].mergedFrom, ...other[1].mergedFrom],
      cells: [a * width + b],
    })),
  )
}

function mergeWithinFirst(
  drafts: readonly Draft[],
  second: AttributeLevels,
  small: (draft: Draft) => boolean,
): Draft[] {
  const first = [...new Set(drafts.map(({ levels }) => levels[0]![1]))]
  return first.flatMap((level) => {
    const within = drafts.filter(({ levels }) => levels[0]![1] === level)
    const other = otherLevel(second.attribute, second.levels, [])
    return mergeSmall(within, small, ([one]) => [one!.levels[0]!, [second.attribute, other]])
  })
}

/** Puts the small drafts together, where there are two or more, at the end. */
function mergeSmall(
  drafts: readonly Draft[],
  small: (draft: Draft) => boolean,
  levels: (merged: readonly Draft[]) => Draft['levels'],
): Draft[] {
  const merged = drafts.filter(small)
  if (merged.length < 2) return [...drafts]
  return [
    ...drafts.filter((draft) => !merged.includes(draft)),
    {
      levels: levels(merged),
      mergedFrom: merged.flatMap((draft) =>
        draft.cells.length > 1 || draft.levels.length === 1 ? namesOf(draft) : [nameOf(draft)],
      ),
      cells: merged.flatMap(({ cells }) => cells),
    },
  ]
}

function namesOf(draft: Draft): readonly string[] {
  return draft.mergedFrom.length > 0 ? draft.mergedFrom : [nameOf(draft)]
}

function nameOf({ levels }: Draft): string {
  return levels.length === 0 ? 'other' : levels.map(([, { name }]) => name).join(', ')
}

function rowsByCell(cellOf: Int32Array, cells: number): number[][] {
  const rowsOf = Array.from({ length: cells }, (): number[] => [])
  for (let row = 0; row < cellOf.length; row++) rowsOf[cellOf[row]!]!.push(row)
  return rowsOf
}

/** How many customers a segment must have. */
export interface LeastCounts {
  readonly minCustomers: number
  /** Of churners, and as many who stayed. */
  readonly minChurners: number
}

/** Weight of the customers and of the churners in each of several groups. */
export interface GroupCounts {
  readonly customers: Float64Array
  readonly churners: Float64Array
}

/** Rows that are counted. */
export interface CountedRows extends Pick<OutcomeRows, 'outcome' | 'weight'> {
  /** What a row that churned counts for among the churners; left out: its weight. */
  readonly churnWeight?: Float64Array
}

/** Returns the counts of each group. */
export function countLevels(
  groupOf: Int32Array,
  groups: number,
  { outcome, weight, churnWeight }: CountedRows,
): GroupCounts {
  const customers = new Float64Array(groups)
  const churners = new Float64Array(groups)
  for (let row = 0; row < groupOf.length; row++) {
    const share = weight === null ? 1 : weight[row]!
    customers[groupOf[row]!]! += share
    churners[groupOf[row]!]! += (churnWeight?.[row] ?? share) * outcome[row]!
  }
  return { customers, churners }
}

/** Returns whether a group has too few customers, churners or stayers to be looked at by itself. */
export function isSmall(customers: number, churners: number, least: LeastCounts): boolean {
  return (
    customers < least.minCustomers || churners < least.minChurners || customers - churners < least.minChurners
  )
}

/**
 * Returns the attribute with its small levels put together: a small band with the neighbour of fewer churners, until
 * none is small; small texts, where there are two or more, as `other`.
 */
export function mergeLevels(
  attribute: AttributeLevels,
  rows: CountedRows,
  least: LeastCounts,
): AttributeLevels {
  const counts = countLevels(attribute.levelOf, attribute.levels.length, rows)
  return attribute.ordered ? mergeBands(attribute, counts, least) : mergeTexts(attribute, counts, least)
}

interface Run {
  readonly first: number
  readonly last: number
  readonly customers: number
  readonly churners: number
}

function mergeBands(attribute: AttributeLevels, counts: GroupCounts, least: LeastCounts): AttributeLevels {
  const { levels } = attribute
  const missing = levels.at(-1)?.label === null ? levels.length - 1 : -1
  const bands = missing === -1 ? levels.length : missing
  const runs = Array.from(
    { length: bands },
    (_, band): Run => ({
      first: band,
      last: band,
      customers: counts.customers[band]!,
      churners: counts.churners[band]!,
    }),
  )
  for (;;) {
    const small = runs.findIndex((run) => isSmall(run.customers, run.churners, least))
    if (small === -1 || runs.length === 1) break
    const before = runs[small - 1]?.churners ?? Infinity
    const after = runs[small + 1]?.churners ?? Infinity
    const left = before <= after ? small - 1 : small
    runs.splice(left, 2, joined(runs[left]!, runs[left + 1]!))
  }
  const merged = runs.map(({ first, last }) =>
    first === last
      ? levels[first]!
      : rangeLevel(
          attribute,
          first,
          last,
          levels.slice(first, last + 1).map(({ name }) => name),
        ),
  )
  const runOf = (level: number): number =>
    level === missing ? runs.length : runs.findIndex(({ last }) => level <= last)
  const places = levels.map((_, level) => runOf(level))
  return {
    ...attribute,
    levels: missing === -1 ? merged : [...merged, levels[missing]!],
    levelOf: attribute.levelOf.map((level) => places[level]!),
  }
}

function joined(a: Run, b: Run): Run {
  return {
    first: a.first,
    last: b.last,
    customers: a.customers + b.customers,
    churners: a.churners + b.churners,
  }
}

function mergeTexts(attribute: AttributeLevels, counts: GroupCounts, least: LeastCounts): AttributeLevels {
  const { levels } = attribute
  const small = levels.map((_, level) => isSmall(counts.customers[level]!, counts.churners[level]!, least))
  if (small.filter(Boolean).length < 2) return attribute
  const kept = levels.filter((_, level) => !small[level])
  const places = levels.map((level, place) => (small[place] ? kept.length : kept.indexOf(level)))
  const names = levels.filter((_, level) => small[level]).map(({ name }) => name)
  return {
    ...attribute,
    levels: [...kept, otherLevel(attribute.attribute, kept, names)],
    levelOf: attribute.levelOf.map((level) => places[level]!),
  }
}

/** Returns the level of what was put together; under another name where a text is already called so. */
export function otherLevel(
  attribute: string,
  others: readonly Level[],
  mergedFrom: readonly string[],
): Level {
  const label = others.some((level) => level.label === 'other') ? 'all others' : 'other'
  return { label, name: `${attribute} = ${label}`, mergedFrom }
}
