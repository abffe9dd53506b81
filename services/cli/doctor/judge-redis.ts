import type {
  ExaminedCluster,
  ExaminedServer,
  RedisExamination,
} from '../../../libs/store/redis/redis-examination.ts'
import type { Keeping } from '../../../libs/store/redis/redis-keeping.ts'
import { type Finding, green, red, yellow } from './finding.ts'
import { inWords } from './in-words.ts'

const OLDEST_MAJOR = 7
const TIGHT = 0.75
const FULL = 0.9
const CLOCKS_APART_MS = 1_000

/** Each server by itself, named where there are several. */
export function judgeRedis(
  { servers, cluster, away }: RedisExamination,
  toleratesEviction: boolean,
): Finding[] {
  const each = servers.flatMap((server) =>
    [
      judgeVersion(server),
      judgeEviction(server.keeping, toleratesEviction),
      judgePersistence(server),
      judgeMemory(server),
      judgeClock(server),
    ].map((finding) =>
      cluster === undefined ? finding : { ...finding, what: `${finding.what}, ${server.place}` },
    ),
  )
  const absent = away.map(([place, why]) => red(`redis server, ${place}`, why, 'See that it runs.'))
  const role = cluster ? judgeCluster(cluster, servers.length + away.length) : judgeRole(servers[0]!)
  return [role, ...absent, ...each]
}

const CLUSTER = 'redis cluster'
const SLOTS = 16_384

function judgeCluster({ state, slotsServed }: ExaminedCluster, servers: number): Finding {
  const seen = `${servers} servers, ${slotsServed} of ${SLOTS} slots served`
  if (state === 'ok' && slotsServed === SLOTS) return green(CLUSTER, seen)
  const remedy =
    'Bring back the servers that are away, or give their slots to others (redis-cli --cluster fix).'
  return red(CLUSTER, `${seen}, state ${state}`, remedy)
}

function judgeRole({ isClusterNode, isReplica }: ExaminedServer): Finding {
  if (isReplica) return red(CLUSTER, 'a replica, which takes no writes', 'Point REDIS_URL at the primary.')
  if (isClusterNode) {
    return red(CLUSTER, 'one node of a cluster', 'Write REDIS_URL as redis+cluster://host:port,host:port.')
  }
  return green(CLUSTER, 'one server')
}

function judgeVersion({ version }: ExaminedServer): Finding {
  const what = 'redis version'
  return Number.parseInt(version, 10) >= OLDEST_MAJOR
    ? green(what, version)
    : red(what, version, 'Use Redis 7.0 or later, or Valkey.')
}

function judgeEviction({ evicts }: Keeping, tolerated: boolean): Finding {
  const what = 'redis eviction'
  if (evicts === undefined) return green(what, 'drops no keys')
  const judge = tolerated ? yellow : red
  return judge(what, `${evicts}: users are dropped when memory is full`, 'Set maxmemory-policy noeviction.')
}

function judgePersistence({ keeping, failsToWrite }: ExaminedServer): Finding {
  const what = 'redis persistence'
  if (failsToWrite) return red(what, 'could not write to its disk', 'Free space there; see the log of Redis.')
  if (!keeping.forgetful) return green(what, 'append-only file')
  return yellow(
    what,
    'no append-only file: a crash loses what came since the last snapshot',
    'Set appendonly yes; else the log fills the hole as far as it reaches.',
  )
}

function judgeMemory({ usedBytes, limitBytes, isLimited }: ExaminedServer): Finding {
  const what = 'redis memory'
  const share = limitBytes > 0 ? usedBytes / limitBytes : 0
  const seen = `${megabytes(usedBytes)} of ${megabytes(limitBytes)}${isLimited ? '' : ', all that its machine has'}`
  const remedy = 'Raise maxmemory, or lower SEEN_ITEMS and REMEMBERED_EVENTS.'
  if (share > FULL) return red(what, `${seen}: writes are refused when it is full`, remedy)
  return share > TIGHT ? yellow(what, seen, remedy) : green(what, seen)
}

function judgeClock({ aheadMs: apartMs }: ExaminedServer): Finding {
  const what = 'clock of redis'
  if (Math.abs(apartMs) < CLOCKS_APART_MS) return green(what, 'within a second of this machine’s')
  const seen = `${inWords(Math.abs(apartMs))} ${apartMs > 0 ? 'ahead of' : 'behind'} this machine’s`
  return yellow(what, seen, 'Set both by NTP.')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
