import { escapeMarkup } from '../../base/escapeMarkup.js'

/** Safe HTML, to be put into a page as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | readonly Markup[]

/** Returns HTML from a template: inserted texts are escaped, inserted HTML is not. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    parts.reduce(
      (text, part, index) => text + part + (index < values.length ? written(values[index]!) : ''),
      '',
    ),
  )
}

function written(value: Value): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map((piece) => piece.text).join('')
  return escapeMarkup(String(value))
}
