import { availableParallelism } from 'node:os'
import { HalflifeError, messageOf } from '../errors/halflife-error.ts'
import { type BatchProcess, batchProcess } from './batch-process.ts'
import { batchQueue } from './batch-queue.ts'
import { centred } from './centring.ts'
import { withCircuitBreaker } from './circuit-breaker.ts'
import type { Embedder } from './embedder.ts'
import { CENTRES_VERSION, centres } from './model/centres.ts'
import { convertedModel, type ModelFolder } from './model/model-folder.ts'
import { withSpelledScripts } from './spelled-scripts.ts'
import type { TransformerOptions } from './transformer.ts'

export interface OnnxEmbedderOptions {
  /** Threads that multiply. @default one less than there are cores, 1 to 4 */
  readonly threads?: number
  /** false: raw vectors, a space of its own. @default true */
  readonly centred?: boolean
  /** Texts in a batch. @default 16 */
  readonly batchTexts?: number
}

const DIMENSION = 384

/** About 350 tokens: a batch, which a single query may have to wait for, stays below a tenth of a second. */
const BATCH_BYTES = 1_500
/** 256 tokens never need more characters: no piece of the vocabulary is longer than 16. */
const LONGEST_TEXT = 4_096

/** multilingual-e5-small, run in a process of its own so that this one is never blocked. Loads before it resolves, in
 *  about a second, and stays loaded until closed. A process that dies fails the call whose batch it had and is started
 *  again; after three failures in a row calls are refused for half a minute.
 *  @throws HL_MODEL_UNAVAILABLE when the model cannot be loaded; embed: also HL_INTERNAL, HL_NOT_READY */
export async function onnxEmbedder(
  folder: ModelFolder,
  options: OnnxEmbedderOptions = {},
): Promise<Embedder> {
  const { threads = defaultThreads(), centred: isCentred = true, batchTexts = 16 } = options
  const work: TransformerOptions = { path: folder.path, threads }
  const transformer = batchProcess(new URL('./transformer-process', import.meta.url), [JSON.stringify(work)])
  await loaded(transformer, folder)
  const limits = { texts: Math.min(batchTexts, folder.largestBatch), bytes: BATCH_BYTES }
  const queue = batchQueue(withCircuitBreaker(transformer.run), limits)

  async function embed(texts: readonly string[]): Promise<Float32Array[]> {
    const raw = await queue.embed(texts.map((text) => text.slice(0, LONGEST_TEXT)))
    return isCentred ? raw.map((vector, i) => centred(vector, texts[i]!, centres)) : raw
  }
  async function close(): Promise<void> {
    await queue.close()
    await transformer.close()
  }
  const model = isCentred ? `${folder.model}-centred-${CENTRES_VERSION}` : folder.model
  const embedder = { model, dimension: DIMENSION, embed, close }
  return isCentred && folder.model === convertedModel.model ? withSpelledScripts(embedder) : embedder
}

async function loaded(transformer: BatchProcess, folder: ModelFolder): Promise<void> {
  try {
    await transformer.run([''])
  } catch (cause) {
    const detail = `the model in ${folder.path} cannot be loaded: ${messageOf(cause)}`
    throw new HalflifeError('HL_MODEL_UNAVAILABLE', detail, { cause })
  }
}

/** A core is left to the event loop, or Kafka and HTTP would wait for the model. */
function defaultThreads(): number {
  return Math.min(4, Math.max(1, availableParallelism() - 1))
}
