import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import bundledChromium from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportHtml } from '../../src/report/reportHtml.js'
import { oddNames, wholeFacts } from './facts.js'

// A real headless Chromium: that of the package for Linux on x64, or any other by its path in CHROMIUM_PATH.
const howToRun =
  'This test needs a Chromium. On Linux x64 the development package @sparticuz/chromium has one; elsewhere name yours: ' +
  'CHROMIUM_PATH="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" npx vitest run test/report/browser.test.ts'

const folder = await mkdtemp(join(tmpdir(), 'holdfast-browser-'))
const file = join(folder, 'report.html')
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let browser: Browser

beforeAll(async () => {
  await writeFile(file, await reportHtml(wholeFacts(oddNames)))
  try {
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? (await bundledChromium.executablePath()),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
      headless: true,
    })
  } catch (cause) {
    throw new Error(howToRun, { cause })
  }
})

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true })
})

interface Opened {
  readonly page: Page
  /** Everything that the page asked for besides itself; all of it is refused. */
  readonly requests: string[]
  /** What went to the console, and errors. */
  readonly printed: string[]
}

/** Opens the page in a browser without a network. */
async function opened(options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext({ offline: true, ...options })
  const page = await context.newPage()
  const requests: string[] = []
  const printed: string[] = []
  const own = pathToFileURL(file).href
  await page.route('**/*', (route) => {
    if (route.request().url() === own) return route.continue()
    requests.push(route.request().url())
    return route.abort()
  })
  page.on('console', (message) => printed.push(message.text()))
  page.on('pageerror', (error) => printed.push(String(error)))
  await page.goto(own)
  return { page, requests, printed }
}

/** Rules of axe that the page breaks, with the elements. Run last: axe itself is a script, which the page forbids. */
async function violations(page: Page): Promise<string[]> {
  return page.evaluate(`(async () => {
    ${axe}
    const { violations } = await axe.run(document)
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 150) + ' ' + failureSummary))
  })()`)
}

/** How much of a screenshot differs from its upper left corner, by its size as PNG: an empty page of any size is tiny. */
async function bytesPerPixel(page: Page): Promise<number> {
  const { width, height } = page.viewportSize()!
  return (await page.screenshot()).length / (width * height)
}

const wide = { viewport: { width: 1280, height: 900 } }
const phone = { viewport: { width: 360, height: 740 } }

describe.each([
  ['wide, light', { ...wide, colorScheme: 'light' }],
  ['wide, dark', { ...wide, colorScheme: 'dark' }],
  ['phone, light', { ...phone, colorScheme: 'light' }],
  ['phone, dark', { ...phone, colorScheme: 'dark' }],
] as const)('%s', (_, options) => {
  it('asks for nothing, prints nothing, does not scroll sideways, is not blank, and passes axe', async () => {
    const { page, requests, printed } = await opened(options)
    // Everything that can be opened is looked at too
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    const sideways = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
    expect(sideways).toBeLessThanOrEqual(0)
    // White paper of 1280 × 900 pixels makes 0.003 bytes each
    expect(await bytesPerPixel(page)).toBeGreaterThan(0.02)
    expect(await violations(page)).toEqual([])
    expect({ requests, printed }).toEqual({ requests: [], printed: [] })
    await page.context().close()
  })
})

describe('the page in a browser', () => {
  it('has dark paper for who prefers dark, and white paper in print', async () => {
    const { page } = await opened({ ...wide, colorScheme: 'dark' })
    const paper = "getComputedStyle(document.querySelector('section')).backgroundColor"
    expect(await page.evaluate(paper)).not.toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate(paper)).toBe('rgb(255, 255, 255)')
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    await page.context().close()
  })

  it('prints on paper', async () => {
    const { page } = await opened(wide)
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)!.length
    expect(pages).toBeGreaterThan(2)
    await page.context().close()
  })

  it('shows one of the two drawings of a picture, and no text of a drawing leaves it', async () => {
    for (const options of [wide, phone]) {
      const { page } = await opened(options)
      const outside = await page.evaluate<string[]>(`[...document.querySelectorAll('svg')].flatMap((svg) => {
        const box = svg.getBoundingClientRect()
        if (box.width === 0) return []
        return [...svg.querySelectorAll('text')].flatMap((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect()
          const fits = left >= box.left - 3 && right <= box.right + 3 && top >= box.top - 3 && bottom <= box.bottom + 3
          return fits || text.textContent === '' ? [] : [svg.querySelector('title').textContent + ': ' + text.textContent]
        })
      })`)
      expect(outside).toEqual([])
      const shown = await page.evaluate(
        "[...document.querySelectorAll('figure')].map((figure) => [...figure.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length)",
      )
      expect(new Set(shown as number[])).toEqual(new Set([1]))
      await page.context().close()
    }
  })
})
