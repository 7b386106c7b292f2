// The functions of an exported module, as text: those of the library, in the same order of operations, so that sums are
// equal to the bit. The conformance suite compares them.

/** Reads the cells of a row: one value for each feature of `features`. */
export const rowRuntime = `
const numberText = /^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)(e[+-]?\\d+)?$/i
const codeText = /^[+-]?\\d+(\\.0*)?$/

function cellsOf(row) {
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw new TypeError('score: expected row to be an object with a value for each feature of the model')
  const problems = []
  const cells = features.map((feature, index) => {
    const { name } = feature
    const say = (text) => (problems.push('column ' + name + ' ' + text), null)
    if (!Object.hasOwn(row, name)) return say('is missing: write null where the value is not known')
    const cell = row[name]
    if (cell === undefined || cell === null || cell === '') return null
    if (feature.kind !== 'number') {
      if (typeof cell !== 'string') return say('holds ' + String(cell) + ', expected a text or null')
      if (feature.kind === 'code' && !codeText.test(cell.trim() || '0'))
        return say('holds ' + JSON.stringify(cell) + ', expected a code of a category (0, 1, 2, …)')
      return cell
    }
    if (typeof cell === 'boolean') return cell ? 1 : 0
    const number =
      typeof cell === 'number' || (typeof cell === 'bigint' && Number.isSafeInteger(Number(cell)))
        ? Number(cell)
        : typeof cell === 'string' && isWrittenOtherwise[index] === 0 && numberText.test(cell.trim())
          ? Number(cell)
          : NaN
    return Number.isFinite(number) ? number : say('holds ' + String(cell) + ', expected a finite number or null')
  })
  if (problems.length > 0) throw new TypeError('score: ' + problems.join('; '))
  return cells
}

function reader(how) {
  const place = how[0]
  if (how.length === 2) {
    const zero = how[1]
    return (cells) => {
      const cell = cells[place]
      return cell === null || Math.abs(cell) <= zero ? NaN : cell
    }
  }
  const areCodes = how[1]
  const exact = new Map(how[2])
  const categories = new Map(how[3])
  const unseen = how[4] ?? NaN
  return (cells) => {
    const cell = cells[place]
    if (cell === null) return NaN
    const known = exact.get(cell)
    if (known !== undefined) return known
    const trimmed = cell.trim().normalize('NFC')
    if (trimmed === '') return NaN
    return categories.get(areCodes ? String(Number(trimmed) + 0) : trimmed) ?? unseen
  }
}

function certain(probability) {
  return Math.min(Math.max(probability, 1e-15), 1 - 1e-15)
}

function sigmoid(margin) {
  if (margin >= 0) return 1 / (1 + Math.exp(-margin))
  const odds = Math.exp(margin)
  return odds / (1 + odds)
}

function logit(probability) {
  return Math.log(probability / (1 - probability))
}
`

/** Asks trees. */
export const treeRuntime = `
// Nodes come with all on their left, then all on their right, after them: from the end on, both are known
function grown(trees) {
  const { feature } = trees
  const right = new Int32Array(feature.length)
  const roots = []
  for (let node = feature.length - 1; node >= 0; node--) {
    if (feature[node] >= 0) {
      roots.pop()
      right[node] = roots.pop()
    }
    roots.push(node)
  }
  return { ...trees, feature: Int32Array.from(feature), at: Float64Array.from(trees.at), right, roots: roots.reverse() }
}

function sumOfTrees(trees, cells) {
  const { roots, right, feature, at, missingLeft, sets, words } = trees
  const values = trees.read.map((read) => read(cells))
  let sum = trees.base
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree]
    while (right[node] !== 0) {
      const value = values[feature[node]]
      const start = sets === null ? 0 : sets[node]
      const isLeft = Number.isNaN(value)
        ? missingLeft.charCodeAt(node) === 49
        : start === 0
          ? value <= at[node]
          : ((words[start + (value >> 5)] >>> (value & 31)) & 1) === 1
      node = isLeft ? node + 1 : right[node]
    }
    sum += at[node]
  }
  return sum
}
`

/** Adds the effects of a logistic model. */
export const logisticRuntime = `
function signedLog(value, unit) {
  const ratio = Math.abs(value) / unit
  const log = Number.isFinite(ratio) ? Math.log1p(ratio) : Math.log(Math.abs(value)) - Math.log(unit)
  return Math.sign(value) * log
}

function standardScore(raw, { logUnit, mean, deviation }) {
  const value = logUnit === null ? raw : signedLog(raw, logUnit)
  const distance = value - mean
  const score = Number.isFinite(distance) ? distance / deviation : value / deviation - mean / deviation
  return Math.min(Math.max(score, -1e12), 1e12)
}

function sumOfEffects(logistic, cells) {
  let sum = logistic.intercept
  for (let index = 0; index < logistic.effects.length; index++) {
    const effect = logistic.effects[index]
    const value = logistic.read[index](cells)
    sum += Number.isNaN(value)
      ? effect.missing
      : effect.of === undefined
        ? effect.coefficient * standardScore(value, effect)
        : effect.of[value]
  }
  return sum
}
`

/** Reads margins through calibrators. */
export const calibrationRuntime = `
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

function calibrated(by, margin) {
  if (by.method === 'shift') return margin + by.shift
  if (by.method === 'platt') return by.intercept + by.slope * margin
  if (by.method === 'beta') return by.c - by.a * softplus(-margin) + by.b * softplus(margin)
  return logit(certain(curveAt(by.probability, by.calibrated, certain(sigmoid(margin)))))
}

function curveAt(x, y, at) {
  const last = x.length - 1
  if (at <= x[0]) return y[0]
  if (at >= x[last]) return y[last]
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (x[middle] <= at) low = middle
    else high = middle
  }
  const slope = (y[high] - y[low]) / (x[high] - x[low])
  return Math.min(y[low] + slope * (at - x[low]), y[high])
}
`

const marginCases: Readonly<Record<string, string>> = {
  constant: `    case 'constant':
      return part.margin`,
  trees: `    case 'trees': {
      const sum = sumOfTrees(part, cells)
      return part.scale === 'probability' ? logit(certain(sum)) : sum
    }`,
  logistic: `    case 'logistic':
      return sumOfEffects(part, cells)`,
  calibrated: `    case 'calibrated':
      return calibrated(part.by, marginOf(part.inner, cells))`,
  blend: `    case 'blend':
      return part.members.reduce((sum, { factor, inner }) => sum + factor * marginOf(inner, cells), part.intercept)`,
}

/** The exported function, for models of these kinds. */
export function scoreRuntime(kinds: readonly string[]): string {
  // The probability of a forest is its sum: through the log odds it would lose its last bits
  const probability =
    kinds[0] === 'trees' ? "model.scale === 'probability' ? certain(sumOfTrees(model, cells)) : " : ''
  return `
function marginOf(part, cells) {
  switch (part.kind) {
${kinds.map((kind) => marginCases[kind]).join('\n')}
  }
}

export function score(row) {
  const cells = cellsOf(row)
  const margin = marginOf(model, cells)
  const probability = ${probability}certain(sigmoid(margin))
  const band = bands.find(([, from]) => probability >= from)[0]
  return { probability, band, margin }
}`
}
