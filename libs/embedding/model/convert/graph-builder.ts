import type { AttributeValue, ElementType, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './onnx-model.ts'

/** Grows a graph in the order it computes. Each call returns the name of the value it makes. Names are numbered in the
 *  order of the calls, so that the same calls give the same bytes. */
export interface GraphBuilder {
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: OnnxNode['attributes'],
    domain?: string,
  ): string
  /** A node whose output carries the given name. */
  namedNode(output: string, operator: string, inputs: readonly string[]): void
  tensor(type: ElementType, dims: readonly number[], data: ArrayBufferView): string
  /** Constants are made once however often they are asked for. */
  float(value: number): string
  int(value: number): string
  ints(...values: number[]): string
  finish(name: string, inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): OnnxGraph
}

export function graphBuilder(): GraphBuilder {
  const nodes: OnnxNode[] = []
  const tensors: OnnxTensor[] = []
  const constants = new Map<string, string>()
  let made = 0

  function add(
    operator: string,
    output: string,
    inputs: readonly string[],
    attributes = {},
    domain = '',
  ): string {
    nodes.push({ operator, domain, inputs, output, attributes })
    return output
  }
  function tensor(type: ElementType, dims: readonly number[], data: ArrayBufferView): string {
    const name = `w${++made}`
    tensors.push({ name, type, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) })
    return name
  }
  function constant(type: ElementType, dims: readonly number[], data: ArrayBufferView, key: string): string {
    const known = constants.get(key)
    if (known !== undefined) return known
    const name = tensor(type, dims, data)
    constants.set(key, name)
    return name
  }

  return {
    node: (operator, inputs, attributes: Record<string, AttributeValue> = {}, domain = '') =>
      add(operator, `${operator}_${++made}`, inputs, attributes, domain),
    namedNode: (output, operator, inputs) => void add(operator, output, inputs),
    tensor,
    float: (value) => constant('float32', [], Float32Array.of(value), `float ${value}`),
    int: (value) => constant('int64', [], BigInt64Array.of(BigInt(value)), `int ${value}`),
    ints: (...values) =>
      constant('int64', [values.length], BigInt64Array.from(values, BigInt), `ints ${values.join(' ')}`),
    finish: (name, inputs, outputs) => ({ name, nodes, tensors, inputs, outputs }),
  }
}
