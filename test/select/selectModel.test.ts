import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { numberColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { backtest } from '../../src/evaluate/backtest/backtest.js'
import type { TemporalData } from '../../src/evaluate/backtest/runFolds.js'
import type { Progress, TrainControl, TrainingData } from '../../src/learn/contract.js'
import { encodeModel } from '../../src/learn/store.js'
import { runSelection } from '../../src/select/runSelection.js'
import type { Selection } from '../../src/select/selection.js'
import type { SelectionState } from '../../src/select/selectionState.js'
import { selectModel } from '../../src/select/selectModel.js'
import type { SelectOptions } from '../../src/select/selectOptions.js'
import type { Trial } from '../../src/select/trial.js'
import { sampleData } from '../learn/sample.js'

const data = sampleData(300, 1)
const quick = [
  'prior',
  { learner: 'logistic', options: { inverseRegularization: 1, skewed: 'log' } },
  { learner: 'logistic', options: { inverseRegularization: 0.1, skewed: 'log' } },
  { learner: 'forest', options: { trees: 10, minRowsPerLeaf: 5 } },
  { learner: 'boosting', options: { rounds: 10, maxDepth: 2, earlyStopping: false } },
  'blend',
] as const
const options: SelectOptions = { candidates: quick, maxTrials: 100, folds: 3, repeats: 2 }

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

/** Runs a selection by a clock that only the steps of trainings move on: so many seconds each, in trials and at the end. */
function bySteps(
  budgetSeconds: number,
  inTrials: number,
  atTheEnd: (step: string) => number,
  more: object = {},
) {
  let time = 0
  const onProgress = ({ step, done }: Progress): void => {
    // A trial tells where its rung is after each of its steps, and once more when it is done.
    time += 1000 * (step.startsWith('rung') ? inTrials : done > 0 ? atTheEnd(step) : 0)
  }
  const own = { candidates: quick, folds: 3, repeats: 2, budgetSeconds, onProgress, ...more } as SelectOptions
  return runSelection('selectModel', data, own, () => time)
}

/** The trials that a selection chose from: those of the rung of the one that was taken. */
function decisiveOf({ chosen, trials }: Selection): readonly Trial[] {
  const taken = trials.find(({ name }) => name === chosen.name)!
  return trials.filter(({ rung }) => rung === taken.rung)
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
      maxTrials: 4,
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
    const { state } = await selectModel(data, { ...options, maxTrials: 1 })
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

  it('leaves out what there is no time for, and says so, also in the reason', async () => {
    // 400 ms at each look at the clock: a budget of 20 s is 50 looks.
    const selection = await runSelection(
      'selectModel',
      data,
      { ...options, maxTrials: undefined, budgetSeconds: 20 },
      clock(400),
    )
    expect(selection.seconds).toBeLessThan(20)
    expect(selection.complete).toBe(true)
    expect(selection.notes.join(' ')).toContain('The budget was over on rung')
    expect(selection.chosen.why).toContain('of those that there was time to try')
  })

  it('holds its budget, and drops nothing that it has tried for something worse', async () => {
    // Steps of a tree or a Newton step: the time is over at another place each time.
    for (let budget = 2; budget <= 250; budget += budget < 40 ? 3 : 23) {
      const selection = await bySteps(budget, 1, () => 1)
      const { chosen, trials, seconds, complete, trainedRows } = selection
      // A step may be under way at its end.
      expect(seconds, `${budget} s`).toBeLessThanOrEqual(budget + 1)
      if (!complete) {
        expect(selection.notes[0], `${budget} s`).toContain('before anything but the base rate was tried')
        expect(trials.every(({ learner }) => learner === 'prior')).toBe(true)
        continue
      }
      expect(trainedRows).toBe(300)
      const decisive = decisiveOf(selection)
      const best = decisive.reduce((a, b) => (b.mean['logLoss']! < a.mean['logLoss']! ? b : a))
      // Where the best is not taken, the one that is is said to be as good, and by how much it is not.
      if (chosen.name !== best.name) expect(chosen.why).toContain(`The best in logLoss is ${best.name}`)
      if (chosen.learner === 'prior') expect(best.learner).toBe('prior')
    }
  })

  it('tries nothing that could not be trained on all rows afterwards', async () => {
    // The logistic model takes some 10 steps on 200 rows: on all 300, a third more kept, 20. Boosting takes 10, then 20.
    const short = await bySteps(36, 1, () => 1)
    expect(short.trials.map(({ learner }) => learner)).not.toContain('boosting')
    expect(short.chosen.learner).not.toBe('prior')
    expect(short.complete).toBe(true)
    const longer = await bySteps(100, 1, () => 1)
    expect(longer.trials.map(({ learner }) => learner)).toContain('boosting')
  })

  it('stops a final training that takes longer than its trials did, and says that the model is of fewer rows', async () => {
    const selection = await bySteps(60, 1, () => 50)
    expect(selection.complete).toBe(false)
    // Two of three folds, each class dealt.
    expect(Math.abs(selection.trainedRows - 200)).toBeLessThan(3)
    expect(selection.model.learner).not.toBe('prior')
    expect(selection.notes[0]).toMatch(
      /The time was over before .* was trained on all 300 rows: the model is .*, trained on \d+ of them in validation/,
    )
    // One step of 50 s was under way.
    expect(selection.seconds).toBeLessThan(60 + 50)
    expect(String(selection)).toContain('NOT COMPLETE')
  })

  it('takes the best alone, trained on all rows, where the other models of a blend come too late', async () => {
    const best = { rule: 'best', candidates: [quick[1], quick[3], 'blend'] }
    const whole = await bySteps(1e6, 1, () => 1, best)
    expect(whole.chosen.learner).toBe('blend')
    const late = await bySteps(1e6, 1, (step) => (step === 'tree' ? 1e6 : 1), best)
    expect(late.chosen).toMatchObject({ learner: 'logistic', why: late.notes[0] })
    expect(late.model.learner).toBe('logistic')
    expect([late.complete, late.trainedRows]).toEqual([false, 300])
    expect(late.selectionScore).toEqual(late.trials.find(({ learner }) => learner === 'logistic')!.mean)
  })

  it('goes past the budget where all trials came from a state and no model of them was kept, and says so', async () => {
    const { state } = await selectModel(data, options)
    const selection = await bySteps(60, 1, () => 50, { resume: state })
    expect(selection.complete).toBe(false)
    expect(selection.trainedRows).toBe(300)
    expect(selection.notes[0]).toMatch(/took the run \d+\.\d s past its budget/)
  })

  it('returns the base rate where there is time for nothing, and says that it is not what was asked for', async () => {
    const selection = await runSelection(
      'selectModel',
      data,
      { candidates: quick, budgetSeconds: 0.001 },
      clock(400),
    )
    expect(selection.chosen.learner).toBe('prior')
    expect(selection.complete).toBe(false)
    expect(selection.selectionScore).toBeNull()
    expect(selection.chosen.why).toContain('Give a longer one')
    expect(String(selection)).toContain('NOT COMPLETE')
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
