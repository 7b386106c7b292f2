import { describe, expect, it } from 'vitest'
import { instrumented, switchName } from '../../scripts/mutation/instrument.js'
import { mutantsOf } from '../../scripts/mutation/mutants.js'
import { type Result, standOf } from '../../scripts/mutation/plan.js'

const changesOf = (source: string, file = 'a.ts'): string[] =>
  mutantsOf(file, source).map(({ before, after }) => `${before} → ${after}`)

describe('mutants', () => {
  it.each([
    ['a < b', ['a < b → <=', 'a < b → >=']],
    ['a >= b', ['a >= b → >', 'a >= b → <']],
    ['a === b', ['a === b → !==']],
    ['a - b', ['a - b → +']],
    ['a && b', ['a && b → ||']],
    ['a ?? b', ['a ?? b → &&']],
    ['true', ['true → false']],
    ['[0, 30]', ['0 → 1', '30 → 31']],
    ['0.05', ['0.05 → 0.5']],
    ['!a', ['!a → a']],
    ['a.filter(f)', ['.filter(…) → left out']],
    ['a.toSorted(f)', ['.toSorted(…) → left out']],
    ['Math.min(a, b)', ['Math.min(a, b) → Math.max']],
    ['Math.floor(a)', ['Math.floor(a) → Math.ceil', 'Math.floor(a) → Math.round']],
    ['a ? b : c', ['? : → swapped']],
  ])('of %s', (expression, expected) => {
    expect(changesOf(`const x = ${expression}`)).toEqual(expected)
  })

  it('of statements: one is left out, one that leaves early leaves always or never', () => {
    expect(changesOf('count(a)')).toEqual(['count(a) → left out'])
    expect(changesOf('function f(a: boolean) { if (a) return }')).toEqual([
      'if (a) → if (true)',
      'if (a) → if (false)',
    ])
    expect(changesOf('if (a) { f() }')).toEqual(['f() → left out'])
  })

  it('of SQL: comparisons, numbers, least and greatest, NULL, DISTINCT, kind of join, order', () => {
    const rest = 'AND y1 IS NOT NULL AND d > 31'
    const source = `const x = \`LEFT JOIN t ON max(t.day) <= \${day} ${rest}\``
    expect(mutantsOf('a.ts', source)).toEqual([])
    const statements = mutantsOf('aSql.ts', source).map(({ replacement }) => replacement!.slice(1, -1))
    expect(statements).toEqual([
      `JOIN t ON max(t.day) <= \${day} ${rest}`,
      `LEFT JOIN t ON min(t.day) <= \${day} ${rest}`,
      `LEFT JOIN t ON max(t.day) < \${day} ${rest}`,
      `LEFT JOIN t ON max(t.day) <= \${day} AND y1 IS NULL AND d > 31`,
      `LEFT JOIN t ON max(t.day) <= \${day} AND y1 IS NOT NULL AND d >= 31`,
      `LEFT JOIN t ON max(t.day) <= \${day} AND y1 IS NOT NULL AND d > 32`,
    ])
  })

  it('not of what no test sees: types, imports, words of messages, texts that are put together', () => {
    expect(changesOf("import a from 'b'\ntype T = 1 | true\nconst b = 'c' + d as 1")).toEqual([])
    expect(changesOf('const problem = { rule: a ? `to be above 1` : `to be 2` }')).toEqual([])
    expect(changesOf(`const x = \`\${a} is expected to be below 3\``, 'aSql.ts')).toEqual([])
  })

  it('know their line, in a long text that of the change', () => {
    const [one, two] = mutantsOf('aSql.ts', '\nconst x = a - b\nconst y = `\n  x < \n  y`')
    expect([one!.line, one!.sourceLine]).toEqual([2, 'const x = a - b'])
    expect([two!.line, two!.sourceLine]).toEqual([4, 'x <'])
  })
})

describe('an instrumented source', () => {
  const source = [
    'const list = []',
    `list.push(a < 2 ? Math.min(a, -1) : \`\${a + 1}\`)`,
    'for (const x of [3].filter((y) => y > a)) list.push(x)',
    'const sorted = list.map((x) => x)',
    // Without the semicolon a parenthesis here is a call of what stands above.
    'sorted.sort()',
    'return [list, sorted]',
  ].join('\n')
  const mutants = mutantsOf('a.ts', source)
  const run = (text: string, a: number, on: (number: number) => boolean): unknown => {
    Object.assign(globalThis, { [switchName]: on })
    return new Function('a', text)(a)
  }
  const numbered = mutants.map((mutant, number) => [number, mutant] as const)

  it('does what the source does, with one on what the mutant does', () => {
    const text = instrumented(source, numbered, 'switch')
    expect(text.split('\n').length).toBe(source.split('\n').length)
    expect(mutants.length).toBe(16)
    for (const a of [0, 1, 2, 3, 4]) {
      expect(run(text, a, () => false)).toEqual(run(source, a, () => false))
      for (const [number, { start, end, replacement }] of numbered) {
        const changed = source.slice(0, start) + (replacement ?? '0') + source.slice(end)
        expect(run(text, a, (asked) => asked === number)).toEqual(run(changed, a, () => false))
        const alone = instrumented(source, [numbered[number]!], 'switch')
        expect(run(alone, a, () => false)).toEqual(run(source, a, () => false))
        expect(run(alone, a, () => true)).toEqual(run(changed, a, () => false))
      }
    }
  })

  it('as a probe asks for what it comes by', () => {
    const asked = new Set<string>()
    const text = instrumented(source, numbered, 'probe')
    run(text, 0, (number) => {
      asked.add(mutants[number]!.before)
      return false
    })
    expect(asked).toContain('Math.min(a, -1)')
    expect(asked).not.toContain('a + 1')
  })
})

describe('the stand of a run', () => {
  const ran = (mutant: number, by: 'failure' | 'time' | null): Result => ({
    kind: 'ran',
    testFile: 'a',
    mutant,
    by,
  })

  it('a mutant is killed by a failure and by a hang; what a broken process said is void', () => {
    const results = [ran(1, null), ran(2, 'failure'), ran(3, 'time'), ran(4, 'failure')]
    expect([...standOf(results).killed]).toEqual([2, 3, 4])
    const stand = standOf([...results, { kind: 'void', testFile: 'a', mutants: [4] }])
    expect([...stand.killed]).toEqual([2, 3])
    expect([1, 2, 3, 4, 5].map((mutant) => stand.hasRun('a', mutant))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })
})
