// What `holdfast/score` weighs in a service or a page: its entry, bundled and minified as their bundlers do. Needs dist/.
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

/** @returns {Promise<{ code: string, minified: number, compressed: number, modules: readonly string[] }>} bytes, and what it is made of */
export async function scorerBundle() {
  // Of the modules and not of dist/: the names say what is in it
  const bundle = await rolldown({ input: resolve('.cache/modules/entries/score.js'), platform: 'browser' })
  const { output } = await bundle.generate({ format: 'esm', minify: true, comments: false })
  const [{ code, moduleIds }] = output
  const { length } = Buffer.from(code)
  return { code, minified: length, compressed: gzipSync(code).length, modules: moduleIds }
}
