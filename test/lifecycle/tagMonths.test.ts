import { describe, expect, it } from 'vitest'
import { epochDay, formatDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { numberColumn } from '../../src/base/matrix.js'
import { evidenceSentence } from '../../src/lifecycle/evidence.js'
import { checkStageOptions } from '../../src/lifecycle/stageOptions.js'
import { type MonthlySeries, tagMonths } from '../../src/lifecycle/tagMonths.js'
import { trendOf } from '../../src/lifecycle/trend.js'
import { seriesOf } from './seriesOf.js'

const letters = { acquisition: 'a', growth: 'g', maturity: 'm', decline: 'd', churn: 'c' } as const

/** One letter a month. */
function stages(series: MonthlySeries, options?: Parameters<typeof tagMonths>[1]): string {
  return tagMonths(series, options)
    .map((tag) => letters[tag.stage])
    .join('')
}

const flat = (count: number, level = 100): number[] => new Array<number>(count).fill(level)

describe('age', () => {
  it('a steady customer is new for 3 months, growing to 12, mature from then on', () => {
    // Activated on the first day of the first month: 1 complete month at its end, 3 at the end of the third.
    expect(stages(seriesOf(flat(14), { tenure: 1 }))).toBe('aagggggggggmmm')
  })

  it('without any earlier month to compare with age alone decides', () => {
    expect(stages(seriesOf([5], { tenure: 2 }))).toBe('a')
    expect(stages(seriesOf([5], { tenure: 3 }))).toBe('g')
    expect(stages(seriesOf([5], { tenure: 12 }))).toBe('m')
  })

  it('a customer without any signal is tagged by age and activity', () => {
    const series = { ...seriesOf(flat(3), { active: [1, 0, 0] }), signals: [] }
    expect(stages(series)).toBe('mdc')
  })
})

describe('fall', () => {
  it('30 % below the previous three months makes a decline in the second month that is so', () => {
    // 70 against 100; a month later still 70 against the 100 of before the fall. 71 is 29 %.
    expect(stages(seriesOf([...flat(3), 70, 70]))).toBe('mmmmd')
    expect(stages(seriesOf([...flat(3), 71, 71]))).toBe('mmmmm')
  })

  it('60 % below the previous three months makes a decline at once', () => {
    expect(stages(seriesOf([...flat(3), 40]))).toBe('mmmd')
    expect(stages(seriesOf([...flat(3), 41]))).toBe('mmmm')
  })

  it('a month that is low once changes nothing', () => {
    expect(stages(seriesOf([...flat(3), 45, ...flat(6)]))).toBe('mmmmmmmmmm')
  })

  it('a month that is high once changes nothing, neither then nor by the mean of the months after it', () => {
    // With 400 among them the mean of three months is 200, and 100 would be 50 % below it, twice.
    expect(stages(seriesOf([...flat(3), 400, ...flat(6)]))).toBe('mmmmmmmmmm')
  })

  it('a slow fall that never drops 30 % below three months is a decline', () => {
    // 8 % a month: 21.6 % below the three months before (1 / mean of 1.087, 1.18, 1.28). The line through six months falls
    // 0.92^5 = 34 %. Five months are enough to see it (0.92^4: −28 % is not), so the sixth sees it first and the seventh confirms.
    const slow = Array.from({ length: 9 }, (_, month) => 100 * 0.92 ** month)
    expect(stages(seriesOf(slow))).toBe('mmmmmmddd')
  })

  it('a fall of 3 % a month is no decline', () => {
    const slow = Array.from({ length: 24 }, (_, month) => 100 * 0.97 ** month)
    expect(stages(seriesOf(slow))).toBe('m'.repeat(24))
  })

  it('one falling signal is enough', () => {
    expect(stages(seriesOf(flat(5), { amount: [50, 50, 50, 30, 30] }))).toBe('mmmmd')
  })

  it('a new customer with a sudden drop is in decline, or new where the option says so', () => {
    const series = seriesOf([100, 100, 10], { tenure: 0 })
    expect(stages(series)).toBe('aad')
    expect(stages(series, { newCustomerDrop: 'acquisition' })).toBe('aaa')
  })

  it('a decline ends when the level before it is back within 15 % for two months', () => {
    expect(stages(seriesOf([...flat(3), 50, 50, 90, 90, 90]))).toBe('mmmmddmm')
    expect(stages(seriesOf([...flat(3), 50, 50, 90, 50, 90]))).toBe('mmmmdddd')
  })

  it('a decline ends when the new level has held still for three months', () => {
    // 65 against the higher of mean and median: of (100, 100, 65) 100, of (100, 65, 65) 77 → 15.2 %, of (65, 65, 65) 65 → 0 %:
    // the first of three calm months.
    expect(stages(seriesOf([...flat(3), 65, 65, 65, 65, 65, 65]))).toBe('mmmmddddm')
  })

  it('a missing month neither confirms nor refutes', () => {
    expect(stages(seriesOf([...flat(3), 65, null, 65]))).toBe('mmmmmd')
    expect(stages(seriesOf([...flat(3), null, null, 100]))).toBe('mmmmmm')
  })

  it('a customer whose months differ much must drop further', () => {
    // Steps of 40 around 100: spread 1.4826 / √2 × 40 = 42, twice that is 84 % of 100; 60 % is enough for anybody, if it lasts.
    const restless = [100, 80, 120, 80, 120, 80, 120]
    expect(stages(seriesOf([...restless, 60, 60]))).toBe('m'.repeat(9))
    expect(stages(seriesOf([...restless, 60, 60]), { noiseMultiple: 0 })).toBe('mmmmmmmmd')
    expect(stages(seriesOf([...restless, 30, 30]))).toBe('mmmmmmmmd')
  })

  it('with confirmMonths 1 a decline is found at once', () => {
    expect(stages(seriesOf([...flat(3), 70]), { confirmMonths: 1 })).toBe('mmmd')
  })

  it('a first figure after zeros has nothing to rise from', () => {
    expect(tagMonths(seriesOf([0, 0, 0, 10]))[3]!.evidence).toMatchObject({ rule: 'age', pending: null })
  })
})

describe('rise', () => {
  it('a mature customer whose signal rises 30 % along the line of six months, seen twice, grows until it is flat', () => {
    // 100, 108 …: 32 % along five months, the least that makes a line, and 40 % along six.
    const rising = Array.from({ length: 6 }, (_, month) => 100 + 8 * month)
    expect(stages(seriesOf([...rising, 148]))).toBe('mmmmmgg')
    expect(stages(seriesOf([...rising, 148, ...flat(6, 148)])).endsWith('m')).toBe(true)
  })

  it('a step up is a new level and no growth', () => {
    expect(stages(seriesOf([...flat(3), ...flat(8, 140)]))).toBe('m'.repeat(11))
  })

  it('coming back from a decline is no growth, rising on from there is', () => {
    const recovery = [...flat(3), 50, 50, 60, 70, 80, 90, 100, ...flat(4)]
    // 60, 70 and 80 are three months without a fall.
    expect(stages(seriesOf(recovery))).toBe('mmmmdddmmmmmmm')
    const later = [...flat(4), 110, 120, 130, 140, 150, 160]
    expect(stages(seriesOf([...recovery, ...later])).slice(-1)).toBe('g')
  })

  it('a fall of one signal outweighs a rise of another', () => {
    expect(stages(seriesOf([100, 110, 120, 130, 140, 150, 160], { amount: [...flat(5), 60, 60] }))).toBe(
      'mmmmmgd',
    )
  })
})

describe('churn', () => {
  it('silent is a decline for a month and churn from the second on', () => {
    expect(stages(seriesOf([...flat(3), 0, 0, 0], { active: [1, 1, 1, 0, 0, 0] }))).toBe('mmmdcc')
    expect(stages(seriesOf([...flat(3), 0, 0, 0], { active: [1, 1, 1, 0, 0, 0] }), { silentMonths: 3 })).toBe(
      'mmmddc',
    )
  })

  it('silence alone is no decline where the option says so', () => {
    const series = seriesOf(flat(4), { active: [1, 1, 0, 1] })
    expect(stages(series)).toBe('mmdd')
    expect(stages(series, { silence: 'ignored' })).toBe('mmmm')
  })

  it('a cancelled customer is churned from any stage', () => {
    expect(stages(seriesOf(flat(3), { cancelled: [0, 0, 1] }))).toBe('mmc')
    expect(stages(seriesOf(flat(3), { tenure: 1, cancelled: [0, 1, 1] }))).toBe('acc')
    expect(stages(seriesOf([...flat(3), 10, 0], { cancelled: [0, 0, 0, 0, 1] }))).toBe('mmmdc')
  })

  it('who comes back from silence for two months begins anew', () => {
    const series = seriesOf([...flat(3), 0, 0, 80, 80, 80, 80], { active: [1, 1, 1, 0, 0, 1, 1, 1, 1] })
    // Back since the sixth month: at the end of the seventh two months, three at the end of the eighth.
    expect(stages(series)).toBe('mmmdccagg')
    expect(stages(series, { winBack: 'byTenure' })).toBe('mmmdccmmm')
  })

  it('one active month does not end the churn of a silent customer', () => {
    const series = seriesOf([100, 0, 0, 5, 0, 0], { active: [1, 0, 0, 1, 0, 0] })
    expect(stages(series)).toBe('mdcccc')
  })

  it('a cancellation that is taken back ends the churn at once', () => {
    expect(stages(seriesOf(flat(3), { cancelled: [0, 1, 0] }))).toBe('mca')
  })
})

describe('season', () => {
  const dip = [100, 100, 100, 60, 60, 60]

  it('a dip of the whole base is not a decline of its customers', () => {
    const baseLevels = { minutes: Float64Array.of(1, 1, 1, 0.6, 0.6, 0.6) }
    expect(stages(seriesOf(dip))).toBe('mmmmdd')
    expect(stages(seriesOf(dip, { baseLevels }))).toBe('mmmmmm')
  })

  it('figures are shown in the level of the month, so that the value is the one that was measured', () => {
    // 30 in a month of level 0.5 against 100 in months of level 1: 50 in a month like this one; 40 % below.
    const baseLevels = { minutes: Float64Array.of(1, 1, 1, 0.5) }
    const tags = tagMonths(seriesOf([100, 100, 100, 30], { baseLevels }))
    expect(tags[3]!.because).toBe(
      '23 months since activation; minutes 40 % below the previous 3 months (30 against 50), seen for 1 month, 2 needed',
    )
  })
})

describe('evidence', () => {
  const last = (series: MonthlySeries) => tagMonths(series).at(-1)!

  it('a fall is told with both figures', () => {
    const { evidence, because } = last(seriesOf([21, 20, 22, 8]))
    expect(because).toBe('minutes 62 % below the previous 3 months (8 against 21)')
    // Mean 21, median 21: 8 / 21 − 1.
    expect(evidence).toEqual({
      rule: 'fall',
      change: {
        signal: 'minutes',
        from: 'monthsBefore',
        months: 3,
        share: 8 / 21 - 1,
        value: 8,
        reference: 21,
        monthsAgo: 0,
      },
    })
  })

  it('a decline that goes on is told against the level before it', () => {
    expect(last(seriesOf([...flat(3), 65, 65, 65])).because).toBe(
      'minutes 35 % below the level before the fall (65 against 100)',
    )
  })

  it('a slow fall is told along its line', () => {
    // 100, 92 … 60: a straight line, 40 % over the last six months.
    expect(last(seriesOf([108, 100, 92, 84, 76, 68, 60])).because).toBe(
      'minutes fell 40 % along the trend of 6 months (60 against 100)',
    )
  })

  it('age, silence, return and cancellation are told', () => {
    expect(last(seriesOf([5], { tenure: 1 })).because).toBe('1 month since activation')
    expect(last(seriesOf([5, 5], { active: [1, 0] })).because).toBe('no activity for 1 month, churn at 2')
    expect(last(seriesOf([5, 5, 5], { active: [1, 0, 1] })).because).toBe(
      'active again after a silent month, not confirmed yet',
    )
    expect(last(seriesOf([5, 0, 0], { active: [1, 0, 0] })).because).toBe('no activity for 2 months')
    expect(last(seriesOf([5, 0, 0, 5], { active: [1, 0, 0, 1] })).because).toBe(
      'active again for 1 month, 2 needed to count as back',
    )
    expect(last(seriesOf([5, 0, 0, 5, 5], { active: [1, 0, 0, 1, 1] })).because).toBe('2 months since return')
    expect(last(seriesOf([5], { cancelled: [1] })).because).toBe('cancelled')
  })

  it('a signal that has been missing since says so', () => {
    expect(last(seriesOf([...flat(3), 30, null])).because).toBe(
      'minutes 70 % below the previous 3 months (30 against 100), last known 1 month ago',
    )
  })

  it('since is the month in which the stage began', () => {
    const tags = tagMonths(seriesOf([...flat(3), 70, 70, 70]))
    expect(tags.map((tag) => formatDay(tag.since))).toEqual([
      ...new Array(4).fill('2024-01-01'),
      '2024-05-01',
      '2024-05-01',
    ])
  })
})

describe('the sentence of a change', () => {
  const change = {
    signal: 'minutes',
    from: 'levelBefore',
    months: 0,
    share: 0.5,
    value: 1234.5,
    reference: 999.94,
    monthsAgo: 0,
  } as const

  it('from 1000 on figures are whole, below they have three digits', () => {
    expect(evidenceSentence({ rule: 'rise', change })).toBe(
      'minutes 50 % above the level before the rise (1235 against 1000)',
    )
    const small = { ...change, value: 1000, reference: 999.4, share: 0 }
    expect(evidenceSentence({ rule: 'rise', change: small })).toBe(
      'minutes 0 % above the level before the rise (1000 against 999)',
    )
    const credit = { ...change, value: -1234.5, reference: 0.012345 }
    expect(evidenceSentence({ rule: 'rise', change: credit })).toContain('(-1234 against 0.0123)')
  })

  it('one month and several, above the months before and along a line', () => {
    const near = { ...change, from: 'monthsBefore', months: 1, monthsAgo: 2, value: 3, reference: 2 } as const
    expect(evidenceSentence({ rule: 'rise', change: near })).toBe(
      'minutes 50 % above the previous 1 month (3 against 2), last known 2 months ago',
    )
    const line = { ...near, from: 'trendStart', months: 6, monthsAgo: 0 } as const
    expect(evidenceSentence({ rule: 'rise', change: line })).toBe(
      'minutes rose 50 % along the trend of 6 months (3 against 2)',
    )
  })
})

describe('options', () => {
  it('the defaults are the printed ones', () => {
    expect(checkStageOptions('tagMonths', undefined)).toEqual({
      acquisitionMonths: 3,
      maturityMonths: 12,
      referenceMonths: 3,
      minReferenceMonths: 2,
      dropShare: 0.3,
      strongDropShare: 0.6,
      noiseMultiple: 2,
      spreadMonths: 12,
      calmShare: 0.15,
      trendMonths: 6,
      trendShare: 0.3,
      trendPairShare: 0.85,
      confirmMonths: 2,
      settleMonths: 3,
      silentMonths: 2,
      silence: 'decline',
      newCustomerDrop: 'decline',
      winBack: 'acquisition',
    })
  })
})

describe('refusals', () => {
  it('all problems of a series are named at once', () => {
    const bad: MonthlySeries = {
      firstMonth: epochDay('2024-01-02'),
      tenureMonths: Int32Array.of(1, -1),
      active: Uint8Array.of(1),
      cancelled: Uint8Array.of(0, 0),
      signals: [
        { ...numberColumn('minutes', [1, 2]), values: Float64Array.of(1, Number.NaN) },
        numberColumn('minutes', [1, 2]),
      ],
      baseLevels: { minutes: Float64Array.of(1, 0) },
    }
    expect(() => tagMonths(bad)).toThrowErrorMatchingInlineSnapshot(`
      [HoldfastError: tagMonths: 6 problems
        1. expected active to have 2 values, one for each of tenureMonths, got 1 (number).
        2. row 2: expected signal minutes to hold finite numbers or missing, got NaN (number).
        3. expected signal minutes to occur once.
        4. row 2: expected baseLevels.minutes to hold finite numbers above 0, got 0 (number).
        5. row 2: expected tenureMonths to be whole months, at least 0 and never fewer than the month before unless they restart at 0, got -1 (number).
        6. expected firstMonth to be the first day of a month, got 19724 (number).]
    `)
  })

  const right = seriesOf([21, 20, 22, 21, 21])
  const cases: [string, object, string][] = [
    ['active as true', { active: [true, true, true, true, true] }, 'row 1: expected active to be 1 (a sign'],
    [
      'active as days',
      { active: Uint8Array.of(3, 1, 4, 0, 1) },
      'to be 1 (a sign of life) or 0 (silent), got 3',
    ],
    ['active null', { active: [1, 1, null, null, 1] }, 'row 3: expected active to be 1'],
    ['active texts', { active: ['1', '1', '1', '1', '1'] }, 'or 0 (silent), got "1" (string)'],
    [
      'cancelled true',
      { cancelled: [0, 0, 0, true, true] },
      'row 4: expected cancelled to be 1 (cancelled) or 0',
    ],
    ['cancelled 2', { cancelled: Uint8Array.of(0, 0, 0, 0, 2) }, 'row 5: expected cancelled to be 1'],
    [
      'tenure NaN',
      { tenureMonths: [20, 21, Number.NaN, 23, 24] },
      'row 3: expected tenureMonths to be whole',
    ],
    ['tenure null', { tenureMonths: [null, 1, 2, 3, 4] }, 'row 1: expected tenureMonths to be whole'],
    ['tenure texts', { tenureMonths: ['20', '21', '22', '23', '24'] }, 'got "20" (string)'],
    [
      'tenure of half months',
      { tenureMonths: [2.5, 3, 4, 5, 6] },
      'row 1: expected tenureMonths to be whole',
    ],
    ['tenure that falls', { tenureMonths: [24, 3, 4, 5, 6] }, 'row 2: expected tenureMonths to be whole'],
    [
      'a level of no signal',
      { baseLevels: { Minutes: Float64Array.of(1, 1, 1, 1, 1) } },
      'baseLevels.Minutes to be the level of a signal',
    ],
    ['a text as first month', { firstMonth: '2025-01-01' }, "Convert it to a day: epochDay('2025-01-01')"],
    ['a month as a number', { firstMonth: 202501 }, 'firstMonth to be the first day of a month, got 202501'],
  ]
  it.each(cases)('%s is refused', (_, wrong, words) => {
    expect(() => tagMonths({ ...right, ...wrong } as MonthlySeries)).toThrow(words)
  })

  it('the months of a customer who starts again at 0 are right', () => {
    const again = { ...right, tenureMonths: Int32Array.of(20, 21, 0, 1, 1) }
    expect(() => tagMonths(again)).not.toThrow()
  })

  it('thresholds that contradict each other are refused', () => {
    const refusal = (() => {
      try {
        tagMonths(seriesOf([1]), { acquisitionMonths: 15, calmShare: 0.4, dropShare: 30 })
      } catch (error) {
        return error as HoldfastError
      }
      throw new Error('not refused')
    })()
    expect(refusal).toBeInstanceOf(HoldfastError)
    expect(refusal.message).toMatchInlineSnapshot(`
      "tagMonths: 4 problems
        1. expected dropShare to be a number above 0 and below 1, got 30 (number).
        2. expected acquisitionMonths to be at most maturityMonths (12), got 15 (number).
        3. expected dropShare to be at most strongDropShare (0.6), got 30 (number).
        4. expected calmShare to be at most trendShare (0.3), got 0.4 (number)."
    `)
  })
})

describe('the line through the last months', () => {
  const lineOf = (values: number[]) =>
    trendOf(
      Int32Array.from(values, (_, month) => month),
      Float64Array.from(values),
      values.length,
      0.85,
      3,
    )

  it('goes through the higher of its first months with the median of the slopes', () => {
    // Slope 2 through 12 in the middle of the first two months, month 0.5: from 11 to 17.
    expect(lineOf([10, 12, 14, 16])).toEqual({ share: 6 / 11, start: 11, end: 17 })
  })

  it('is measured against the level itself where it would start below 0', () => {
    // Of the 15 slopes the eighth is (120 − 2) / 3; through 2 in month 1 it starts at −37.3.
    const { share, start, end } = lineOf([1, 2, 40, 80, 120, 160])
    expect(start).toBe(2)
    expect(share).toBeCloseTo((5 * 118) / 3 / 2, 9)
    expect(end).toBeCloseTo(2 + (5 * 118) / 3, 9)
  })
})
