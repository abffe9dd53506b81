import type { RedisExamination } from '../../../libs/store/redis/redis-examination.ts'
import { type Finding, green, red, yellow } from './finding.ts'
import { inWords } from './in-words.ts'

const OLDEST_MAJOR = 7
const TIGHT = 0.75
const FULL = 0.9
const CLOCKS_APART_MS = 1_000

/** @param nowMs by the clock of this machine, when it was asked */
export function judgeRedis(seen: RedisExamination, toleratesEviction: boolean, nowMs: number): Finding[] {
  return [
    judgeVersion(seen),
    judgeRole(seen),
    judgeEviction(seen, toleratesEviction),
    judgePersistence(seen),
    judgeMemory(seen),
    judgeClock(seen.clockMs - nowMs),
  ]
}

function judgeVersion({ version }: RedisExamination): Finding {
  const what = 'redis version'
  return Number.parseInt(version, 10) >= OLDEST_MAJOR
    ? green(what, version)
    : red(what, version, 'Use Redis 7.0 or later, or Valkey.')
}

function judgeRole({ isClusterNode, isReplica }: RedisExamination): Finding {
  const what = 'redis cluster'
  if (isReplica) return red(what, 'a replica, which takes no writes', 'Point REDIS_URL at the primary.')
  if (isClusterNode) {
    return red(what, 'one node of a cluster', 'Point REDIS_URL at a server that is none of a cluster.')
  }
  return green(what, 'one server')
}

function judgeEviction({ evicts }: RedisExamination, tolerated: boolean): Finding {
  const what = 'redis eviction'
  if (evicts === undefined) return green(what, 'drops no keys')
  const judge = tolerated ? yellow : red
  return judge(what, `${evicts}: users are dropped when memory is full`, 'Set maxmemory-policy noeviction.')
}

function judgePersistence({ keepsLog, failsToWrite }: RedisExamination): Finding {
  const what = 'redis persistence'
  if (failsToWrite) return red(what, 'could not write to its disk', 'Free space there; see the log of Redis.')
  if (keepsLog) return green(what, 'append-only file')
  return yellow(
    what,
    'no append-only file: a crash loses what came since the last snapshot',
    'Set appendonly yes; else the log fills the hole as far as it reaches.',
  )
}

function judgeMemory({ usedBytes, limitBytes, isLimited }: RedisExamination): Finding {
  const what = 'redis memory'
  const share = limitBytes > 0 ? usedBytes / limitBytes : 0
  const seen = `${megabytes(usedBytes)} of ${megabytes(limitBytes)}${isLimited ? '' : ', all that its machine has'}`
  const remedy = 'Raise maxmemory, or lower SEEN_ITEMS and REMEMBERED_EVENTS.'
  if (share > FULL) return red(what, `${seen}: writes are refused when it is full`, remedy)
  return share > TIGHT ? yellow(what, seen, remedy) : green(what, seen)
}

function judgeClock(apartMs: number): Finding {
  const what = 'clock of redis'
  if (Math.abs(apartMs) < CLOCKS_APART_MS) return green(what, 'within a second of this machine’s')
  const seen = `${inWords(Math.abs(apartMs))} ${apartMs > 0 ? 'ahead of' : 'behind'} this machine’s`
  return yellow(what, seen, 'Set both by NTP.')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
