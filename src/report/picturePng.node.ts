import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { checkOptions } from '../base/options.js'
import { checkFacts } from './facts/checkFacts.js'
import type { ReportFacts } from './facts/reportFacts.js'
import { pictureSvg } from './pictureFiles.js'

/** Options of {@link picturePng}. */
export interface PngOptions {
  /** Dots per pixel of the picture. In (0, 8]. Default 2: sharp on screens and in slides. */
  readonly scale?: number
}

const pngOptions = z.strictObject({ scale: z.number().gt(0).lte(8).default(2) })

/**
 * Returns a picture of a report as the bytes of a .png file, in light colours on white.
 *
 * The font is DejaVu Sans, which comes with the package: the same bytes on every machine.
 *
 * @param name one of {@link pictureNames}
 * @throws {HoldfastError} `value-unknown` if the report has no such picture; `option-invalid`
 *
 * About 0.5 s for the first picture, which compiles the renderer, then about 50 ms each.
 *
 * @example
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
 * const png = await picturePng(facts, 'gains', { scale: 1 })
 * Array.from(png.subarray(1, 4), (byte) => String.fromCharCode(byte)).join('')
 * // => 'PNG'
 *
 * @see {@link pictureSvg}
 */
export async function picturePng(
  facts: ReportFacts,
  name: string,
  options?: PngOptions,
): Promise<Uint8Array> {
  checkFacts('picturePng', facts)
  checkArguments('picturePng', ['name', name, 'text'])
  const { scale } = checkOptions('picturePng', pngOptions, options)
  const [svg, { Resvg, fonts }] = await Promise.all([pictureSvg(facts, name), loadedRenderer()])
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: fonts, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' },
  })
  try {
    const image = picture.render()
    try {
      return image.asPng()
    } finally {
      image.free()
    }
  } finally {
    picture.free()
  }
}

// The renderer is WebAssembly and may be initialised only once
let renderer: ReturnType<typeof loadRenderer> | undefined

function loadedRenderer(): ReturnType<typeof loadRenderer> {
  renderer ??= loadRenderer()
  return renderer
}

async function loadRenderer() {
  const { resolve } = createRequire(import.meta.url)
  const files = [
    '@resvg/resvg-wasm/index_bg.wasm',
    'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
    'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  ]
  const [{ initWasm, Resvg }, wasm, ...fonts] = await Promise.all([
    import('@resvg/resvg-wasm'),
    ...files.map((file) => readFile(resolve(file))),
  ] as const)
  await initWasm(wasm!)
  return { Resvg, fonts: fonts.map((font) => new Uint8Array(font)) }
}
