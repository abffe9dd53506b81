/* What an ONNX file says, and its protobuf encoding (onnx.proto, IR version 8). Numbers in the writers are the field
 * numbers of that file. Repeated numbers are written unpacked, as onnx.proto (proto2) declares them.
 */
import { PbfWriter } from 'pbf'

/** TensorProto.DataType. */
export const elementTypes = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const
export type ElementType = keyof typeof elementTypes

export interface OnnxTensor {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array
}

/** An integer, a list of integers or a float: in ONNX these are different types. */
export type AttributeValue = number | readonly number[] | { readonly float: number }

export interface OnnxNode {
  readonly operator: string
  /** '' is ONNX's own set of operators. */
  readonly domain: string
  readonly inputs: readonly string[]
  /** Also the node's name. */
  readonly output: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** An input or output of the graph; a dimension given by name may vary. */
export interface OnnxValue {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly (number | string)[]
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly tensors: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

export interface OnnxModel {
  readonly producer: string
  readonly graph: OnnxGraph
  readonly operatorSets: readonly { readonly domain: string; readonly version: number }[]
}

const IR_VERSION = 8

export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  const writer = new PbfWriter()
  writer.writeVarintField(1, IR_VERSION)
  writer.writeStringField(2, model.producer)
  writer.writeMessage(7, writeGraph, model.graph)
  for (const set of model.operatorSets) writer.writeMessage(8, writeOperatorSet, set)
  return writer.finish()
}

function writeOperatorSet(set: OnnxModel['operatorSets'][number], writer: PbfWriter): void {
  writer.writeStringField(1, set.domain)
  writer.writeVarintField(2, set.version)
}

function writeGraph(graph: OnnxGraph, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node)
  writer.writeStringField(2, graph.name)
  for (const tensor of graph.tensors) writer.writeMessage(5, writeTensor, tensor)
  for (const input of graph.inputs) writer.writeMessage(11, writeValue, input)
  for (const output of graph.outputs) writer.writeMessage(12, writeValue, output)
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input)
  writer.writeStringField(2, node.output)
  writer.writeStringField(3, node.output)
  writer.writeStringField(4, node.operator)
  for (const attribute of Object.entries(node.attributes)) writer.writeMessage(5, writeAttribute, attribute)
  if (node.domain !== '') writer.writeStringField(7, node.domain)
}

/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, int: 2, ints: 7 }

function writeAttribute([name, value]: [string, AttributeValue], writer: PbfWriter): void {
  writer.writeStringField(1, name)
  if (typeof value === 'number') {
    writer.writeVarintField(3, value)
    writer.writeVarintField(20, attributeTypes.int)
  } else if ('float' in value) {
    writer.writeFloatField(2, value.float)
    writer.writeVarintField(20, attributeTypes.float)
  } else {
    for (const int of value) writer.writeVarintField(8, int)
    writer.writeVarintField(20, attributeTypes.ints)
  }
}

function writeTensor(tensor: OnnxTensor, writer: PbfWriter): void {
  for (const dim of tensor.dims) writer.writeVarintField(1, dim)
  writer.writeVarintField(2, elementTypes[tensor.type])
  writer.writeStringField(8, tensor.name)
  writer.writeBytesField(9, tensor.bytes)
}

function writeValue(value: OnnxValue, writer: PbfWriter): void {
  writer.writeStringField(1, value.name)
  writer.writeMessage(2, writeValueType, value)
}

function writeValueType(value: OnnxValue, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, value)
}

function writeTensorType(value: OnnxValue, writer: PbfWriter): void {
  writer.writeVarintField(1, elementTypes[value.type])
  writer.writeMessage(2, writeDims, value.dims)
}

function writeDims(dims: OnnxValue['dims'], writer: PbfWriter): void {
  for (const dim of dims) writer.writeMessage(1, writeDim, dim)
}

function writeDim(dim: number | string, writer: PbfWriter): void {
  if (typeof dim === 'number') writer.writeVarintField(1, dim)
  else writer.writeStringField(2, dim)
}
