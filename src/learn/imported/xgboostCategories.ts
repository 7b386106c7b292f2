import type { Problem } from '../../base/errors.js'
import type { CheckedImportOptions } from './options.js'
import { broken, unsupported } from './problems.js'
import {
  askedCodes,
  categoriesOfCodes,
  categoriesOfTexts,
  type SourceCategories,
  type SourceTree,
} from './sourceModel.js'
import type { XgboostCategoryList, XgboostTrees } from './xgboostFile.js'

/** Returns the categories of every feature that a split asks as one: of the option, else of the file, else the codes. */
export function xgboostCategories(
  kept: readonly SourceTree[],
  { cats }: XgboostTrees,
  names: readonly string[],
  { categories: given }: CheckedImportOptions,
  problems: Problem[],
): Map<number, SourceCategories> {
  const categories = new Map<number, SourceCategories>()
  for (const [feature, codes] of askedCodes(kept)) {
    const name = names[feature] ?? String(feature)
    const texts = Object.hasOwn(given, name) ? given[name]! : textsOfList(cats?.enc[feature], name, problems)
    categories.set(feature, texts === null ? categoriesOfCodes(codes) : categoriesOfTexts(texts))
    if (texts === null) continue
    const beyond = [...codes].find((code) => code >= texts.length)
    if (beyond !== undefined) {
      const rule = `to have a text for every code, but there are ${texts.length}`
      problems.push(broken(`categories of ${name}`, rule, beyond))
    }
    if (new Set(texts).size !== texts.length) {
      problems.push(broken(`categories of ${name}`, 'to differ', texts))
    }
  }
  return categories
}

/** Texts are bytes, text i those from `offsets[i]` to `offsets[i + 1]`; whole numbers stand for themselves. */
function textsOfList(
  list: XgboostCategoryList | undefined,
  name: string,
  problems: Problem[],
): readonly string[] | null {
  if (list === undefined || list.values.length === 0) return null
  const { offsets, values } = list
  if (offsets === undefined) return values.map(String)
  // XGBoost 3.1 and 3.2 count letters where they cut bytes: beside ASCII the texts in the file are not those of the table.
  if (values.some((byte) => byte < 0 || byte > 127)) {
    const wayOut = `Give them in their order: { categories: { ${JSON.stringify(name)}: ['…', '…'] } }.`
    const rule = 'to be of ASCII letters: XGBoost writes others cut in the wrong places'
    problems.push(
      unsupported(`categories of ${name}`, rule, String.fromCharCode(...values.slice(0, 40)), wayOut),
    )
    return null
  }
  return offsets.slice(1).map((end, text) =>
    values
      .slice(offsets[text], end)
      .map((byte) => String.fromCharCode(byte))
      .join(''),
  )
}
