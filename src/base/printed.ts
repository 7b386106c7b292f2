import { escapeMarkup } from './escapeMarkup.js'

// Known by name, so that nothing of Node is imported here.
const inspected: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never
const displayed: unique symbol = Symbol.for('Jupyter.display') as never

/**
 * Base of printable values: `String()`, `console.log` and notebooks show the same text; within another value
 * `console.log` shows its first line.
 */
export abstract class Printed {
  abstract toString(): string

  /** @internal */
  [inspected](depth: number | null, options: { readonly depth?: number | null }): string {
    const text = this.toString()
    const isInside = typeof depth === 'number' && typeof options.depth === 'number' && depth < options.depth
    return isInside ? `[${this.constructor.name}: ${text.split('\n')[0]}]` : text
  }

  /** @internal */
  [displayed](): Readonly<Record<string, string>> {
    return { 'text/plain': this.toString(), 'text/html': this.toHtml() }
  }

  /** @internal */
  protected toHtml(): string {
    return `<pre>${escapeMarkup(this.toString())}</pre>`
  }
}
