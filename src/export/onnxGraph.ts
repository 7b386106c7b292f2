import {
  type AttributeValue,
  attributeOf,
  doubleTensor,
  int64Tensor,
  type OnnxNode,
  type Tensor,
  textTensor,
} from './onnxFile.js'

/** Domain of the operators of classical models. */
const mlDomain = 'ai.onnx.ml'
const mlOperators: ReadonlySet<string> = new Set(['LabelEncoder', 'TreeEnsemble'])

/** Operators of a graph as they are added, each value by the name of what it comes from. */
export class OnnxGraph {
  readonly nodes: OnnxNode[] = []
  readonly initializers: Tensor[] = []
  readonly #known = new Map<string, string>()

  /** @param prefix of the names of values; no input has it */
  constructor(readonly prefix: string) {}

  /** Adds an operator and returns the name of its output. */
  add(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = `${this.prefix}${this.nodes.length}`,
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value))
    const domain = mlOperators.has(opType) ? mlDomain : ''
    this.nodes.push({ opType, domain, input, output: [output], attribute })
    return output
  }

  /** Returns the name of a constant number, of shape (1, 1). */
  number(value: number): string {
    return this.row([value])
  }

  /** Returns the name of a constant row of numbers, of shape (1, values). */
  row(values: readonly number[]): string {
    return this.#constant(doubleTensor(values, [1, values.length]), `row ${values.map(nameOf).join()}`)
  }

  /** Returns the name of a constant list of numbers. */
  list(values: readonly number[]): string {
    return this.#constant(doubleTensor(values), `list ${values.map(nameOf).join()}`)
  }

  /** Returns the name of a constant list of whole numbers. */
  integers(values: readonly number[], dims?: readonly number[]): string {
    return this.#constant(int64Tensor(values, dims), `integers ${values.join()} ${dims}`)
  }

  /** Returns the name of a constant list of texts. */
  texts(values: readonly string[]): string {
    return this.#constant(textTensor(values), `texts ${JSON.stringify(values)}`)
  }

  #constant(tensor: Tensor, key: string): string {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const name = `${this.prefix}c${this.initializers.length}`
    this.initializers.push({ ...tensor, name })
    this.#known.set(key, name)
    return name
  }
}

function nameOf(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
