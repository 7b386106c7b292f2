import protobuf from 'protobufjs/light.js'

// The messages and field numbers of ONNX that an exported model needs, from onnx/onnx.proto3 of
// https://github.com/onnx/onnx (Apache-2.0): names are those of the format.
const schema: protobuf.INamespace = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: { id: 1, type: 'int64' },
        producerName: { id: 2, type: 'string' },
        docString: { id: 6, type: 'string' },
        graph: { id: 7, type: 'GraphProto' },
        opsetImport: { id: 8, type: 'OperatorSetIdProto', rule: 'repeated' },
        metadataProps: { id: 14, type: 'StringStringEntryProto', rule: 'repeated' },
      },
    },
    OperatorSetIdProto: { fields: { domain: { id: 1, type: 'string' }, version: { id: 2, type: 'int64' } } },
    StringStringEntryProto: { fields: { key: { id: 1, type: 'string' }, value: { id: 2, type: 'string' } } },
    GraphProto: {
      fields: {
        node: { id: 1, type: 'NodeProto', rule: 'repeated' },
        name: { id: 2, type: 'string' },
        initializer: { id: 5, type: 'TensorProto', rule: 'repeated' },
        input: { id: 11, type: 'ValueInfoProto', rule: 'repeated' },
        output: { id: 12, type: 'ValueInfoProto', rule: 'repeated' },
      },
    },
    NodeProto: {
      fields: {
        input: { id: 1, type: 'string', rule: 'repeated' },
        output: { id: 2, type: 'string', rule: 'repeated' },
        opType: { id: 4, type: 'string' },
        attribute: { id: 5, type: 'AttributeProto', rule: 'repeated' },
        domain: { id: 7, type: 'string' },
      },
    },
    AttributeProto: {
      fields: {
        name: { id: 1, type: 'string' },
        i: { id: 3, type: 'int64' },
        t: { id: 5, type: 'TensorProto' },
        ints: { id: 8, type: 'int64', rule: 'repeated', options: { packed: true } },
        strings: { id: 9, type: 'bytes', rule: 'repeated' },
        type: { id: 20, type: 'int32' },
      },
    },
    TensorProto: {
      fields: {
        dims: { id: 1, type: 'int64', rule: 'repeated', options: { packed: true } },
        dataType: { id: 2, type: 'int32' },
        stringData: { id: 6, type: 'bytes', rule: 'repeated' },
        name: { id: 8, type: 'string' },
        rawData: { id: 9, type: 'bytes' },
      },
    },
    ValueInfoProto: {
      fields: {
        name: { id: 1, type: 'string' },
        type: { id: 2, type: 'TypeProto' },
        docString: { id: 3, type: 'string' },
      },
    },
    TypeProto: { fields: { tensorType: { id: 1, type: 'TensorType' } } },
    TensorType: {
      fields: { elemType: { id: 1, type: 'int32' }, shape: { id: 2, type: 'TensorShapeProto' } },
    },
    TensorShapeProto: { fields: { dim: { id: 1, type: 'Dimension', rule: 'repeated' } } },
    Dimension: {
      fields: { dimValue: { id: 1, type: 'int64' }, dimParam: { id: 2, type: 'string' } },
    },
  },
}

/** Numbers of the types of tensors in the format. */
export const elementType = { uint8: 2, int64: 7, text: 8, bool: 9, double: 11 } as const

/** Numbers of the types of attributes in the format. */
const attributeType = { i: 2, t: 4, ints: 7, strings: 8 } as const

/** A tensor as the format has it. */
export interface Tensor {
  readonly name?: string
  readonly dims: readonly number[]
  readonly dataType: number
  readonly rawData?: Uint8Array
  readonly stringData?: readonly Uint8Array[]
}

/** The value of an attribute: a whole number, whole numbers, texts, or a tensor. */
export type AttributeValue = number | readonly number[] | readonly string[] | Tensor

/** An operator with its attributes. */
export interface OnnxNode {
  readonly opType: string
  readonly domain: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly object[]
}

const utf8 = new TextEncoder()

/** Returns a tensor of 64-bit numbers; little-endian, as the format wants it. */
export function doubleTensor(values: ArrayLike<number>, dims: readonly number[] = [values.length]): Tensor {
  const rawData = new Uint8Array(8 * values.length)
  const view = new DataView(rawData.buffer)
  for (let index = 0; index < values.length; index++) view.setFloat64(8 * index, values[index]!, true)
  return { dims, dataType: elementType.double, rawData }
}

/** Returns a tensor of whole numbers. */
export function int64Tensor(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  const rawData = new Uint8Array(8 * values.length)
  const view = new DataView(rawData.buffer)
  for (const [index, value] of values.entries()) view.setBigInt64(8 * index, BigInt(value), true)
  return { dims, dataType: elementType.int64, rawData }
}

/** Returns a tensor of numbers from 0 to 255. */
export function uint8Tensor(values: readonly number[]): Tensor {
  return { dims: [values.length], dataType: elementType.uint8, rawData: Uint8Array.from(values) }
}

/** Returns a tensor of texts. */
export function textTensor(values: readonly string[]): Tensor {
  return {
    dims: [values.length],
    dataType: elementType.text,
    stringData: values.map((text) => utf8.encode(text)),
  }
}

/** Returns an attribute of an operator. */
export function attributeOf(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, i: value, type: attributeType.i }
  if (!Array.isArray(value)) return { name, t: value, type: attributeType.t }
  return value.some((each) => typeof each === 'string')
    ? { name, strings: value.map((text) => utf8.encode(text as string)), type: attributeType.strings }
    : { name, ints: value, type: attributeType.ints }
}

/** Returns the bytes of a model in the format. */
export function onnxBytes(model: object): Uint8Array {
  return protobuf.Root.fromJSON(schema).lookupType('ModelProto').encode(model).finish()
}
