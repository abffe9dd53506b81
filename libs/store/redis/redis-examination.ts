import type { EpochMs } from '../../interest/time.ts'
import { answer, connectRedis, type RedisConnectionOptions } from './redis-connection.ts'
import { keepingOf } from './redis-keeping.ts'
import { redisKeys } from './redis-keys.ts'

/** What can be seen of a Redis without changing anything in it. */
export interface RedisExamination {
  /** Of the Redis that it is, or is compatible with. */
  readonly version: string
  readonly isClusterNode: boolean
  readonly isReplica: boolean
  readonly evicts: string | undefined
  readonly keepsLog: boolean
  /** A snapshot or the append-only file could not be written. */
  readonly failsToWrite: boolean
  readonly usedBytes: number
  /** Of `maxmemory`, or else of the machine; 0 where the server does not say. */
  readonly limitBytes: number
  readonly isLimited: boolean
  readonly clockMs: EpochMs
  readonly contract: ReadonlyMap<string, string>
}

/** @throws HL_STORE_UNAVAILABLE, HL_SETTING */
export async function examineRedis(
  url: string,
  prefix: string,
  options: RedisConnectionOptions,
): Promise<RedisExamination> {
  const redis = await connectRedis(url, options)
  try {
    const [info, keeping, [seconds, micros]] = await answer(
      Promise.all([redis.info(), keepingOf(redis), redis.time()] as const),
    )
    const fields = new Map(info.split(/\r?\n/).map((line) => line.split(':', 2) as [string, string]))
    const number = (name: string) => Number(fields.get(name) ?? 0)
    const isClusterNode = fields.get('cluster_enabled') === '1'
    return {
      version: fields.get('redis_version') ?? '',
      isClusterNode,
      isReplica: fields.get('role') === 'slave',
      evicts: keeping.evicts,
      keepsLog: !keeping.forgetful,
      failsToWrite: ['aof_last_write_status', 'rdb_last_bgsave_status'].some(
        (name) => (fields.get(name) ?? 'ok') !== 'ok',
      ),
      usedBytes: number('used_memory'),
      limitBytes: number('maxmemory') || number('total_system_memory'),
      isLimited: number('maxmemory') > 0,
      clockMs: Number(seconds) * 1_000 + Number(micros) / 1_000,
      // A node of a cluster may answer that the key lies elsewhere.
      contract: new Map(
        isClusterNode ? [] : Object.entries(await answer(redis.hgetall(redisKeys(prefix).contract))),
      ),
    }
  } finally {
    redis.disconnect()
  }
}
