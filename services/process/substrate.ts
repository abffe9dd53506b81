import { join } from 'node:path'
import { cachedEmbedder } from '../../libs/embedding/cached-embedder.ts'
import type { Embedder } from '../../libs/embedding/embedder.ts'
import type { ModelProgress } from '../../libs/embedding/model/model-source.ts'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { embeddedEventLog } from '../../libs/log/embedded/embedded-event-log.ts'
import { type EventLog, type TopicNames, topicNames, topicSpecs } from '../../libs/log/event-log.ts'
import { tracedEventLog } from '../../libs/log/traced-event-log.ts'
import type { Settings } from '../../libs/settings/settings.ts'
import { embeddedGenerations } from '../../libs/store/embedded/embedded-generations.ts'
import { embeddedStore } from '../../libs/store/embedded/embedded-store.ts'
import type { Generations } from '../../libs/store/generation.ts'
import type { ModelStore } from '../../libs/store/model-store.ts'
import type { Store, StoreContract } from '../../libs/store/store.ts'
import { embeddingTelemetry } from '../../libs/telemetry/embedding-telemetry.ts'
import type { Health } from '../../libs/telemetry/health.ts'
import type { Closing } from '../../libs/telemetry/orderly-shutdown.ts'
import type { ProcessTelemetry } from '../../libs/telemetry/process-telemetry.ts'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'
import type { Tracing } from '../../libs/telemetry/tracing.ts'
import { contractOf } from './contract.ts'
import { kafkaConnection, pemOf } from './kafka-security.ts'
import { openEmbedder } from './open-embedder.ts'
import { waitUntilThere } from './wait-until-there.ts'

/* kafkajs and ioredis are loaded by whoever uses them: together they take a quarter of the time in which standalone starts. */

/** What a process stands on, and how it is to be opened. */
export interface Ground {
  readonly settings: Settings
  readonly health: Health
  readonly closing: Closing
  readonly say: ProcessTelemetry
  readonly tracing?: Tracing | undefined
  readonly onProgress: (progress: ModelProgress) => void
}

export interface OpenLog {
  readonly log: EventLog
  readonly topics: TopicNames
}

/** The log that the settings name. It may be away. */
export async function connectLog({
  settings,
  closing,
  say,
  tracing,
}: Pick<Ground, 'settings' | 'closing' | 'say' | 'tracing'>): Promise<OpenLog> {
  const onTrouble = (error: unknown) => say.waiting({ on: 'log', error })
  const log =
    settings.KAFKA_BROKERS === undefined
      ? embeddedEventLog({ path: join(settings.DATA_DIR, 'log') })
      : (await import('../../libs/log/kafka/kafka-event-log.ts')).kafkaEventLog({
          ...(await kafkaConnection(settings.KAFKA_BROKERS, settings)),
          replicationFactor: settings.TOPIC_REPLICATION,
          // Losing its partitions by mistake costs a tracker nothing but a batch: the store refuses whoever has lost them.
          sessionTimeoutMs: settings.KAFKA_SESSION_TIMEOUT * 1_000,
          onTrouble,
        })
  closing.add(() => log.close())
  const topics = topicNames(settings.TOPIC_PREFIX)
  if (tracing === undefined) return { log, topics }
  return { log: tracedEventLog(log, tracing, settings.KAFKA_BROKERS ? 'kafka' : 'halflife'), topics }
}

/** Opens the log that the settings name and sees that its topics are there, waiting for it as long as it takes. */
export async function openLog(ground: Ground): Promise<OpenLog> {
  const { settings, health, say } = ground
  const { log, topics } = await connectLog(ground)
  // Those that take in events and the catalog. Without the others, answers and intake go on.
  const needed = [topics.events, topics.items, topics.users]
  health.check('log', () => log.ping(needed))
  const specs = topicSpecs(topics, settings.TOPIC_PARTITIONS)
  await waitUntilThere('log', () => log.ensureTopics(specs), say)
  return { log, topics }
}

export interface OpenStore {
  readonly store: Store & ModelStore
  readonly contract: StoreContract
  readonly embedder: Embedder
  /** Why texts are only embedded lexically; undefined when all is as wanted. */
  readonly degraded: string | undefined
}

export type OpenEmbedding = Pick<OpenStore, 'embedder' | 'degraded'> & {
  readonly onEmbedded: (counts: { texts: number; hits: number }) => void
}

/** @throws HL_MODEL_* */
export async function openEmbedding(
  { settings, health, closing, say, onProgress }: Ground,
  telemetry: Telemetry,
): Promise<OpenEmbedding> {
  const { embedder, degraded } = await openEmbedder(settings, onProgress)
  closing.add(() => embedder.close())
  const sayEmbedding = embeddingTelemetry(telemetry)
  sayEmbedding.opened({ model: embedder.model, dimension: embedder.dimension })
  if (degraded !== undefined) {
    health.degrade('embedder', degraded)
    say.degraded({ what: 'embedder', detail: degraded })
  }
  return { embedder, degraded, onEmbedded: sayEmbedding.textsEmbedded }
}

/** Opens the store that the settings name, under the contract that follows from them and the embedder, waiting for it as
 *  long as it takes. @param generation the live one when absent @throws HL_STORE_CONTRACT, HL_SETTING */
export async function openStore(
  ground: Ground,
  { embedder, degraded, onEmbedded }: OpenEmbedding,
  generation?: string,
): Promise<OpenStore> {
  const { settings, health, closing, say } = ground
  const contract = contractOf(settings, embedder)
  const redis = await redisOptions(ground)
  const options = { contract, ...(generation !== undefined && { generation }) }
  const open = async () => {
    if (redis === undefined) return embeddedStore({ path: storeFolder(settings), ...options })
    const { redisStore } = await import('../../libs/store/redis/redis-store.ts')
    return redisStore({
      ...redis,
      ...options,
      toleratesEviction: settings.REDIS_EVICTION === 'tolerate',
      nearest: settings.RETRIEVAL === 'redis',
      onWarning: (detail) => say.degraded({ what: 'redis', detail }),
    })
  }
  const store = await waitUntilThere('store', open, say)
  closing.add(() => store.close())
  health.check('store', () => store.ping())
  say.generationOpened(store.generation)
  return { store, contract, embedder: cachedEmbedder(embedder, store, { onEmbedded }), degraded }
}

/** The generations of the store that the settings name. @throws HL_STORE_UNAVAILABLE, HL_SETTING */
export async function openGenerations(ground: Ground): Promise<Generations> {
  const redis = await redisOptions(ground)
  const generations =
    redis === undefined
      ? embeddedGenerations(storeFolder(ground.settings))
      : await (await import('../../libs/store/redis/redis-generations.ts')).redisGenerations(redis)
  ground.closing.add(() => generations.close())
  return generations
}

function storeFolder(settings: Settings): string {
  return join(settings.DATA_DIR, 'store')
}

/** undefined: the store is the embedded one. */
async function redisOptions({ settings, say }: Ground) {
  if (settings.REDIS_URL === undefined) {
    requireOwnRetrieval(settings)
    return undefined
  }
  const ca = await pemOf('REDIS_CA_FILE', settings)
  const onTrouble = (error: unknown) => say.waiting({ on: 'store', error })
  return { url: settings.REDIS_URL, prefix: settings.KEY_PREFIX, onTrouble, ...(ca !== undefined && { ca }) }
}

function requireOwnRetrieval({ RETRIEVAL }: Settings): void {
  if (RETRIEVAL === 'memory') return
  throw new HalflifeError(
    'HL_SETTING',
    'RETRIEVAL=redis needs a Redis. Set REDIS_URL, or leave RETRIEVAL out.',
  )
}
