import type { AttributeLevels, Level } from './attributeLevels.js'
import {
  type CountedRows,
  countGroups,
  isSmall,
  type LeastCounts,
  mergeLevels,
  otherLevel,
} from './mergeLevels.js'

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
  const counts = countGroups(cellOf, first!.levels.length * width, rows)
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
