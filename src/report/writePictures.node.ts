import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { inNameOf } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { unwritable, writeWholeFile } from '../base/wholeFile.node.js'
import { writeTable } from '../table/writeTable.node.js'
import { checkFacts } from './facts/checkFacts.js'
import type { ReportFacts } from './facts/reportFacts.js'
import { pictureNames, pictureSvg, pictureTable } from './pictureFiles.js'
import { picturePng } from './picturePng.node.js'

/** Options of {@link writePictures}. */
export interface WritePicturesOptions {
  /** `svg` and `png` are the picture, `csv` its data. Default all three. */
  readonly formats?: readonly ('svg' | 'png' | 'csv')[]
  /** Dots per pixel of .png files. In (0, 8]. Default 2. */
  readonly scale?: number
}

const writePicturesOptions = z.strictObject({
  formats: z
    .array(z.enum(['svg', 'png', 'csv']))
    .min(1)
    .default(['svg', 'png', 'csv']),
  scale: z.number().gt(0).lte(8).default(2),
})

/**
 * Writes every picture of a report to a folder: `gains.svg`, `gains.png`, `gains.csv`, and so on.
 *
 * For slides and other documents. The folder is created if needed; existing files are replaced, each whole.
 *
 * @returns the paths written
 * @throws {HoldfastError} `file-missing` with the reason if a file cannot be written; `option-invalid`,
 * `option-unknown`; `value-type` if these are not the facts of a report
 *
 * @example
 * import { predictionReport } from 'holdfast/report'
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
 * const files = await writePictures(facts, 'pictures', { formats: ['svg'] })
 * files.length
 * // => 6
 *
 * @see {@link pictureSvg}, {@link picturePng}, {@link pictureTable} for a single one
 */
export async function writePictures(
  facts: ReportFacts,
  folder: string,
  options?: WritePicturesOptions,
): Promise<string[]> {
  checkArguments('writePictures', ['folder', folder, 'text'])
  const { formats, scale } = checkOptions('writePictures', writePicturesOptions, options)
  checkFacts('writePictures', facts)
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw unwritable('writePictures', folder, cause)
  })
  const written: string[] = []
  for (const name of pictureNames(facts)) {
    for (const format of formats) {
      const path = join(folder, `${name}.${format}`)
      if (format === 'csv')
        await inNameOf('writePictures', () =>
          writeTable(pictureTable(facts, name), path, { spreadsheetSafe: true }),
        )
      else {
        const content =
          format === 'svg' ? await pictureSvg(facts, name) : await picturePng(facts, name, { scale })
        await writeWholeFile('writePictures', path, content)
      }
      written.push(path)
    }
  }
  return written
}
