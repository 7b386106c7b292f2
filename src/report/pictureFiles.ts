import { checkArguments } from '../base/arguments.js'
import { HoldfastError } from '../base/errors.js'
import { type Cell, Table, tableFrom } from '../table/table.js'
import { checkFacts } from './facts/checkFacts.js'
import type { ReportFacts } from './facts/reportFacts.js'
import { svgOf } from './picture/drawPicture.js'
import type { Picture } from './picture/picture.js'
import { picturesOf } from './picture/pictures.js'

/**
 * Returns the names of a report's pictures, in its order: `gains`, `lift`, `profit`, `calibration`, …
 *
 * @example
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
 * pictureNames(facts)
 * // => ['gains', 'lift', 'calibration', 'scores', 'roc', 'precision-recall']
 *
 * @see `writePictures` for all of them as files
 */
export function pictureNames(facts: ReportFacts): string[] {
  checkFacts('pictureNames', facts)
  return picturesOf(facts).map(({ name }) => name)
}

/**
 * Returns a picture of a report as the text of an .svg file, in light colours on white.
 *
 * It contains its title and a description with the numbers, for screen readers.
 *
 * @param name one of {@link pictureNames}
 * @throws {HoldfastError} `value-unknown` if the report has no such picture
 *
 * About 100 ms for the first picture, which loads the plotting library, then about 20 ms each.
 *
 * @example
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
 * const svg = await pictureSvg(facts, 'gains')
 * svg.includes('<title id="gains-title">Churners reached by the length of the list</title>')
 * // => true
 *
 * @see {@link picturePng}, {@link pictureTable}
 */
export async function pictureSvg(facts: ReportFacts, name: string): Promise<string> {
  checkFacts('pictureSvg', facts)
  checkArguments('pictureSvg', ['name', name, 'text'])
  return svgOf(pictureNamed('pictureSvg', facts, name))
}

/**
 * Returns the data of a picture as a table, for another plotting tool.
 *
 * @param name one of {@link pictureNames}
 * @throws {HoldfastError} `value-unknown` if the report has no such picture
 *
 * @example
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
 * pictureTable(facts, 'lift').rows()[0]
 * // => { part: 1, customers: 1, churners: 1, churnRate: 1, lift: 2 }
 *
 * @see {@link pictureSvg}
 */
export function pictureTable(facts: ReportFacts, name: string): Table {
  checkFacts('pictureTable', facts)
  checkArguments('pictureTable', ['name', name, 'text'])
  const { rows } = pictureNamed('pictureTable', facts, name)
  const keys = Object.keys(rows[0] ?? {})
  if (keys.length === 0) return new Table([])
  return tableFrom(
    Object.fromEntries(keys.map((key): [string, Cell[]] => [key, rows.map((row) => row[key] ?? null)])),
  )
}

function pictureNamed(operation: string, facts: ReportFacts, name: string): Picture {
  const all = picturesOf(facts)
  const found = all.find((picture) => picture.name === name)
  if (found !== undefined) return found
  throw new HoldfastError(operation, [
    {
      code: 'value-unknown',
      parameter: 'name',
      rule: `to be one of ${all.map((picture) => picture.name).join(', ')}`,
      received: name,
      wayOut:
        'A picture without facts is left out: give modelReport an offer for profit, a backtest for backtest.',
    },
  ])
}
