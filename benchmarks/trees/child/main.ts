import { createInterface } from 'node:readline'
import type { Answer, Request } from '../protocol.js'
import { type LoadedData, loadData } from './data.js'
import type { Library } from './library.js'
import { spin } from './spin.js'

// A process that answers one JSON line with one JSON line. The libraries are imported when first asked for, so that a
// cold start holds nothing but the runtime.
let data: LoadedData | undefined
const libraries = new Map<string, Library>()

async function libraryNamed(name: string): Promise<Library> {
  const known = libraries.get(name)
  if (known !== undefined) return known
  const module = (await import(`./${name}.js`)) as { open: (data: LoadedData) => Promise<Library> }
  const library = await module.open(data!)
  libraries.set(name, library)
  return library
}

async function answerTo(request: Request): Promise<Answer> {
  if (request.command === 'load') {
    data = loadData(request.file)
    return { seconds: 0 }
  }
  if (request.command === 'spin') return { seconds: spin() }
  const start = performance.now()
  const library = await libraryNamed(request.library)
  if (request.command === 'open') {
    return { seconds: (performance.now() - start) / 1000, version: library.version }
  }
  switch (request.command) {
    case 'train':
      return library.train(request.rows, request.settings)
    case 'forest':
      return library.forest(request.rows, request.settings)
    case 'save':
      throw new Error('Only LightGBM saves its models here.')
    case 'import':
      return library.import(request.file)
    case 'predict':
      return library.predict(request.output)
    case 'score':
      return library.score(request.rows, request.threads, request.output)
    case 'explain':
      return library.explain(request.rows)
    case 'single':
      return library.single(request.repeats)
    case 'reasons':
      return library.reasons(request.repeats)
  }
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

say({ ready: true })
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await answerTo(JSON.parse(line) as Request))
  } catch (error) {
    say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}
process.exit(0)
