import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { meanPooled } from './mean-pooling.ts'
import { modelFiles } from './model/model-files.ts'
import { loadTokenizer } from './tokenizer.ts'

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

export async function loadTransformer({ path, threads }: TransformerOptions): Promise<Transformer> {
  const tokenize = await loadTokenizer(path)
  const session = await InferenceSession.create(join(path, modelFiles.onnx), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  })
  // Only the hub's graph asks for them: all texts are of the first type.
  const wantsTypes = session.inputNames.includes('token_type_ids')

  return {
    async run(texts) {
      const { ids, mask, lengths, width } = tokenize(texts)
      const tensor = (data: BigInt64Array) => new Tensor('int64', data, [texts.length, width])
      const feeds = { input_ids: tensor(ids), attention_mask: tensor(mask) }
      const types = wantsTypes ? { token_type_ids: tensor(new BigInt64Array(ids.length)) } : {}
      const hidden = (await session.run({ ...feeds, ...types }))[session.outputNames[0]!]!
      return meanPooled(hidden.data as Float32Array, lengths, hidden.dims[2]!)
    },
  }
}
