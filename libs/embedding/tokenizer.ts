import { basename, dirname } from 'node:path'
import { AutoTokenizer, env } from '@xenova/transformers'

export interface Tokens {
  /** int64[texts · width], padded on the right. */
  readonly ids: BigInt64Array
  /** int64[texts · width]: 1 for a token, 0 for padding. */
  readonly mask: BigInt64Array
  /** Tokens of each text, without padding. */
  readonly lengths: readonly number[]
  /** Tokens of the longest. */
  readonly width: number
}

/** E5 was trained with this prefix; used for items and queries alike it makes the space symmetric. */
const PREFIX = 'query: '
/** Including prefix, <s> and </s>; what a text has beyond is not read. */
const LONGEST_TOKENS = 256

/** Loads the tokenizer of a model folder, given by its absolute path. */
export async function loadTokenizer(path: string): Promise<(texts: readonly string[]) => Tokens> {
  env.localModelPath = dirname(path)
  env.allowRemoteModels = false
  env.useFSCache = false
  const tokenizer = await AutoTokenizer.from_pretrained(basename(path))
  // Not as max_length of a call: beside padding the library then pads every text to it.
  tokenizer.model_max_length = LONGEST_TOKENS

  return (texts) => {
    const prefixed = texts.map((text) => PREFIX + text)
    // Without its tensors, which are not of the class that onnxruntime-node 1.17 accepts.
    const options = { padding: true, truncation: true, return_tensor: false }
    const encoded: { input_ids: number[][]; attention_mask: number[][] } = tokenizer(prefixed, options)
    return {
      ids: BigInt64Array.from(encoded.input_ids.flat(), BigInt),
      mask: BigInt64Array.from(encoded.attention_mask.flat(), BigInt),
      lengths: encoded.attention_mask.map((mask) => mask.lastIndexOf(1) + 1),
      width: encoded.input_ids[0]!.length,
    }
  }
}
