import { HoldfastError } from '../base/errors.js'

/** Deeper nesting than this counts as a cycle. */
const depthLimit = 100

/**
 * Returns plain data as JSON text that depends on nothing but the data: members of objects in the order of their
 * names, no white space. Members that are undefined are left out, as in `JSON.stringify`.
 *
 * @throws {HoldfastError} `value-type` where something is not plain JSON data: NaN, a Date, a Map, a function, a cycle
 */
export function canonicalJson(operation: string, parameter: string, value: unknown): string {
  return textOf(value, parameter, 0)

  function textOf(part: unknown, path: string, depth: number): string {
    if (part === null || typeof part === 'boolean' || typeof part === 'string') return JSON.stringify(part)
    if (typeof part === 'number' && Number.isFinite(part)) return JSON.stringify(part)
    if (typeof part !== 'object' || depth > depthLimit) return refuseValue(part, path)
    if (Array.isArray(part)) {
      return `[${part.map((item, index) => textOf(item, `${path}[${index}]`, depth + 1)).join(',')}]`
    }
    const prototype = Object.getPrototypeOf(part)
    if (prototype !== Object.prototype && prototype !== null) return refuseValue(part, path)
    const members = Object.entries(part)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${textOf(member, `${path}.${name}`, depth + 1)}`)
    return `{${members.join(',')}}`
  }

  function refuseValue(received: unknown, path: string): never {
    throw new HoldfastError(operation, [
      {
        code: 'value-type',
        parameter: path,
        rule: 'to be plain JSON data: null, true, false, a finite number, a text, a list, an object, without cycles',
        received,
      },
    ])
  }
}
