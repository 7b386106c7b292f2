import { expect, test } from 'vitest'
import { LineProcess } from '../../../benchmarks/trees/lineProcess.js'
import { inTurns } from '../../../benchmarks/trees/turns.js'

function startScript(answer: string): Promise<LineProcess> {
  const script = `
    console.log('{"ready":true}')
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { ${answer} })
  `
  return LineProcess.start({ command: process.execPath, args: ['-e', script], environment: {} })
}

test('a process answers each question with a line', async () => {
  const child = await startScript('console.log(JSON.stringify({ seconds: JSON.parse(line).rows }))')
  const ask = (rows: number) => child.ask({ command: 'score', library: 'x', rows, threads: 1 })
  expect([await ask(1), await ask(2)]).toEqual([{ seconds: 1 }, { seconds: 2 }])
  expect(child.startup).toBeGreaterThan(0)
  await child.close()
})

test('an error of a process is an error here', async () => {
  const child = await startScript(`console.log('{"error":"no such library"}')`)
  await expect(child.ask({ command: 'spin' })).rejects.toThrow('no such library')
  await child.close()
})

test('a process that ends tells why instead of hanging', async () => {
  const child = await startScript("console.error('out of memory'); process.exit(1)")
  await expect(child.ask({ command: 'spin' })).rejects.toThrow(/ended early/)
  await child.close()
})

test('rounds go through all contenders, with a spin around each', async () => {
  const calls: string[] = []
  const { values, spins } = await inTurns(
    ['a', 'b'],
    2,
    async (name, round) => {
      calls.push(name + round)
      return round
    },
    async () => calls.push('spin'),
  )
  expect(calls.join(' ')).toBe('spin a0 b0 spin a1 b1 spin')
  expect(values).toEqual([
    [0, 1],
    [0, 1],
  ])
  expect(spins).toHaveLength(3)
})
