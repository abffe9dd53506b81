import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { batchesOf } from '../../libs/embedding/batches.ts'
import { ensureModel } from '../../libs/embedding/model/ensure-model.ts'
import { modelFiles } from '../../libs/embedding/model/model-files.ts'
import { onnxEmbedder } from '../../libs/embedding/onnx-embedder.ts'
import { loadTokenizer, type Tokens } from '../../libs/embedding/tokenizer.ts'
import { itemOf, textOf } from '../../libs/event/item.ts'
import { readSettings } from '../../libs/settings/settings.ts'
import { demoCatalog } from '../../services/standalone/demo-catalog.ts'
import type { Benchmark } from '../benchmark.ts'
import { against, figureOf, type Run } from '../figure.ts'

const LIMITS = { texts: 16, bytes: 1_500 }

/** Texts a second through the product's embedder, against ONNX Runtime alone with as many threads. */
export const embed: Benchmark = {
  name: 'embed',
  measures: 'texts a second, real catalog texts in batches, against ONNX Runtime alone',
  quickly: '21 of the 420 texts of the demo catalog, once instead of seven times',
  async run(bench) {
    const folder = await ensureModel({ cacheDir: readSettings({}).HALFLIFE_CACHE, onProgress: () => {} })
    const catalog = (await demoCatalog()).map((input) => textOf(itemOf(input)))
    const texts = bench.quick ? catalog.filter((_, i) => i % 20 === 0) : catalog
    const embedder = await onnxEmbedder(folder, { threads: 1 })
    bench.whenOver(embedder.close)
    const bare = await bareLoop(folder.path, texts)
    const few = texts.slice(0, 42)
    const oneByOne = async () => {
      for (const text of few) await embedder.embed([text])
    }
    const together: Run[] = []
    const alone: Run[] = []
    // The first texts of a process cost a tenth more: its tokenizer is not compiled yet.
    await embedder.embed(few)
    await bare()
    const times = bench.quick ? 1 : 7
    for (let run = 0; run < times; run++) {
      const figure = await perSecond(texts.length, () => embedder.embed(texts))
      together.push(against('ONNX Runtime alone', figure, await perSecond(texts.length, bare)))
      alone.push(against('one at a time', figure, await perSecond(few.length, oneByOne)))
      bench.progress('Embedding', run + 1, times)
    }
    return [
      figureOf('embed', 'texts/s', { sense: 'at least', ratio: 0.9 }, together),
      figureOf('embed in batches', 'texts/s', { sense: 'at least', ratio: 2.5 }, alone),
    ]
  },
}

/** Tokenized beforehand, sorted by length: nothing is left but the multiplying. */
async function bareLoop(path: string, texts: readonly string[]): Promise<() => Promise<void>> {
  const tokenize = await loadTokenizer(path)
  const session = await InferenceSession.create(join(path, modelFiles.onnx), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  })
  const batches = batchesOf(texts, LIMITS).map((places) => tokenize(places.map((place) => texts[place]!)))
  const tensor = (data: BigInt64Array, { lengths, width }: Tokens) =>
    new Tensor('int64', data, [lengths.length, width])
  return async () => {
    for (const batch of batches) {
      await session.run({ input_ids: tensor(batch.ids, batch), attention_mask: tensor(batch.mask, batch) })
    }
  }
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (count / (performance.now() - began)) * 1_000
}
