import { PbfReader } from 'pbf'
import { describe, expect, it } from 'vitest'
import { graphBuilder } from '../../../../../libs/embedding/model/convert/graph-builder.ts'
import { encodeOnnxModel } from '../../../../../libs/embedding/model/convert/onnx-model.ts'

type Fields = Record<number, (number | Uint8Array)[]>

/** The fields of one message, by number, undecoded. */
function fieldsOf(bytes: Uint8Array): Fields {
  return new PbfReader(bytes).readFields<Fields>((tag, fields, reader) => {
    fields[tag] ??= []
    if (reader.type === 0) fields[tag].push(reader.readVarint(true))
    else if (reader.type === 5) fields[tag].push(reader.readFloat())
    else fields[tag].push(reader.readBytes())
  }, {})
}
const nested = (value: number | Uint8Array | undefined) => fieldsOf(value as Uint8Array)
const text = (value: number | Uint8Array | undefined) => Buffer.from(value as Uint8Array).toString()

function example() {
  const graph = graphBuilder()
  const sum = graph.node('Add', ['x', graph.ints(3, -1)])
  const folded = graph.node(
    'Fold',
    [sum, graph.ints(3, -1)],
    { axis: -1, perm: [1, 0], epsilon: { float: 0.5 } },
    'my.domain',
  )
  graph.namedNode('y', 'Identity', [folded])
  const inputs = [{ name: 'x', type: 'int64', dims: ['b', 2] }] as const
  return {
    producer: 'test',
    graph: graph.finish('g', inputs, []),
    operatorSets: [{ domain: '', version: 17 }],
  }
}

describe('ONNX encoding', () => {
  const model = fieldsOf(encodeOnnxModel(example()))
  const graph = nested(model[7]![0])

  it('has IR version, producer and operator sets', () => {
    expect(model[1]).toEqual([8])
    expect(text(model[2]![0])).toBe('test')
    expect(nested(model[8]![0])[2]).toEqual([17])
  })

  it('has nodes in order, named by their outputs, with attributes of their three types', () => {
    const [add, fold, identity] = graph[1]!.map(nested)
    expect([add, fold, identity].map((node) => text(node![4]![0]))).toEqual(['Add', 'Fold', 'Identity'])
    expect(fold![1]!.map(text)).toEqual(['Add_2', 'w1'])
    expect(text(fold![7]![0])).toBe('my.domain')
    expect(add![7]).toBeUndefined()
    const [axis, perm, epsilon] = fold![5]!.map(nested)
    expect([axis![3], axis![20]]).toEqual([[-1], [2]])
    expect([perm![8], perm![20]]).toEqual([[1, 0], [7]])
    expect([epsilon![2], epsilon![20]]).toEqual([[0.5], [1]])
    expect(text(identity![2]![0])).toBe('y')
  })

  it('has a constant once, with its type, shape and little-endian bytes', () => {
    expect(graph[5]).toHaveLength(1)
    const constant = nested(graph[5]![0])
    expect([constant[1], constant[2], text(constant[8]![0])]).toEqual([[2], [7], 'w1'])
    expect(new BigInt64Array((constant[9]![0] as Uint8Array).slice().buffer)).toEqual(
      BigInt64Array.of(3n, -1n),
    )
  })

  it('has inputs with fixed and free dimensions', () => {
    const type = nested(nested(nested(graph[11]![0])[2]![0])[1]![0])
    const dims = nested(type[2]![0])[1]!.map(nested)
    expect(type[1]).toEqual([7])
    expect(text(dims[0]![2]![0])).toBe('b')
    expect(dims[1]![1]).toEqual([2])
  })
})
