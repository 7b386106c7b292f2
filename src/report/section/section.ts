import type { Picture } from '../picture/picture.js'

/** A table of formatted texts. The first cell of a row is its name. */
export interface TableBlock {
  readonly kind: 'table'
  readonly caption: string
  /** `right`: aligned to the right, for numbers. */
  readonly columns: readonly { readonly heading: string; readonly right?: boolean }[]
  readonly rows: readonly (readonly string[])[]
  /** True if it is collapsed behind a line to open it, because a picture shows it already. */
  readonly folded?: boolean
}

/** A piece of a section, for page and Markdown. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'picture'; readonly picture: Picture }
  /** Small pictures side by side. */
  | { readonly kind: 'pictures'; readonly pictures: readonly Picture[] }
  | { readonly kind: 'terms'; readonly entries: readonly (readonly [term: string, text: string])[] }
  | TableBlock

/** A section of a report. Every section file has a function from the facts to one of these, null without the facts. */
export interface Section {
  /** Name for links: letters and hyphens. */
  readonly id: string
  readonly title: string
  /** Its message in a sentence or two. */
  readonly lead: string
  readonly blocks: readonly Block[]
}
