import type { Picture } from '../picture/picture.js'

/** A table of texts that are ready to be read. The first cell of a row is its name. */
export interface TableBlock {
  readonly kind: 'table'
  readonly caption: string
  /** Numbers are set to the right. */
  readonly columns: readonly { readonly heading: string; readonly right?: boolean }[]
  readonly rows: readonly (readonly string[])[]
  /** True where it stands behind a line to open it: what a picture shows already. */
  readonly folded?: boolean
}

/** A piece of a section: page and Markdown are made of these. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'picture'; readonly picture: Picture }
  /** Small pictures side by side. */
  | { readonly kind: 'pictures'; readonly pictures: readonly Picture[] }
  | { readonly kind: 'terms'; readonly entries: readonly (readonly [term: string, text: string])[] }
  | TableBlock

/** A section of a report. Every section is a function from the facts to one of these, null without the facts. */
export interface Section {
  /** Name for links: letters and hyphens. */
  readonly id: string
  readonly title: string
  /** What it says, in a sentence or two that need no other. */
  readonly lead: string
  readonly blocks: readonly Block[]
}
