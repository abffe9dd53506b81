import { basename, dirname, join } from 'node:path'
import { AutoTokenizer, env, type PreTrainedTokenizer } from '@xenova/transformers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { meanPooled } from './mean-pooling.ts'
import { modelFiles } from './model/model-files.ts'

export interface TransformerOptions {
  /** Absolute path of a model folder. */
  readonly path: string
  /** Threads that multiply, including the calling one. */
  readonly threads: number
}

export interface Transformer {
  /** One raw unit vector per text. Blocks while it runs: for a process of its own. */
  run(texts: readonly string[]): Promise<Float32Array[]>
}

/** E5 was trained with this prefix; used for items and queries alike it makes the space symmetric. */
const PREFIX = 'query: '
/** Including prefix, <s> and </s>; what a text has beyond is not read. */
const LONGEST_TOKENS = 256

export async function loadTransformer(options: TransformerOptions): Promise<Transformer> {
  const tokenizer = await loadTokenizer(options.path)
  const session = await InferenceSession.create(join(options.path, modelFiles.onnx), {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
  })

  async function run(texts: readonly string[]): Promise<Float32Array[]> {
    const { ids, lengths, width } = tokenized(tokenizer, texts)
    const tensor = (data: BigInt64Array) => new Tensor('int64', data, [texts.length, width])
    const feeds: Record<string, Tensor> = {
      input_ids: tensor(ids),
      attention_mask: tensor(attentionMask(lengths, width)),
    }
    if (session.inputNames.includes('token_type_ids'))
      feeds.token_type_ids = tensor(new BigInt64Array(ids.length))
    const hidden = (await session.run(feeds))[session.outputNames[0]!]!
    return meanPooled(hidden.data as Float32Array, lengths, hidden.dims[2]!)
  }

  return { run }
}

async function loadTokenizer(path: string): Promise<PreTrainedTokenizer> {
  env.localModelPath = dirname(path)
  env.allowRemoteModels = false
  env.useFSCache = false
  const tokenizer = await AutoTokenizer.from_pretrained(basename(path))
  // Not as max_length of a call: beside padding the library then pads every text to it.
  tokenizer.model_max_length = LONGEST_TOKENS
  return tokenizer
}

/** `ids`: int64[texts · width], padded on the right. */
function tokenized(
  tokenizer: PreTrainedTokenizer,
  texts: readonly string[],
): { ids: BigInt64Array; lengths: number[]; width: number } {
  const prefixed = texts.map((text) => PREFIX + text)
  const encoding: { input_ids: number[][]; attention_mask: number[][] } = tokenizer(prefixed, {
    padding: true,
    truncation: true,
    return_tensor: false,
  })
  const width = encoding.input_ids[0]!.length
  const lengths = encoding.attention_mask.map((mask) => mask.reduce((sum, present) => sum + present, 0))
  return { ids: BigInt64Array.from(encoding.input_ids.flat(), BigInt), lengths, width }
}

/** int64[texts · width]: 1 for a token, 0 for padding. */
function attentionMask(lengths: readonly number[], width: number): BigInt64Array {
  const mask = new BigInt64Array(lengths.length * width)
  lengths.forEach((length, text) => {
    mask.fill(1n, text * width, text * width + length)
  })
  return mask
}
