import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import { afterAll, describe, expect, it } from 'vitest'
import { numberColumn, takeRows, textColumn } from '../../src/base/matrix.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { evaluate } from '../../src/evaluate/evaluate.js'
import { segmentTable } from '../../src/evaluate/segment/segmentTable.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import type { ChurnModel } from '../../src/learn/contract.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { decodeModel, encodeModel } from '../../src/learn/store.js'
import type { ReportFacts } from '../../src/report/facts/reportFacts.js'
import { modelReport, predictionReport } from '../../src/report/modelReport.js'
import { pictureNames, pictureSvg, pictureTable } from '../../src/report/pictureFiles.js'
import { picturePng } from '../../src/report/picturePng.node.js'
import { reportHtml } from '../../src/report/reportHtml.js'
import { reportMarkdown } from '../../src/report/reportMarkdown.js'
import { headlineOf } from '../../src/report/section/headline.js'
import { percent } from '../../src/report/words/numbers.js'
import { writePictures } from '../../src/report/writePictures.node.js'
import { writeReport } from '../../src/report/writeReport.node.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { tableFrom } from '../../src/table/table.js'
import { customers, oddNames, wholeFacts } from './facts.js'

/** A file of a model without a scorer does not tell which rows it was trained on. */
const asFromAFile = (model: ChurnModel): ChurnModel => decodeModel(encodeModel(model)).model

const facts = wholeFacts()
const folder = await mkdtemp(join(tmpdir(), 'holdfast-report-'))
afterAll(() => rm(folder, { recursive: true }))

const documentOf = (page: string) => parseHTML(page).document
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

/** Customers as a scorer knows those that its model was trained on. */
function trainingOf(count: number) {
  return { ...customers(count), rules: null, label: null, population: null, fingerprint: '0'.repeat(64) }
}

describe('facts', () => {
  it('are plain JSON: read back they are the same, and make the same page', async () => {
    const again = JSON.parse(JSON.stringify(facts))
    expect(again).toEqual(facts)
    expect(await reportHtml(again)).toBe(await reportHtml(facts))
  })

  it('the inputs are not written to', () => {
    const test = customers(60)
    const copy = structuredClone(Array.from(test.outcome))
    const options = Object.freeze({ evaluate: Object.freeze({ resamples: 20 }) })
    modelReport(trainLogistic(test), Object.freeze(test), options)
    expect(Array.from(test.outcome)).toEqual(copy)
  })

  describe('of customers with several rows', () => {
    // Each of 100 customers stands 4 times: the ranges are twice as wide as those of 400 rows, and counts are of rows.
    const once = customers(100)
    const rows = Array.from({ length: 400 }, (_, row) => row % 100)
    const test = {
      features: takeRows(once.features, rows),
      outcome: Uint8Array.from(rows, (row) => once.outcome[row]!),
      ids: rows.map((row) => `C${row}`),
    }
    const model = trainLogistic(once)
    const offer = { customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.3 }
    const options = { segmentsBy: ['plan'], offer, evaluate: { resamples: 300 } }
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower
    const { ids } = test
    const own = modelReport(model, test, options)
    const eachItsOwn = { ...options.evaluate, groups: rows.map((_, row) => row) }
    const asRows = modelReport(model, test, { ...options, evaluate: eachItsOwn })

    it('whole customers are drawn in every range, as evaluate draws them', () => {
      expect(own.evaluation).toMatchObject({
        customers: 100,
        rows: 400,
        churners: asRows.evaluation.churners,
      })
      expect(own.evaluation.rocAuc).toEqual(evaluate(model, test, { resamples: 300 }).rocAuc)
      expect(width(own.profit!.bestProfit)).toBeGreaterThan(1.6 * width(asRows.profit!.bestProfit))
      const ratio = (facts: ReportFacts) => width(facts.segments[0]!.overall.observedToExpected!)
      expect(ratio(own)).toBeGreaterThan(1.6 * ratio(asRows))
      const byHand = predictionReport(model.probability(test.features), test.outcome, {
        offer,
        evaluate: { resamples: 300, groups: ids },
      })
      expect(byHand.profit!.bestProfit).toEqual(own.profit!.bestProfit)
    })

    it('no count of rows is called one of customers, in words, tables and pictures', async () => {
      const text = plain(reportMarkdown(own))
      expect(text).toContain('Tested on 100 customers with 400 rows, 100 % of whom')
      expect(text).not.toMatch(/\b400 customers|10,000 customers|\| customers/)
      expect(plain(reportMarkdown(asRows))).toContain('Tested on 400 customers, 100 % of whom')
      expect(pictureTable(own, 'lift').columnNames).toContain('rows')
      expect(pictureTable(own, 'calibration').columnNames).not.toContain('customers')
      expect(String(evaluate(model, test, { resamples: 20 }))).toMatch(
        /^Evaluation of logistic: 100 customers with 400 rows, of which/,
      )
    })

    it('a table of segments that was made without the customers of the rows says so', () => {
      const probability = model.probability(test.features)
      const by = { by: ['plan'], resamples: 20 }
      const [alone, grouped] = [{}, { groups: ids }].map((given) => {
        const segments = [segmentTable(probability, test.outcome, test.features, { ...by, ...given })]
        return modelReport(model, test, { evaluate: { resamples: 20 }, segments }).segments[0]!
      })
      expect(alone!.notes.join()).toContain('treat each row as a customer')
      expect(grouped!.notes.join()).not.toContain('treat each row as a customer')
      expect(grouped!.overall).toMatchObject({ customers: 100, rows: 400 })
    })

    it('facts of a version that did not tell rows apart are read', () => {
      const { rows: _, ...evaluation } = asRows.evaluation
      expect(reportMarkdown({ ...asRows, evaluation } as ReportFacts)).toBe(reportMarkdown(asRows))
    })
  })

  it('count rows by their weight', () => {
    const probability = [0.9, 0.8, 0.3, 0.1]
    const weighted = predictionReport(probability, [1, 0, 1, 0], { weight: [1, 2, 1, 3] })
    // 1 + 1 churners among 1 + 2 + 1 + 3 customers
    expect(weighted.data.test).toMatchObject({ rows: 7, churners: 2 })
    expect(weighted.evaluation.customers).toBe(7)
  })

  it('facts of which a part is missing or something else are refused by its name', () => {
    const whole = JSON.parse(JSON.stringify(wholeFacts()))
    const wrong: string[] = []
    let refused = 0
    const read = (path: string): void => {
      try {
        reportMarkdown(whole)
      } catch (error) {
        refused++
        if (!String(error).includes(`expected facts.${path}`)) wrong.push(`${path}: ${String(error)}`)
        if (/Invalid input/.test(String(error))) wrong.push(String(error))
      }
    }
    const withoutEach = (object: Record<string, unknown>, path: readonly string[]): void => {
      // Of lists, what holds for the first element holds for all
      for (const name of Object.keys(object).slice(0, Array.isArray(object) ? 1 : undefined)) {
        const value = object[name]
        const place = [...path, name]
        if (place.join() === 'format' || place.join() === 'version') continue
        for (const other of [undefined, {}]) {
          object[name] = other
          read(place.join('.'))
        }
        object[name] = value
        if (typeof value === 'object' && value !== null) withoutEach(value as Record<string, unknown>, place)
      }
    }
    withoutEach(whole, [])
    expect(wrong).toEqual([])
    expect(refused).toBeGreaterThan(200)
  })

  it.each([
    ['another object', {}],
    ['nothing', null],
    ['a later version', { ...facts, version: 2 }],
  ])('%s is refused', async (_, received) => {
    await expect(reportHtml(received as never)).rejects.toMatchObject({ code: 'value-type' })
    expect(() => reportMarkdown(received as never)).toThrow(/expected facts/)
  })

  it.each([
    ['an outcome that is none', [0.9, 0.1], [1, 0.5], 'out-of-range'],
    ['an outcome that is missing', [0.9, 0.1, 0.2], [1, Number.NaN, 0], 'value-missing'],
    ['one class', [0.9, 0.1], [1, 1], 'one-class'],
    ['unequal lengths', [0.9], [1, 0], 'length-differs'],
  ])('of predictions, %s is refused', (_, probability, outcome, code) => {
    expect(() => predictionReport(probability, outcome)).toThrow(expect.objectContaining({ code }))
  })

  it('unknown options are refused with the nearest known one', () => {
    const test = customers(60)
    expect(() => modelReport(trainPrior(test), test, { titel: 'x' } as never)).toThrow('Did you mean title?')
  })
})

describe('words', () => {
  it('the headline says how many are reached, what the best list earns, and on whom', () => {
    const text = plain(reportMarkdown(facts))
    expect(text).toMatch(
      /\*\*Calling the 10 % of customers with the highest risk reaches \d+ % of those who leave: \d\.\d times as many/,
    )
    expect(text).toMatch(
      /\*\*At 1 € per contact the best list is the top \d+ %: it earns [\d,]+ € \([\d,]+ to [\d,]+\) per 10,000 customers\./,
    )
    expect(text).toContain(
      `Tested on 600 customers whose rows were not found among those of the training, of whom ${facts.evaluation.churners} left`,
    )
  })

  it('the head says of a flat table which column is predicted', async () => {
    const shop = fromFlatTable(tableFrom({ x: [1, 2, 3, 4, 5, 6, 7, 8], quit: [0, 1, 0, 1, 0, 1, 0, 1] }), {
      label: 'quit',
    })
    const page = reportMarkdown(modelReport(trainPrior(shop), shop, { date: '2025-05-01' }))
    expect(page.split('\n\n').slice(1, 3)).toEqual([
      'prior · 2025-05-01',
      'Predicts whether a customer leaves, as the column quit says.',
    ])
  })

  it('a model that ranks nobody is said to be as good as chance', () => {
    const constant = predictionReport(
      new Float64Array(200).fill(0.3),
      Array.from({ length: 200 }, (_, row) => (row % 4 === 0 ? 1 : 0)),
    )
    expect(plain(reportMarkdown(constant))).toContain('which cannot be told apart from calling at random')
  })

  it('customers who count at several dates are said to, with the dates', () => {
    const cutoffs = Int32Array.from({ length: 600 }, (_, row) => (row % 2 === 0 ? 20_089 : 20_120))
    const test = { ...customers(600, ['calls'], 2), cutoffs }
    const { data, evaluation } = modelReport(trainLogistic(customers(600, ['calls'])), test, {
      evaluate: { resamples: 20 },
    })
    expect(data.test.cutoffs).toEqual({ first: '2025-01-01', last: '2025-02-01', count: 2 })
    const { sentences } = headlineOf({ ...facts, data, evaluation })
    expect(plain(sentences.at(-1)!)).toContain(
      'Tested on 600 customers, who count on each of 2 dates from 2025-01-01 to 2025-02-01, of whom',
    )
  })

  it('the worst groups are named by the words of their attributes', () => {
    const worst = ['tenure_months below 6: customers are ranked worse']
    const segments = [{ ...facts.segments[0]!, attributes: ['tenure_months'], worst }]
    const words = { tenure_months: 'months since activation' }
    const text = reportMarkdown({ ...facts, segments, words })
    expect(plain(text).split('months since activation below 6: customers are ranked worse')).toHaveLength(3)
    expect(text).not.toContain('tenure_months')
  })

  it.each([
    ['all', 1],
    ['some', 0.3],
  ])('values that training does not have are said where %s are new', (_, share) => {
    const train = customers(400)
    const renamed = customers(400, undefined, 2)
    const plan = renamed.features.columns.at(-1)!
    if (plan.kind !== 'text') return expect.unreachable()
    // Renamed from the front: codes are of 400 rows.
    const rows = Math.round(share * 400)
    const { dictionary, codes, missing } = plan
    const test = {
      ...renamed,
      features: {
        rowCount: 400,
        columns: [
          ...renamed.features.columns.slice(0, -1),
          textColumn(
            'plan',
            Array.from(codes, (code, row) =>
              row < rows ? `${dictionary[code]} 2.0` : missing?.has(row) === true ? null : dictionary[code]!,
            ),
          ),
        ],
      },
    }
    const facts = modelReport(trainLogistic(train), test, { train, evaluate: { resamples: 20 } })
    const fact = facts.data.features.find(({ feature }) => feature === 'plan')!
    expect(fact.newShare).toBe(share)
    if (share === 1) expect(fact.psi).toBeNull()
    expect(plain(reportMarkdown(facts))).toContain(
      `Test customers have values that no training customer has, or miss what none of those misses: plan (${100 * share} %).`,
    )
  })

  it('without the training data nothing says that the customers are new to the model', () => {
    const [model, test] = [asFromAFile(trainLogistic(customers(300))), customers(300, undefined, 2)]
    const options = { evaluate: { resamples: 20 }, importances: 0, effects: 0 } as const
    const unknown = reportMarkdown(modelReport(model, test, options))
    expect(unknown).toContain('may have seen some of these customers')
    expect(unknown).not.toContain('not found among those of the training')
    const known = reportMarkdown(modelReport(model, test, { ...options, train: customers(300) }))
    expect(known).toContain('whose rows were not found among those of the training')
    expect(known).not.toContain('may have seen')
  })

  it('of rows that chance may have made alike it is said that nobody can tell, not that they are others', async () => {
    // Seven calls tell 300 customers hardly apart: every row is equal to rows of the training, and to others of its own
    const few = (seed: number) => {
      const { features, ...data } = customers(300, undefined, seed)
      const calls = Array.from({ length: 300 }, (_, row) => row % 7)
      return { ...data, features: { ...features, columns: [numberColumn('calls', calls)] } }
    }
    const options = { train: few(1), evaluate: { resamples: 20 }, importances: 0, effects: 0 } as const
    const facts = modelReport(trainLogistic(few(1)), few(2), options)
    expect(facts.data.seen).toMatchObject({ equal: 300, isOverlap: false })
    for (const text of [reportMarkdown(facts), await reportHtml(facts)].map(plain)) {
      expect(text).toContain('300 of whose rows are equal to rows of the training: it cannot be told')
      expect(text).not.toContain('on these very customers')
    }
  })

  it.each(['the training data', 'a scorer', 'the model itself'])(
    'customers that the model was trained on are said to be, on the page and in the text, as %s tells',
    async (known) => {
      const train = trainingOf(300)
      const trained = trainLogistic(train)
      const model = known === 'the model itself' ? trained : asFromAFile(trained)
      if (known === 'a scorer') createScorer(model, train)
      const facts = modelReport(model, train, {
        ...(known === 'a scorer' ? {} : { train }),
        evaluate: { resamples: 20 },
        importances: 0,
        effects: 0,
      })
      expect(facts.data.seen).toMatchObject({ compared: 300, equal: 300, isOverlap: true })
      for (const text of [reportMarkdown(facts), await reportHtml(facts)].map(plain)) {
        expect(text).toContain('of whom the model was trained on')
        expect(text).toContain('The model was trained on these very customers: 300 of the 300')
        expect(text).not.toContain('not found among those of the training')
      }
    },
  )

  it('rows given as train that are not those of the model are compared, and believed in nothing else', async () => {
    const [train, test] = [customers(300), customers(100, undefined, 2)]
    const options = { evaluate: { resamples: 20 }, importances: 0, effects: 0 } as const
    const model = trainLogistic(train)
    const right = modelReport(model, test, { ...options, train })
    expect(right.data.training).toEqual({ rows: 300, isGiven: true })
    expect(plain(reportMarkdown(right))).not.toContain('rows given as training data')
    const weight = Float64Array.from({ length: 300 }, (_, row) => (row < 20 ? 0 : 1))
    const weighted = { ...train, weight }
    const ofWeighted = modelReport(trainLogistic(weighted), test, { ...options, train: weighted })
    expect(ofWeighted.data.training).toEqual({ rows: 280, isGiven: true })
    // As many, but others; and the tested ones themselves
    for (const other of [customers(300, undefined, 3), test]) {
      const facts = modelReport(model, test, { ...options, train: other })
      expect(facts.data).toMatchObject({
        training: { rows: 300, isGiven: false },
        train: { rows: other.outcome.length },
        seen: { equal: 0, isOverlap: false },
      })
      for (const text of [reportMarkdown(facts), await reportHtml(facts)].map(plain)) {
        expect(text).toContain(
          `The ${other.outcome.length} rows given as training data are not the 300 rows that the model was trained on.`,
        )
        expect(text).toContain('Trained on 300 rows, tested on 100 others.')
      }
    }
  })

  it('a model file of an earlier version knows how many rows it was trained on, and not which', () => {
    const train = trainingOf(300)
    const { features: _, ...counts } = train
    const test = customers(100, undefined, 2)
    const { model } = loadScorer(encodeScorer(createScorer(asFromAFile(trainLogistic(train)), counts)))
    const options = { evaluate: { resamples: 20 }, importances: 0, effects: 0 } as const
    const right = modelReport(model, test, { ...options, train })
    expect(right.data).toMatchObject({ training: { rows: 300, isGiven: null }, seen: { equal: 0 } })
    const more = modelReport(model, test, { ...options, train: test })
    expect(more.data).toMatchObject({ training: { rows: 300, isGiven: false }, seen: null })
  })

  it('too few churners are said in the headline', () => {
    const few = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
    expect(plain(reportMarkdown(few))).toContain(
      'This rests on 2 customers who left, of 4: too few to rely on.',
    )
  })

  it('an offer that never pays is said to', () => {
    const test = customers(300)
    const offer = { customerValue: 30, offerCost: 20, contactCost: 25, acceptance: 0.1 }
    const text = reportMarkdown(
      modelReport(trainLogistic(test), test, { offer, evaluate: { resamples: 20 } }),
    )
    expect(text).toContain('With this offer no list earns more than it costs.')
  })

  it('sections without facts are left out', () => {
    const text = reportMarkdown(predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0]))
    expect(text.match(/^## .*$/gm)).toEqual([
      '## Before you rely on it',
      '## Whom to call',
      '## Can the probabilities be trusted?',
      '## All figures',
      '## The data',
      '## Model card',
    ])
  })
})

describe('pictures', () => {
  it('each has its numbers in its description, and data', async () => {
    expect(pictureNames(facts)).toEqual([
      'gains',
      'lift',
      'profit',
      'calibration',
      'scores',
      'importances',
      'effect-1',
      'effect-2',
      'effect-3',
      'segments-1',
      'backtest',
      'roc',
      'precision-recall',
    ])
    for (const name of pictureNames(facts)) {
      const { document } = parseHTML(await pictureSvg(facts, name))
      const svg = document.querySelector('svg')!
      const [title, description] = svg.getAttribute('aria-labelledby')!.split(' ')
      expect(document.getElementById(title!)!.textContent, name).not.toBe('')
      expect(document.getElementById(description!)!.textContent, name).toMatch(/\d/)
      expect(svg.outerHTML, 'colours are baked in').not.toContain('var(')
      expect(svg.outerHTML).not.toMatch(/NaN|Infinity|undefined|⚠/)
      expect(pictureTable(facts, name).rowCount, name).toBeGreaterThan(0)
    }
  })

  it.each([13, 105, 199])(
    '%i customers: headline, tile and picture say the same of the top of the list',
    async (rows) => {
      // Churners have the highest probabilities but for every other one; the list is of whole customers, rounded up
      const probability = Array.from({ length: rows }, (_, row) => 1 - (row + 1) / (rows + 1))
      const outcome = probability.map((_, row) => (row % 2 === 0 && row < 26 ? 1 : 0))
      const called = Math.ceil(rows / 10)
      const caught = outcome.slice(0, called).filter((one) => one === 1).length
      const share = `${Math.round((100 * caught) / outcome.filter((one) => one === 1).length)} %`
      const facts = predictionReport(probability, outcome, { evaluate: { resamples: 20 } })
      const { sentences, tiles } = headlineOf(facts)
      expect(plain(sentences[0]!)).toContain(`highest risk reaches ${share} of those`)
      expect(plain(tiles[0]!.value)).toBe(share)
      expect(plain(tiles[0]!.beside)).toContain(
        `; ${percent(called / rows)} at random`.replaceAll('\u00a0', ' '),
      )
      const text = plain(reportMarkdown(facts))
      expect(text).toContain(`the top 10 % holds ${share} of the churners`)
      expect(text).toMatch(new RegExp(`recall.*${share}`))
      const label = `top 10 %: ${share}`.replaceAll(' %', '&#160;%')
      expect((await pictureSvg(facts, 'gains')).includes(label)).toBe(true)
    },
  )

  it('the alt text of gains holds the shares of the data', async () => {
    const svg = plain(await pictureSvg(facts, 'gains'))
    const caught = pictureTable(facts, 'gains')
      .rows()
      .find((row) => row['contactedShare'] === 0.1)!
    expect(svg).toContain(
      `the top 10 % holds ${Math.round(Number(caught['caughtShare']) * 100)} % of the churners`,
    )
  })

  it('a range that the axis of calibration cuts ends in a triangle and its number', async () => {
    // 2 of 6 churned at .37: by Wilson 9.7 to 70 % (see rateInterval), on an axis to 40 %; 14 of 288 at .05 fit on it
    const probability = Array.from({ length: 294 }, (_, row) => (row < 6 ? 0.37 : 0.05))
    const outcome = probability.map((_, row) => (row < 2 || row >= 280 ? 1 : 0))
    const evaluated = { bins: 10, binning: 'equal-width', resamples: 20 } as const
    const cut = await pictureSvg(
      predictionReport(probability, outcome, { evaluate: evaluated }),
      'calibration',
    )
    expect(cut.match(/>to \d+&#160;%</g)).toEqual(['>to 70&#160;%<'])
    const many = Array.from({ length: 49 }, () => [...probability]).flat()
    const often = Array.from({ length: 49 }, () => [...outcome]).flat()
    const whole = await pictureSvg(predictionReport(many, often, { evaluate: evaluated }), 'calibration')
    expect(whole).not.toMatch(/>to \d+&#160;%</)
  })

  it('a picture that the report does not have is refused with those it has', async () => {
    const some = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
    await expect(pictureSvg(some, 'profit')).rejects.toThrow(/to be one of gains, lift/)
  })

  const cases: Record<string, () => ReturnType<typeof wholeFacts>> = {
    'two customers': () => predictionReport([0.9, 0.1], [1, 0]),
    'constant predictions': () => predictionReport([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 1]),
    'certain predictions, of which one is wrong': () => predictionReport([1, 1, 0, 0], [1, 0, 0, 1]),
    'tiny probabilities': () => predictionReport([0.0004, 0.0003, 0.0002, 0.0001], [1, 0, 0, 1]),
    'probabilities of 0': () => predictionReport([0, 0, 0, 0], [1, 0, 0, 1]),
    'one feature': () => modelReport(trainLogistic(customers(80, ['calls'])), customers(80, ['calls'])),
    'a model that moves nothing': () => modelReport(trainPrior(customers(80)), customers(80)),
    'fractional weights': () => predictionReport([0.9, 0.5, 0.1], [1, 0, 0], { weight: [0.5, 0.25, 1.5] }),
    'one tested cutoff': () => ({
      ...facts,
      backtest: { ...facts.backtest!, folds: facts.backtest!.folds.slice(0, 1) },
    }),
    'a backtest without figures': () => ({
      ...facts,
      backtest: {
        ...facts.backtest!,
        folds: facts.backtest!.folds.map((fold) => ({
          ...fold,
          rocAuc: null,
          baseRate: null,
          meanProbability: null,
        })),
      },
    }),
  }
  it.each(Object.entries(cases))('%s: every picture and the page render', async (_, make) => {
    const made = make()
    for (const name of pictureNames(made)) {
      expect(await pictureSvg(made, name), name).not.toMatch(/NaN|Infinity|undefined|⚠/)
    }
    expect(await reportHtml(made)).not.toMatch(/NaN|Infinity|undefined/)
    expect(reportMarkdown(made)).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('a picture as dots has twice the width by default', async () => {
    // The width stands in bytes 16 to 19 of a PNG file
    const widthOf = (png: Uint8Array): number => new DataView(png.buffer, png.byteOffset).getUint32(16)
    expect(widthOf(await picturePng(facts, 'gains'))).toBe(1440)
    expect(widthOf(await picturePng(facts, 'roc', { scale: 1 }))).toBe(326)
  })
})

describe('the page', () => {
  it('is one file of less than 500 kB that names nothing outside of itself', async () => {
    const page = await reportHtml(facts)
    expect(page.length).toBeLessThan(500_000)
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|url\(|<script|<link|<img|@import| style=| on\w+=/,
    )
    expect(page).toContain('default-src &#39;none&#39;; style-src &#39;sha256-')
  })

  it('has ids once each, and headings in order', async () => {
    const document = documentOf(await reportHtml(facts))
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
    expect(new Set(ids).size).toBe(ids.length)
    const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.tagName[1]))
    expect(levels[0]).toBe(1)
    expect(levels.every((level, index) => index === 0 || level - levels[index - 1]! <= 1)).toBe(true)
    for (const link of document.querySelectorAll('nav a')) {
      expect(ids).toContain(link.getAttribute('href')!.slice(1))
    }
  })

  it('shows names of the data as texts, whatever they hold', async () => {
    const odd = wholeFacts(oddNames)
    const page = await reportHtml(odd)
    expect(page).not.toContain('<script')
    expect(page).not.toContain('<b>')
    const text = documentOf(page).body!.textContent!
    for (const name of oddNames.slice(0, 4)) expect(text).toContain(name)
    expect(text).toContain('<b>gold</b>')
    expect(text).toContain('Spring <campaign>')
    // A control character and half of a surrogate pair
    expect(page).not.toContain('\u0007')
    expect(page).not.toMatch(/\p{Surrogate}/u)
    expect(reportMarkdown(odd)).not.toContain('<script')
  })
})

describe('files', () => {
  it.each(['report.html', 'report.HTM', 'report.md', 'report.json'])('%s is written whole', async (name) => {
    const path = join(folder, name)
    await writeReport(facts, path)
    const text = await readFile(path, 'utf8')
    if (name.endsWith('.json')) expect(JSON.parse(text)).toEqual(facts)
    else expect(plain(text)).toContain('Spring')
    expect((await readdir(folder)).filter((file) => file.endsWith('.part'))).toEqual([])
  })

  it.each([
    ['report.pdf', 'print it from a browser'],
    ['gains.png', 'written to a folder by writePictures'],
    ['report', 'Name it report.html.'],
  ])('the ending of %s is refused with the way out', async (name, wayOut) => {
    await expect(writeReport(facts, join(folder, name))).rejects.toThrow(wayOut)
  })

  it('a folder that is not there is refused with the reason', async () => {
    await expect(writeReport(facts, join(folder, 'none', 'report.md'))).rejects.toMatchObject({
      code: 'file-missing',
    })
  })

  it('pictures are written as svg, png and csv', async () => {
    const some = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
    const written = await writePictures(some, join(folder, 'pictures'), { scale: 1 })
    expect(written.length).toBe(3 * pictureNames(some).length)
    expect(await readFile(join(folder, 'pictures', 'lift.csv'), 'utf8')).toBe(
      'part,customers,churners,churnRate,lift\n1,1,1,1,2\n2,1,0,0,0\n3,1,1,1,2\n4,1,0,0,0\n',
    )
    // By example: Markdown beside the pictures links them
    expect(reportMarkdown(some, { pictures: 'pictures' })).toContain('(pictures/gains.svg)')
  })
})
