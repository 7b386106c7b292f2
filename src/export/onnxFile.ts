import protobuf from 'protobufjs/minimal.js'

// The messages and field numbers of ONNX that an exported model needs, from onnx/onnx.proto3 of
// https://github.com/onnx/onnx (Apache-2.0): names are those of the format.
// A field is [number, type]: a type of protobuf, or the message that it holds
const messages: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  ModelProto: {
    irVersion: [1, 'int64'],
    producerName: [2, 'string'],
    docString: [6, 'string'],
    graph: [7, 'GraphProto'],
    opsetImport: [8, 'OperatorSetIdProto'],
    metadataProps: [14, 'StringStringEntryProto'],
  },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
  GraphProto: {
    node: [1, 'NodeProto'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto'],
    input: [11, 'ValueInfoProto'],
    output: [12, 'ValueInfoProto'],
  },
  NodeProto: {
    input: [1, 'string'],
    output: [2, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'AttributeProto'],
    domain: [7, 'string'],
  },
  AttributeProto: {
    name: [1, 'string'],
    i: [3, 'int64'],
    t: [5, 'TensorProto'],
    ints: [8, 'packed int64'],
    strings: [9, 'bytes'],
    type: [20, 'int32'],
  },
  TensorProto: {
    dims: [1, 'packed int64'],
    dataType: [2, 'int32'],
    stringData: [6, 'bytes'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
  },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'] },
  TypeProto: { tensorType: [1, 'Tensor'] },
  Tensor: { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, 'Dimension'] },
  Dimension: { dimValue: [1, 'int64'], dimParam: [2, 'string'] },
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
  const writer = protobuf.Writer.create()
  writeMessage(writer, 'ModelProto', model)
  return writer.finish()
}

// By a table and not by the compiler of protobufjs, which makes functions of texts: pages and edge runtimes forbid that
function writeMessage(writer: protobuf.Writer, name: string, message: object): void {
  const given = message as Readonly<Record<string, unknown>>
  for (const [field, [id, type]] of Object.entries(messages[name]!)) {
    const value = given[field]
    if (value === undefined) continue
    if (type === 'packed int64') writePacked(writer, id, value as readonly number[])
    else for (const each of Array.isArray(value) ? value : [value]) writeField(writer, id, type, each)
  }
}

function writePacked(writer: protobuf.Writer, id: number, values: readonly number[]): void {
  writer.uint32((id << 3) | lengthDelimited).fork()
  for (const value of values) writer.int64(value)
  writer.ldelim()
}

function writeField(writer: protobuf.Writer, id: number, type: string, value: unknown): void {
  switch (type) {
    case 'int64':
    case 'int32':
      writer.uint32(id << 3).int64(value as number)
      return
    case 'string':
      writer.uint32((id << 3) | lengthDelimited).string(value as string)
      return
    case 'bytes':
      writer.uint32((id << 3) | lengthDelimited).bytes(value as Uint8Array)
      return
    default:
      writer.uint32((id << 3) | lengthDelimited).fork()
      writeMessage(writer, type, value as object)
      writer.ldelim()
  }
}

/** Wire type of what begins with its length. */
const lengthDelimited = 2
