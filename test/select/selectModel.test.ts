import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { numberColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { backtest } from '../../src/evaluate/backtest/backtest.js'
import type { TemporalData } from '../../src/evaluate/backtest/temporalData.js'
import type { TrainControl, TrainingData } from '../../src/learn/contract.js'
import { encodeModel } from '../../src/learn/store.js'
import { runSelection } from '../../src/select/runSelection.js'
import type { SelectionState } from '../../src/select/selectionState.js'
import { selectModel } from '../../src/select/selectModel.js'
import type { SelectOptions } from '../../src/select/selectOptions.js'
import { sampleData } from '../learn/sample.js'

const data = sampleData(300, 1)
const quick = [
  'prior',
  { learner: 'logistic' },
  { learner: 'logistic', options: { inverseRegularization: 0.1 } },
  { learner: 'forest', options: { trees: 10, minRowsPerLeaf: 5 } },
  { learner: 'boosting', options: { rounds: 10, maxDepth: 2, earlyStopping: false } },
  'blend',
] as const
const options: SelectOptions = { candidates: quick, maximumTrials: 100, folds: 3, repeats: 2 }

async function problemsOf(run: Promise<unknown>): Promise<HoldfastError['problems']> {
  try {
    await run
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  throw new Error('nothing was refused')
}

/** A clock that goes on by so many milliseconds whenever it is looked at. */
function clock(milliseconds: number): () => number {
  let time = 0
  return () => {
    time += milliseconds
    return time
  }
}

describe('selectModel', () => {
  it('returns a model trained on all rows, with every candidate and the reason', async () => {
    const selection = await selectModel(data, options)
    expect(selection.model.probability(data.features)).toHaveLength(300)
    expect(selection.trials.map(({ learner }) => learner)).toContain('blend')
    const last = selection.trials.filter(({ rung }) => rung === 3)
    // Three folds, dealt twice.
    for (const { foldValues } of last) expect(foldValues['logLoss']).toHaveLength(6)
    const { foldValues, mean } = last[0]!
    const sum = foldValues['rocAuc']!.reduce((total, value) => total + value, 0)
    expect(mean['rocAuc']).toBeCloseTo(sum / 6, 12)
    expect(selection.chosen.why).toContain(selection.chosen.name)
    expect(selection.notes).toEqual([])
    for (const line of String(selection).split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('gives the same model for the same seed', async () => {
    const [one, other] = [await selectModel(data, options), await selectModel(data, options)]
    expect(encodeModel(other.model)).toEqual(encodeModel(one.model))
    expect(other.chosen).toEqual(one.chosen)
  })

  it('goes on from a state as if it had not been stopped', async () => {
    const whole = await selectModel(data, options)
    const states: string[] = []
    await selectModel(data, {
      ...options,
      maximumTrials: 4,
      onState: (state) => states.push(JSON.stringify(state)),
    })
    expect(states).toHaveLength(4)
    for (const text of [states[0]!, states[3]!, JSON.stringify(whole.state)]) {
      const resumed = await selectModel(data, { ...options, resume: JSON.parse(text) as SelectionState })
      expect(encodeModel(resumed.model)).toEqual(encodeModel(whole.model))
      expect(resumed.chosen).toEqual(whole.chosen)
      expect(resumed.trials.map(({ name, foldValues }) => ({ name, foldValues }))).toEqual(
        whole.trials.map(({ name, foldValues }) => ({ name, foldValues })),
      )
    }
  })

  it('trains nothing again that a state knows', async () => {
    const { state } = await selectModel(data, options)
    let trained = 0
    const onState = (next: SelectionState): void => {
      trained = Math.max(trained, next.cells.length)
    }
    await selectModel(data, { ...options, resume: state, onState })
    expect(trained).toBe(state.cells.length)
  })

  it('refuses the state of other data, of other options, and what is none', async () => {
    const { state } = await selectModel(data, { ...options, maximumTrials: 1 })
    const other = sampleData(300, 2)
    expect(await problemsOf(selectModel(other, { ...options, resume: state }))).toMatchObject([
      { code: 'data-changed' },
    ])
    expect(await problemsOf(selectModel(data, { ...options, seed: 2, resume: state }))).toMatchObject([
      { code: 'data-changed' },
    ])
    const none = { cells: [] } as unknown as SelectionState
    expect(await problemsOf(selectModel(data, { ...options, resume: none }))).toMatchObject([
      { code: 'option-invalid', parameter: 'resume' },
    ])
  })

  it('never sees the rows it validates on: a column that tells the outcome of one row only is worth nothing', async () => {
    // Every row has a value of its own; who remembers the training rows knows them all and no other.
    const random = seededRandom(9)
    const outcome = Uint8Array.from({ length: 240 }, () => (random.uniform() < 0.4 ? 1 : 0))
    const poisoned: TrainingData = {
      features: {
        rowCount: 240,
        columns: [
          numberColumn(
            'random',
            Array.from(outcome, () => random.uniform()),
          ),
        ],
      },
      outcome,
    }
    const memory = { learner: 'forest', options: { trees: 20, minRowsPerLeaf: 1, bootstrap: false } }
    const selection = await selectModel(poisoned, {
      ...options,
      candidates: ['prior', memory],
      metric: 'rocAuc',
    })
    const forest = selection.trials.find(({ learner }) => learner === 'forest')!
    // AUC of 240 customers is known to about .04; on its own rows this forest has 1.
    expect(Math.abs(forest.mean['rocAuc']! - 0.5)).toBeLessThan(0.15)
  })

  it('keeps the rows of a customer in one fold', async () => {
    // Each customer four times, with a number of his own: across folds it would give him away.
    const base = sampleData(100, 3)
    const rows = Array.from({ length: 400 }, (_, row) => row % 100)
    const outcome = Uint8Array.from(rows, (row) => base.outcome[row]!)
    const twins: TrainingData = { features: { rowCount: 400, columns: [numberColumn('own', rows)] }, outcome }
    const memory = { learner: 'forest', options: { trees: 20, minRowsPerLeaf: 1, bootstrap: false } }
    const score = async (more: object): Promise<number> => {
      const all = { ...options, candidates: [memory], metric: 'rocAuc', ...more } as SelectOptions
      return (await selectModel(twins, all)).trials[0]!.mean['rocAuc']!
    }
    expect(await score({})).toBeGreaterThan(0.95)
    expect(await score({ groups: rows })).toBeLessThan(0.75)
  })

  it('validates on the last cutoffs, trained on outcomes known before them', async () => {
    const cutoffs = Int32Array.from({ length: 300 }, (_, row) => 30 * Math.floor(row / 60))
    const label = { gapDays: 10, horizonDays: 30 }
    const { validation, trials } = await selectModel(
      { ...data, cutoffs, label },
      { ...options, candidates: ['logistic'] },
    )
    // Cutoffs 0, 30, 60, 90, 120; an outcome takes 40 days, so 60 is the first with another one before it.
    expect(validation).toEqual({ kind: 'time', folds: 3, repeats: 1 })
    expect(trials[0]!.foldValues['logLoss']).toHaveLength(3)
  })

  it('inside a backtest chooses from rows whose outcome was known at the cutoff, and from them only', async () => {
    const cutoffs = Int32Array.from({ length: 300 }, (_, row) => 30 * Math.floor(row / 50))
    const ids = Array.from(cutoffs, (_, row) => `customer ${row}`)
    const seen: number[] = []
    const choose = async (rows: TemporalData, { signal }: TrainControl) => {
      seen.push(Math.max(...rows.cutoffs!))
      const inside = { candidates: ['prior', 'logistic'], signal } as const
      return (await selectModel(rows, { ...options, ...inside })).model
    }
    const label = { gapDays: 10, horizonDays: 30 }
    const { folds } = await backtest({ ...data, ids, cutoffs, label }, choose, {
      testCutoffs: 2,
      resamples: 20,
    })
    expect(folds.map(({ cutoff }) => cutoff)).toEqual([120, 150])
    // An outcome takes 40 days: at 120 those up to 80 are known, at 150 those up to 110.
    expect(seen).toEqual([60, 90])
    for (const { figures } of folds) expect(figures.rocAuc!.value).toBeGreaterThan(0.5)
  })

  it('leaves out what there is no time for, and says so', async () => {
    // 400 ms at each look at the clock: a budget of 20 s is 50 looks.
    const seconds = 20
    const selection = await runSelection(
      'selectModel',
      data,
      { ...options, maximumTrials: undefined, budgetSeconds: seconds },
      clock(400),
    )
    expect(selection.seconds).toBeLessThan(1.1 * seconds)
    expect(selection.notes.join(' ')).toContain('The budget was over on rung')
  })

  it('takes no base rate where another candidate was tried and can be trained within a quarter of the budget', async () => {
    // Looks at the clock of 0.1 to 1.5 s: the budget of 20 s is over at another place each time.
    for (let milliseconds = 100; milliseconds <= 1500; milliseconds += 100) {
      const budget = { ...options, maximumTrials: undefined, budgetSeconds: 20 }
      const { chosen, trials, seconds } = await runSelection('selectModel', data, budget, clock(milliseconds))
      const useful = trials.filter(({ learner }) => learner !== 'prior')
      const cheapest = Math.min(...useful.map((trial) => trial.seconds))
      if (cheapest < 4) expect(chosen.learner, `${milliseconds} ms`).not.toBe('prior')
      expect(seconds, `${milliseconds} ms`).toBeLessThan(1.25 * 20 + milliseconds / 100)
    }
  })

  it('returns the prior where there is time for nothing', async () => {
    const selection = await runSelection(
      'selectModel',
      data,
      { candidates: quick, budgetSeconds: 0.001 },
      clock(400),
    )
    expect(selection.chosen.learner).toBe('prior')
    expect(selection.selectionScore).toBeNull()
    expect(selection.chosen.why).toContain('Give a longer one')
    expect(String(selection)).toContain('prior')
  })

  it('stops when aborted, before and in between', async () => {
    expect(await problemsOf(selectModel(data, { ...options, signal: AbortSignal.abort() }))).toMatchObject([
      { code: 'aborted' },
    ])
    const controller = new AbortController()
    let trials = 0
    const onState = (): void => {
      trials++
      controller.abort()
    }
    const stopped = selectModel(data, { ...options, onState, signal: controller.signal })
    expect(await problemsOf(stopped)).toMatchObject([{ code: 'aborted' }])
    expect(trials).toBe(1)
  })

  it('refuses unknown names with the nearest one, wrong options of a learner, one class and too few churners', async () => {
    const refused = (wrong: object, own: TrainingData = data) =>
      problemsOf(selectModel(own, wrong as SelectOptions))
    expect(await refused({ candidates: ['bosting'], metric: 'rocAucs' })).toMatchObject([
      { code: 'value-unknown', parameter: 'metric', wayOut: 'Did you mean rocAuc?' },
      { code: 'value-unknown', parameter: 'candidates', wayOut: 'Did you mean boosting?' },
    ])
    expect(await refused({ candidates: [{ learner: 'boosting', options: { prior: 0.02 } }] })).toMatchObject([
      { code: 'option-invalid', parameter: 'candidates.0.options.prior' },
    ])
    expect(await refused({ candidates: [{ learner: 'forest', options: { tree: 1 } }] })).toMatchObject([
      { code: 'option-unknown', wayOut: 'Did you mean trees?' },
    ])
    expect(await refused({ candidates: ['blend'] })).toMatchObject([
      { code: 'option-invalid', parameter: 'candidates' },
    ])
    expect(await refused({ budgetSecond: 1 })).toMatchObject([{ code: 'option-unknown' }])
    expect(await refused({ validation: 'time' })).toMatchObject([
      { code: 'option-invalid', parameter: 'validation' },
    ])
    expect(await refused({}, { ...data, outcome: new Uint8Array(300) })).toMatchObject([
      { code: 'one-class' },
    ])
    const few = new Uint8Array(300)
    few.fill(1, 0, 19)
    expect(await refused({}, { ...data, outcome: few })).toMatchObject([
      { code: 'out-of-range', received: '19 churned, 281 stayed' },
    ])
  })

  it('drops a candidate that cannot be trained, and says so', async () => {
    const hopeless = { learner: 'logistic', options: { maxIterations: 1 } }
    const selection = await selectModel(data, { ...options, candidates: ['prior', hopeless] })
    expect(selection.chosen.learner).toBe('prior')
    expect(selection.notes.join(' ')).toContain('logistic maxIterations 1 could not be trained')
  })
})
