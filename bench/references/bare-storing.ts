import type { Redis } from 'ioredis'
import { maxBatchRecords } from '../../libs/log/batch-limit.ts'
import { commitUsers } from '../../libs/store/redis/redis-scripts.ts'
import { userFieldNames } from '../../libs/store/user-codec.ts'
import { contractAt, openLogAt, type Place } from '../place.ts'
import { redisCpuMicros } from '../tracking.ts'

const USERS_PER_CALL = 250
const AT_ONCE = 3

type Commit = (keys: number, ...rest: (string | number | Buffer)[]) => Promise<number[]>

export interface Stored {
  readonly perSecond: number
  /** Of this process, an event. */
  readonly cpuMicros: number
  /** Of Redis, an event. */
  readonly redisCpuMicros: number
}

/** The least that anybody must do to keep these states: `bareStorer` for the users that each batch touches. */
export async function bareStoring(
  redis: Redis,
  place: Place,
  batches: readonly (readonly string[])[],
  events: number,
): Promise<Stored> {
  const readAndWrite = await bareStorer(redis, place)
  const redisCpu = await redisCpuMicros(redis)
  const cpu = process.cpuUsage()
  const beganMs = performance.now()
  let next = 0
  const worker = async () => {
    while (next < batches.length) await readAndWrite(batches[next++]!)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const endedMs = performance.now()
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: (events / (endedMs - beganMs)) * 1_000,
    cpuMicros: (user + system) / events,
    redisCpuMicros: ((await redisCpuMicros(redis)) - redisCpu) / events,
  }
}

/** Reads so many users and writes them back by compare-and-set, the very bytes that are stored, in the calls in which a
 *  tracker does. Nothing is decoded, computed or encoded. */
async function bareStorer(redis: Redis, place: Place): Promise<(users: readonly string[]) => Promise<void>> {
  redis.defineCommand('bareCommit', { lua: commitUsers })
  const commit = (redis as unknown as { bareCommit: Commit }).bareCommit.bind(redis)
  const names = await fieldNames(redis, place)
  const { KEY_PREFIX } = place.settings

  return async (users) => {
    const keys = users.map((userId) => `${KEY_PREFIX}:user:{${userId}}`)
    const stored = await Promise.all(keys.map((key) => redis.hmgetBuffer(key, ...names)))
    for (let start = 0; start < keys.length; start += USERS_PER_CALL) {
      const some = keys.slice(start, start + USERS_PER_CALL)
      const values = stored.slice(start, start + USERS_PER_CALL)
      const users = values.flatMap((fields) => [fields.at(-1)!, ...fields.map((value) => value ?? '')])
      const head = [-1, 0, 0, 0, '', '', '', 86_400_000, names.length, ...names]
      await commit(some.length + 1, `${KEY_PREFIX}:bare`, ...some, ...head, ...users)
    }
  }
}

/** @throws when the stored states have fields that the contract at hand does not name: the reference is out of date */
async function fieldNames(redis: Redis, place: Place): Promise<readonly string[]> {
  const names = userFieldNames(contractAt(place).shape)
  const stored = await redis.hkeys(`${place.settings.KEY_PREFIX}:user:{user-0}`)
  const unknown = stored.filter((name) => !names.includes(name))
  if (unknown.length > 0)
    throw new Error(`the reference does not know the fields ${unknown}: bring it up to date`)
  return names
}

/** The users that each batch of the events topic touches, as trackers get them. */
export async function usersByBatch(place: Place): Promise<string[][]> {
  const log = openLogAt(place)
  const batches: string[][] = []
  const open = new Map<number, { users: Set<string>; records: number }>()
  for await (const { partition, key } of log.read(place.topics.events)) {
    const batch = open.get(partition) ?? { users: new Set(), records: 0 }
    open.set(partition, batch)
    batch.users.add(key!.toString())
    if (++batch.records < maxBatchRecords) continue
    batches.push([...batch.users])
    open.delete(partition)
  }
  for (const { users } of open.values()) batches.push([...users])
  await log.close()
  return batches
}
