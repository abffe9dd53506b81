import type { Redis } from 'ioredis'
import { topicNames } from '../../libs/log/event-log.ts'
import { kafkaEventLog } from '../../libs/log/kafka/kafka-event-log.ts'
import type { Settings } from '../../libs/settings/settings.ts'
import { storeScripts } from '../../libs/store/redis/redis-scripts.ts'

/** About as many records as a fetch of 512 KiB brings. */
const RECORDS_PER_BATCH = 2_000
const USERS_PER_CALL = 250
const AT_ONCE = 3

type Commit = (keys: number, ...rest: (string | number | Buffer)[]) => Promise<number[]>

/** The least that anybody must do to keep these states: for each batch read the users it touches and write them back by
 *  compare-and-set, the very bytes that are stored, in the same calls. Nothing is decoded, computed or encoded. */
export async function bareStoring(redis: Redis, settings: Settings, events: number) {
  const batches = await usersByBatch(settings)
  redis.defineCommand('bareCommit', { lua: storeScripts.commitUsers })
  const commit = (redis as unknown as { bareCommit: Commit }).bareCommit.bind(redis)
  const names = await fieldNames(redis, settings.KEY_PREFIX)
  const cpu = process.cpuUsage()
  const beganMs = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < batches.length) await readAndWrite(batches[next++]!)
    }),
  )
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: (events / (performance.now() - beganMs)) * 1_000,
    cpuMicros: (user + system) / events,
  }

  async function readAndWrite(users: readonly string[]): Promise<void> {
    const keys = users.map((userId) => `${settings.KEY_PREFIX}:user:{${userId}}`)
    const stored = await Promise.all(keys.map((key) => redis.hmgetBuffer(key, ...names)))
    for (let start = 0; start < keys.length; start += USERS_PER_CALL) {
      const some = keys.slice(start, start + USERS_PER_CALL)
      const values = stored.slice(start, start + USERS_PER_CALL)
      const users = values.flatMap((fields) => [fields.at(-1)!, ...fields.map((value) => value ?? '')])
      const head = [-1, 0, 0, 0, '', 86_400_000, names.length, ...names]
      await commit(some.length + 1, `${settings.KEY_PREFIX}:bare`, ...some, ...head, ...users)
    }
  }
}

/** In the order of the contract: `offsets` is the last. */
async function fieldNames(redis: Redis, prefix: string): Promise<string[]> {
  const timescales = ['session', 'recent', 'lasting']
  const names = [
    ...timescales.map((name) => `vec:text:${name}`),
    ...timescales.map((name) => `mass:${name}`),
    ...['asof', 'remembered', 'seen', 'waiting', 'forgotten', 'offsets'],
  ]
  const stored = await redis.hkeys(`${prefix}:user:{user-0}`)
  const unknown = stored.filter((name) => !names.includes(name))
  if (unknown.length > 0)
    throw new Error(`the reference does not know the fields ${unknown}: bring it up to date`)
  return names
}

async function usersByBatch(settings: Settings): Promise<string[][]> {
  const log = kafkaEventLog({ brokers: settings.KAFKA_BROKERS!, clientId: 'bench' })
  const batches: string[][] = []
  let batch = new Set<string>()
  let records = 0
  let partition = 0
  for await (const record of log.read(topicNames(settings.TOPIC_PREFIX).events)) {
    if (record.partition !== partition || records === RECORDS_PER_BATCH) {
      batches.push([...batch])
      batch = new Set()
      records = 0
      partition = record.partition
    }
    batch.add(record.key!.toString())
    records++
  }
  batches.push([...batch])
  await log.close()
  return batches
}
