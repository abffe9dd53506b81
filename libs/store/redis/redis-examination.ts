import type { Redis } from 'ioredis'
import { HalflifeError, messageOf } from '../../errors/halflife-error.ts'
import type { EpochMs } from '../../interest/time.ts'
import { type FoundContract, nextGeneration } from '../generation.ts'
import type { StoreContract } from '../store.ts'
import {
  answer,
  connectRedis,
  type RedisConnectionOptions,
  type StoreRedis,
  serversOf,
} from './redis-connection.ts'
import { liveGeneration } from './redis-generations.ts'
import { type Keeping, keepingOf } from './redis-keeping.ts'
import { redisKeys } from './redis-keys.ts'

/** What can be seen of a Redis without changing anything in it. */
export interface RedisExamination {
  /** One, or those of a cluster that keys are written to and that answer. */
  readonly servers: readonly ExaminedServer[]
  /** undefined: the URL names a single server. */
  readonly cluster: ExaminedCluster | undefined
  /** Servers of the cluster that do not answer: host:port, and why. */
  readonly away: readonly (readonly [place: string, why: string])[]
  /** `none`: nothing is stored. `unread`: one node of a cluster does not know, nor do some without the others. */
  readonly contract: FoundContract | 'none' | 'unread'
}

export interface ExaminedCluster {
  /** `ok`, or what it calls itself when some slots are served by nobody. */
  readonly state: string
  /** Of 16,384. */
  readonly slotsServed: number
}

export interface ExaminedServer {
  /** host:port */
  readonly place: string
  /** Of the Redis that it is, or is compatible with. */
  readonly version: string
  readonly isClusterNode: boolean
  readonly isReplica: boolean
  readonly keeping: Keeping
  /** A snapshot or the append-only file could not be written. */
  readonly failsToWrite: boolean
  readonly usedBytes: number
  /** Of `maxmemory`, or else of the machine; 0 where the server does not say. */
  readonly limitBytes: number
  readonly isLimited: boolean
  /** How far its clock is ahead of this machine's, ms. */
  readonly aheadMs: number
}

/** @param wanted the contract that a service would open the store under, where that is known
 *  @throws HL_STORE_UNAVAILABLE, HL_SETTING */
export async function examineRedis(
  url: string,
  prefix: string,
  wanted: StoreContract | undefined,
  options: RedisConnectionOptions,
): Promise<RedisExamination> {
  const redis = await connectRedis(url, options)
  try {
    const servers: ExaminedServer[] = []
    const away: [string, string][] = []
    let cluster: ExaminedCluster | undefined
    for (const server of serversOf(redis)) {
      try {
        servers.push(await examineServer(server))
        // Asked of one that answers: ioredis would ask any.
        if (redis.isCluster) cluster ??= clusterOf(await answer(server.cluster('INFO')))
      } catch (error) {
        if (!redis.isCluster) throw error
        away.push([placeOf(server), messageOf(error)])
      }
    }
    if (servers.length === 0) throw noneAnswers(away)
    const isPart = cluster === undefined && servers.some(({ isClusterNode }) => isClusterNode)
    const contract = isPart || away.length > 0 ? 'unread' : await findContract(redis, prefix, wanted)
    return { servers, cluster, away, contract }
  } finally {
    redis.disconnect()
  }
}

function noneAnswers(away: readonly (readonly [string, string])[]): HalflifeError {
  const detail = `No server of the cluster answers: ${away.map((each) => each.join(', ')).join('; ')}`
  return new HalflifeError('HL_STORE_UNAVAILABLE', detail)
}

async function examineServer(server: Redis): Promise<ExaminedServer> {
  const askedMs: EpochMs = Date.now()
  const [info, keeping, [seconds, micros]] = await answer(
    Promise.all([server.info(), keepingOf(server), server.time()] as const),
  )
  const fields = fieldsOf(info)
  const number = (name: string) => Number(fields.get(name) ?? 0)
  return {
    place: placeOf(server),
    version: fields.get('redis_version') ?? '',
    isClusterNode: fields.get('cluster_enabled') === '1',
    isReplica: fields.get('role') === 'slave',
    keeping,
    failsToWrite: ['aof_last_write_status', 'rdb_last_bgsave_status'].some(
      (name) => (fields.get(name) ?? 'ok') !== 'ok',
    ),
    usedBytes: number('used_memory'),
    limitBytes: number('maxmemory') || number('total_system_memory'),
    isLimited: number('maxmemory') > 0,
    aheadMs: Number(seconds) * 1_000 + Number(micros) / 1_000 - askedMs,
  }
}

function placeOf({ options }: Redis): string {
  return `${options.host}:${options.port}`
}

function clusterOf(info: string): ExaminedCluster {
  const fields = fieldsOf(info)
  return {
    state: fields.get('cluster_state') ?? '',
    slotsServed: Number(fields.get('cluster_slots_ok') ?? 0),
  }
}

/** INFO's lines, `name:value`. */
function fieldsOf(info: string): Map<string, string> {
  return new Map(info.split(/\r?\n/).map((line) => line.split(':', 2) as [string, string]))
}

async function findContract(
  redis: StoreRedis,
  prefix: string,
  wanted: StoreContract | undefined,
): Promise<FoundContract | 'none'> {
  const generation = await liveGeneration(redis, redisKeys(prefix))
  const fields = await answer(redis.hgetall(redisKeys(prefix, generation).contract))
  if (Object.keys(fields).length === 0) return 'none'
  const next = wanted && redisKeys(prefix, nextGeneration(generation, wanted)).contract
  const isBeingRebuilt = next !== undefined && (await answer(redis.exists(next))) === 1
  return { generation, fields: new Map(Object.entries(fields)), isBeingRebuilt }
}
