import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../../libs/errors/halflife-error.ts'
import { embeddedEventLog } from '../../../libs/log/embedded/embedded-event-log.ts'
import { topicNames } from '../../../libs/log/event-log.ts'
import { examineKafka } from '../../../libs/log/kafka/kafka-examination.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import { encodeContract, requireSameContract } from '../../../libs/store/contract-codec.ts'
import { findEmbeddedContract } from '../../../libs/store/embedded/embedded-examination.ts'
import { type FoundContract, generationNumber } from '../../../libs/store/generation.ts'
import { examineRedis } from '../../../libs/store/redis/redis-examination.ts'
import type { StoreContract } from '../../../libs/store/store.ts'
import { contractOf } from '../../process/contract.ts'
import { kafkaConnection, pemOf } from '../../process/kafka-security.ts'
import { catalogGroup, eventsGroup, impressionsGroup } from '../../tracker/tracker.ts'
import { type ExaminedModel, examineModel } from './examine-model.ts'
import { type Finding, green, red, yellow } from './finding.ts'
import { judgeConfiguration } from './judge-configuration.ts'
import { judgeKafka } from './judge-kafka.ts'
import { judgeRedis } from './judge-redis.ts'

/** Looks at everything that a Halflife with this environment would stand on, and changes nothing. What cannot be looked
 *  at is a finding, too. */
export async function examine(environment: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  let settings: Settings
  try {
    settings = readSettings(environment)
  } catch (error) {
    return [red('settings', messageOf(error), 'Set it as the example shows; README.md lists them all.')]
  }
  const model = await examineModel(settings)
  const log =
    settings.KAFKA_BROKERS === undefined
      ? orWhyNot('log', 'See that DATA_DIR can be written.', embeddedLog(settings))
      : orWhyNot('kafka', 'See that the brokers run and KAFKA_BROKERS leads there.', kafka(settings))
  const store =
    settings.REDIS_URL === undefined
      ? orWhyNot('store', 'See that DATA_DIR can be written.', embeddedStore(settings, model))
      : orWhyNot('redis', 'See that it runs and REDIS_URL leads there.', redis(settings, model))
  return [
    green(
      'settings',
      `log in ${placeOf(settings.KAFKA_BROKERS)}, store in ${placeOf(settings.REDIS_URL && 'Redis')}`,
    ),
    ...(await judgeConfiguration(settings)),
    model.finding,
    ...(await log),
    ...(await store),
  ]

  function placeOf(place: string | readonly string[] | undefined): string {
    if (place === undefined) return settings.DATA_DIR
    return typeof place === 'string' ? place : `Kafka at ${place.join(', ')}`
  }
}

async function orWhyNot(what: string, remedy: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await findings
  } catch (error) {
    return [red(what, messageOf(error), remedy)]
  }
}

/** A producer's clock may be ahead by less. */
const SKEW_MS = 60_000

async function kafka(settings: Settings): Promise<Finding[]> {
  const topics = topicNames(settings.TOPIC_PREFIX)
  const halfLives = Object.values(settings.TIMESCALES).map((seconds) => seconds * 1_000)
  const seen = await examineKafka(await kafkaConnection(settings.KAFKA_BROKERS!, settings), {
    topics,
    groups: groupsOf(settings),
    futureFromMs: Date.now() + SKEW_MS,
  })
  return judgeKafka(seen, {
    topics,
    partitions: settings.TOPIC_PARTITIONS,
    longestHalfLifeMs: Math.max(...halfLives),
    userTtlMs: contractOf(settings, ANY_MODEL).userTtlMs,
  })
}

/** How long users are kept does not depend on it. */
const ANY_MODEL = { model: '', dimension: 1 }

function groupsOf({ TOPIC_PREFIX: prefix }: Settings) {
  const { events, items, users, impressions } = topicNames(prefix)
  return [
    { name: eventsGroup(prefix), topics: [events] },
    { name: catalogGroup(prefix), topics: [items, users] },
    { name: impressionsGroup(prefix), topics: [impressions] },
  ]
}

async function redis(settings: Settings, model: ExaminedModel): Promise<Finding[]> {
  const ca = await pemOf('REDIS_CA_FILE', settings)
  const { REDIS_URL: url, KEY_PREFIX: prefix, REDIS_EVICTION: eviction } = settings
  const wanted = wantedContract(settings, model)
  const seen = await examineRedis(url!, prefix, wanted, { ...(ca !== undefined && { ca }) })
  return [...judgeRedis(seen, eviction === 'tolerate'), judgeContract(seen.contract, wanted)]
}

async function embeddedLog(settings: Settings): Promise<Finding[]> {
  const what = 'log'
  const path = join(settings.DATA_DIR, 'log')
  if (!existsSync(join(path, 'data.mdb'))) return [green(what, `none yet in ${path}`)]
  const log = embeddedEventLog({ path })
  try {
    const lags = groupsOf(settings).flatMap(({ name, topics }) => topics.map((topic) => lagOf(name, topic)))
    const lag = (await Promise.all(lags)).reduce((sum, each) => sum + each, 0)
    if (lag === 0) return [green(what, `all of ${path} is taken in`)]
    return [
      yellow(what, `${lag} records are not taken in yet`, 'Run `halflife start`, or wait while it does.'),
    ]
  } finally {
    await log.close()
  }

  async function lagOf(group: string, topic: string): Promise<number> {
    const [ends, committed] = await Promise.all([log.endOffsets(topic), log.committedOffsets(group, topic)])
    return [...ends].reduce((sum, [partition, end]) => sum + end - (committed.get(partition) ?? 0), 0)
  }
}

const LITTLE_SPACE_BYTES = 1_000_000_000

async function embeddedStore(settings: Settings, model: ExaminedModel): Promise<Finding[]> {
  const wanted = wantedContract(settings, model)
  const contract = judgeContract(await findEmbeddedContract(join(settings.DATA_DIR, 'store'), wanted), wanted)
  if (!existsSync(settings.DATA_DIR)) return [contract]
  const { bavail, bsize } = await statfs(settings.DATA_DIR)
  const seen = `${((bavail * bsize) / 1_000_000_000).toFixed(1)} GB free for ${settings.DATA_DIR}`
  const disk =
    bavail * bsize < LITTLE_SPACE_BYTES ? yellow('disk', seen, 'Free space there.') : green('disk', seen)
  return [disk, contract]
}

/** What a service with these settings would write under; undefined where that hangs on a model that is not there. */
function wantedContract(settings: Settings, { space }: ExaminedModel): StoreContract | undefined {
  return space && contractOf(settings, space)
}

/** The contract under which the store was written, against the one that is wanted. */
function judgeContract(found: FoundContract | 'none' | 'unread', wanted: StoreContract | undefined): Finding {
  const what = 'store contract'
  if (found === 'none') return green(what, 'nothing is stored yet')
  if (found === 'unread') return yellow(what, 'not read', 'Look again when all of the cluster answers.')
  if (wanted === undefined)
    return yellow(what, 'not compared, for want of the model', 'Run `halflife model`.')
  const { fields, generation, isBeingRebuilt } = found
  try {
    requireSameContract('The store', fields, encodeContract(wanted))
    const rebuilds = generationNumber(generation)
    const times = rebuilds === 0 ? '' : `, rebuilt ${rebuilds} ${rebuilds === 1 ? 'time' : 'times'}`
    return green(what, `version ${fields.get('version')}, as set here${times}`)
  } catch (error) {
    const seen = messageOf(error)
    return isBeingRebuilt
      ? yellow(
          what,
          seen,
          'It is being rebuilt under this contract: what is started with it waits until then.',
        )
      : red(what, seen, 'No tracker or scorer starts with this: see "Upgrade" in docs/operations.md.')
  }
}
