import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

// Inside of the package, so that `import 'holdfast'` finds dist as its users do.
const target = new URL('../../.cache/benchmarks/trees/', import.meta.url)
let built: string | undefined

/** Returns the child process as plain JavaScript: a loader would be part of what is timed. */
export function buildChild(): string {
  built ??= build()
  return built
}

function build(): string {
  mkdirSync(target, { recursive: true })
  const source = new URL('child/', import.meta.url)
  for (const file of readdirSync(source)) {
    const { outputText } = ts.transpileModule(readFileSync(new URL(file, source), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    })
    writeFileSync(new URL(file.replace(/\.ts$/, '.js'), target), outputText)
  }
  return fileURLToPath(new URL('main.js', target))
}
