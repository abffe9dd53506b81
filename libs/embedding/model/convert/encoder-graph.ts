/* multilingual-e5-small as an ONNX graph: BERT's encoder (Devlin et al., 2019) over XLM-RoBERTa's pieces.
 *
 *   input_ids, attention_mask: int64[b, s]  →  last_hidden_state: float32[b, s, hidden]
 *
 * The word table stays in 4 bits and only the rows a text needs are unpacked; the layers multiply with MatMulNBits,
 * which reads 4-bit weights as they are. Pooling is the caller's.
 */
import type { E5Weights } from './e5-weights.ts'
import { type GraphBuilder, graphBuilder } from './graph-builder.ts'
import { elementTypes, type OnnxModel } from './onnx-model.ts'
import { PACKED_BYTES, pickRows, toMatMulNBits, WEIGHTS_PER_BLOCK } from './q4-blocks.ts'

/** Added to the attention logits of padding, so that its weight vanishes. */
const MASKED = -10_000
/** MatMulNBits: multiply in int8, which is what the weights' own engine does and the fastest. */
const INT8_ACCURACY = 4
const ONNX_RUNTIME_DOMAIN = 'com.microsoft'

/** `pieceIds`: the rows of the word table to keep; a piece's id in the graph is its place in this list. */
export function encoderModel(weights: E5Weights, pieceIds: readonly number[]): OnnxModel {
  const graph = graphBuilder()
  const words = wordVectors(graph, weights, pieceIds)
  const embedded = graph.node('Add', [words, positionVectors(graph, weights)])
  let hidden = layerNorm(graph, weights, embedded, 'emb.ln')
  const mask = attentionMask(graph)
  const headShape = graph.ints(0, 0, weights.shape.heads, weights.shape.hidden / weights.shape.heads)
  for (let layer = 0; layer < weights.shape.layers; layer++) {
    hidden = attention(graph, weights, `l${layer}`, hidden, { mask, headShape })
    hidden = feedForward(graph, weights, `l${layer}`, hidden)
  }
  graph.namedNode('last_hidden_state', 'Identity', [hidden])
  return {
    producer: 'build-me5',
    graph: graph.finish(
      'me5',
      [
        { name: 'input_ids', type: 'int64', dims: ['b', 's'] },
        { name: 'attention_mask', type: 'int64', dims: ['b', 's'] },
      ],
      [{ name: 'last_hidden_state', type: 'float32', dims: ['b', 's', weights.shape.hidden] }],
    ),
    operatorSets: [
      { domain: '', version: 17 },
      { domain: ONNX_RUNTIME_DOMAIN, version: 1 },
    ],
  }
}

const toFloat32 = { to: elementTypes.float32 }

function wordVectors(graph: GraphBuilder, weights: E5Weights, pieceIds: readonly number[]): string {
  const { hidden } = weights.shape
  const blocks = hidden / WEIGHTS_PER_BLOCK
  const { packed, scales } = pickRows(weights.tensor('emb.word'), pieceIds, blocks)
  const table = graph.tensor('uint8', [pieceIds.length, blocks * PACKED_BYTES], packed)
  const bytes = graph.node('Cast', [graph.node('Gather', [table, 'input_ids'])], toFloat32)
  const nibbles = unpackNibbles(graph, graph.node('Reshape', [bytes, graph.ints(0, 0, blocks, PACKED_BYTES)]))
  const scaleTable = graph.tensor('float16', [pieceIds.length, blocks], scales)
  const scale = graph.node('Cast', [graph.node('Gather', [scaleTable, 'input_ids'])], toFloat32)
  const scaled = graph.node('Mul', [nibbles, graph.node('Unsqueeze', [scale, graph.ints(3)])])
  return graph.node('Reshape', [scaled, graph.ints(0, 0, hidden)])
}

/** Bytes as floats → their low nibbles, then their high ones, less 8: Q4_0's order and offset. */
function unpackNibbles(graph: GraphBuilder, bytes: string): string {
  const high = graph.node('Floor', [graph.node('Mul', [bytes, graph.float(1 / 16)])])
  const low = graph.node('Sub', [bytes, graph.node('Mul', [high, graph.float(16)])])
  return graph.node('Sub', [graph.node('Concat', [low, high], { axis: -1 }), graph.float(8)])
}

/** Every text is of the first token type, so its vector is added to the positions' once and for all. */
function positionVectors(graph: GraphBuilder, weights: E5Weights): string {
  const { positions, hidden } = weights.shape
  const lengthOnly = graph.node('Slice', [graph.node('Shape', ['input_ids']), graph.ints(1), graph.ints(2)])
  const length = graph.node('Squeeze', [lengthOnly, graph.ints(0)])
  const type = floats(weights.tensor('emb.type'))
  const table = floats(weights.tensor('emb.pos')).map((component, i) => component + type[i % hidden]!)
  const rows = graph.tensor('float32', [positions, hidden], table)
  return graph.node('Gather', [rows, graph.node('Range', [graph.int(0), length, graph.int(1)])])
}

function layerNorm(graph: GraphBuilder, weights: E5Weights, input: string, name: string): string {
  const scale = vector(graph, weights, `${name}.w`)
  const shift = vector(graph, weights, `${name}.b`)
  const attributes = { axis: -1, epsilon: { float: weights.shape.layerNormEpsilon } }
  return graph.node('LayerNormalization', [input, scale, shift], attributes)
}

/** 0 for a piece, MASKED for padding: float32[b, 1, 1, s]. */
function attentionMask(graph: GraphBuilder): string {
  const one = graph.float(1)
  const present = graph.node('Cast', ['attention_mask'], toFloat32)
  const perHead = graph.node('Unsqueeze', [present, graph.ints(1, 2)])
  return graph.node('Mul', [graph.node('Sub', [one, perHead]), graph.float(MASKED)])
}

function attention(
  graph: GraphBuilder,
  weights: E5Weights,
  layer: string,
  input: string,
  shared: { mask: string; headShape: string },
): string {
  const { hidden, heads } = weights.shape
  const perHead = (name: string, order: readonly number[]): string => {
    const projected = linear(graph, weights, `${layer}.${name}`, input, hidden, hidden)
    return graph.node('Transpose', [graph.node('Reshape', [projected, shared.headShape])], { perm: order })
  }
  const query = perHead('q', [0, 2, 1, 3])
  const key = perHead('k', [0, 2, 3, 1])
  const value = perHead('v', [0, 2, 1, 3])
  const product = graph.node('MatMul', [query, key])
  const logits = graph.node('Mul', [product, graph.float(1 / Math.sqrt(hidden / heads))])
  const share = graph.node('Softmax', [graph.node('Add', [logits, shared.mask])], { axis: -1 })
  const perPiece = graph.node('Transpose', [graph.node('MatMul', [share, value])], { perm: [0, 2, 1, 3] })
  const context = graph.node('Reshape', [perPiece, graph.ints(0, 0, hidden)])
  const output = linear(graph, weights, `${layer}.ao`, context, hidden, hidden)
  return layerNorm(graph, weights, graph.node('Add', [output, input]), `${layer}.aln`)
}

function feedForward(graph: GraphBuilder, weights: E5Weights, layer: string, input: string): string {
  const { hidden, feedForward: inner } = weights.shape
  const activated = gelu(graph, linear(graph, weights, `${layer}.fi`, input, hidden, inner))
  const output = linear(graph, weights, `${layer}.fo`, activated, inner, hidden)
  return layerNorm(graph, weights, graph.node('Add', [output, input]), `${layer}.oln`)
}

/** x · (erf(x / √2) + 1) / 2 (Hendrycks and Gimpel, 2016). */
function gelu(graph: GraphBuilder, input: string): string {
  const erf = graph.node('Erf', [graph.node('Mul', [input, graph.float(Math.SQRT1_2)])])
  const doubled = graph.node('Mul', [input, graph.node('Add', [erf, graph.float(1)])])
  return graph.node('Mul', [doubled, graph.float(0.5)])
}

function linear(
  graph: GraphBuilder,
  weights: E5Weights,
  name: string,
  input: string,
  inputs: number,
  outputs: number,
): string {
  const blocks = inputs / WEIGHTS_PER_BLOCK
  const { packed, scales } = toMatMulNBits(weights.tensor(`${name}.w`))
  const matrix = graph.tensor('uint8', [outputs, blocks, PACKED_BYTES], packed)
  const scale = graph.tensor('float32', [outputs * blocks], scales)
  const attributes = {
    K: inputs,
    N: outputs,
    bits: 4,
    block_size: WEIGHTS_PER_BLOCK,
    accuracy_level: INT8_ACCURACY,
  }
  const product = graph.node('MatMulNBits', [input, matrix, scale], attributes, ONNX_RUNTIME_DOMAIN)
  return graph.node('Add', [product, vector(graph, weights, `${name}.b`)])
}

function vector(graph: GraphBuilder, weights: E5Weights, name: string): string {
  const bytes = weights.tensor(name)
  return graph.tensor('float32', [bytes.length / 4], bytes)
}

/** A copy, because a tensor need not lie at a multiple of 4 bytes. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer)
}
