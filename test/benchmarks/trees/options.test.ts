import { expect, test } from 'vitest'
import { boostingOptionsFor, knownOptions } from '../../../benchmarks/trees/child/options.js'
import { parseOptions, partNames, rowsWord } from '../../../benchmarks/trees/options.js'
import { coresFor } from '../../../benchmarks/trees/pinning.js'
import { settingsFor } from '../../../benchmarks/trees/training.js'
import { boostingOptions } from '../../../src/learn/boosting/options.js'

test('without words all parts run at full size', () => {
  expect(parseOptions([])).toMatchObject({
    parts: partNames,
    scale: 1,
    rounds: null,
    sizes: [200_000, 1_000_000, 5_000_000],
    threads: null,
  })
})

test('parts run in their own order, whatever the order of words', () => {
  expect(parseOptions(['wide', 'training', '--threads', '1,2', '--sizes', '1m,560']).parts).toEqual([
    'training',
    'wide',
  ])
  expect(parseOptions(['--sizes', '1m,560', '--threads', '1,2'])).toMatchObject({
    sizes: [1_000_000, 560],
    threads: [1, 2],
  })
})

test.each([
  [['trainig'], /No part is called trainig\. There is: training/],
  [['--peers', 'catboost'], /No peer is called catboost/],
  [['--scale', '2'], /--scale: expected a number in \(0, 1\], got 2/],
  [['--rounds', '0'], /--rounds: expected whole numbers/],
  [['--sizes', 'many'], /--sizes: expected rows/],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message)
})

test('rows are written as people write them', () => {
  expect([560, 4000, 200_000, 1_000_000, 1_500_000, 5_000_000].map(rowsWord)).toEqual([
    '560',
    '4k',
    '200k',
    '1m',
    '1500k',
    '5m',
  ])
})

test('a process has as many cores as threads, the last ones', () => {
  expect(coresFor(1, 2)).toEqual([1])
  expect(coresFor(2, 2)).toEqual([0, 1])
  expect(coresFor(2, 8)).toEqual([6, 7])
  expect(coresFor(2, 1)).toEqual([0])
})

test('options that this build does not know are left out, and the rest is valid', () => {
  const wanted = boostingOptionsFor(settingsFor(1))
  const options = knownOptions({ ...wanted, notYetThere: 1 }, boostingOptions)
  expect(options).not.toHaveProperty('notYetThere')
  expect(boostingOptions.parse(options)).toMatchObject({
    rounds: 100,
    maxLeaves: 31,
    maxDepth: 32,
    rowShare: 1,
  })
  expect(knownOptions(wanted, undefined)).toEqual(wanted)
})
