import { Cluster, Redis, type RedisOptions, ReplyError } from 'ioredis'
import { isCertificateRefusal } from '../../errors/certificate-refusal.ts'
import { HalflifeError, messageOf } from '../../errors/halflife-error.ts'
import { placesOf, type RedisAddress, redisAddress } from './redis-address.ts'
import { type StoreScripts, storeScripts } from './redis-scripts.ts'

/* One connection that answers or fails, soon. A command is sent once: while Redis is away it is refused at once, and
 * when the connection breaks its fate is unknown and the caller hears of it, because only the caller can tell whether
 * doing it again is harmless. Meanwhile ioredis reconnects, for as long as it takes.
 *
 * In a cluster a command goes to the node that has its key's slot. What a node refuses because the slot lies elsewhere was
 * not done, so ioredis sends it there. */

export type StoreRedis = (Redis | Cluster) & StoreScripts

/** Far beyond any command of ours: after this long without an answer the connection is taken for dead. */
const ANSWER_WITHIN_MS = 5_000
const CONNECT_WITHIN_MS = 5_000
const LONGEST_RECONNECT_PAUSE_MS = 1_000
/** How soon a node of a cluster that has come back, or a new one, is known. */
const REFRESH_SLOTS_MS = 1_000

export interface RedisConnectionOptions {
  /** Certificate of the authority that signed the server's, PEM; the well-known ones when absent. */
  readonly ca?: string
  /** Told of connection failures after opening, which the connection gets over by itself. */
  readonly onTrouble?: (error: unknown) => void
}

/** @throws HL_STORE_UNAVAILABLE when Redis is away, HL_SETTING when the URL, the password or the certificate is wrong */
export async function connectRedis(
  url: string,
  { ca, onTrouble }: RedisConnectionOptions = {},
): Promise<StoreRedis> {
  const address = redisAddress(url)
  if (address === undefined) throw wrongUrl()
  let opened = false
  let firstTrouble: unknown
  const pauseMs = (attempt: number) => (opened ? Math.min(50 * attempt, LONGEST_RECONNECT_PAUSE_MS) : null)
  const options = { ...commandOptions, ...(ca !== undefined && { tls: { ca } }) }
  const redis = address.isCluster ? cluster(address, options, pauseMs) : server(url, options, pauseMs)
  const onError = (error: unknown) => {
    if (opened) onTrouble?.(error)
    else firstTrouble ??= error
  }
  redis.on('error', onError)
  redis.on('node error', onError)
  // What a cluster says itself when it finds none of its nodes is not why.
  redis.on(address.isCluster ? 'node error' : 'error', (error: unknown) => {
    if (redis.status !== 'ready') lastTroubles.set(redis, error)
  })
  redis.on('ready', () => lastTroubles.delete(redis))
  for (const [name, lua] of Object.entries(storeScripts)) redis.defineCommand(name, { lua })
  try {
    await redis.connect()
    // A server that also lets strangers in answers although it has refused the password. Of a cluster, though, some of
    // the nodes may be away.
    if (firstTrouble !== undefined && !address.isCluster) throw firstTrouble
  } catch (error) {
    redis.disconnect()
    throw storeError(firstTrouble ?? error, `Redis at ${placesOf(address)}`)
  }
  opened = true
  // defineCommand has just added the scripts, which ioredis cannot express as a type.
  return redis as StoreRedis
}

const commandOptions: RedisOptions = {
  lazyConnect: true,
  autoResendUnfulfilledCommands: false,
  // With any other number ioredis would keep a broken connection's commands, neither resending nor rejecting them.
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_WITHIN_MS,
  commandTimeout: ANSWER_WITHIN_MS,
  socketTimeout: ANSWER_WITHIN_MS,
  disableClientInfo: true,
}

/** How long to wait before a connection is tried again, ms; null: give up. */
type PauseMs = (attempt: number) => number | null

function server(url: string, options: RedisOptions, pauseMs: PauseMs): Redis {
  return new Redis(url, {
    ...options,
    enableOfflineQueue: false,
    retryStrategy: pauseMs,
    // After a failover the old address may lead to a replica for a while.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  })
}

function cluster(address: RedisAddress, options: RedisOptions, pauseMs: PauseMs): Cluster {
  const { nodes, tls, username, password } = address
  return new Cluster([...nodes], {
    lazyConnect: true,
    enableOfflineQueue: false,
    // With it, connecting to a cluster of which a part is away would neither succeed nor fail; without, commands say so.
    enableReadyCheck: false,
    clusterRetryStrategy: pauseMs,
    slotsRefreshInterval: REFRESH_SLOTS_MS,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    redisOptions: {
      ...(tls && { tls: {} }),
      ...options,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    },
  })
}

/** The servers that keys are written to: one, or those of the cluster. */
export function serversOf(redis: StoreRedis): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis]
}

export async function closeRedis(redis: StoreRedis): Promise<void> {
  try {
    await redis.quit()
  } catch {
    redis.disconnect()
  }
}

/** Why a connection that is gone could not be made again, last. Commands are not told: to them it is only gone. */
const lastTroubles = new WeakMap<Redis | Cluster, unknown>()

/** As `answer`, of who looks regularly: a connection that will not come back by itself is told from one that may.
 *  @throws HL_SETTING when Redis has come to refuse the password or its certificate is not accepted any more */
export async function answerOrRefusal<T>(redis: StoreRedis, reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw storeError(lastTroubles.get(redis) ?? error, 'Redis')
  }
}

/** Waits for replies. @throws HL_STORE_UNAVAILABLE, HL_STORE_CORRUPT, HL_SETTING in place of ioredis' own errors */
export async function answer<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw storeError(error, 'Redis')
  }
}

/** As `answer`, of many commands. They leave in one go, where ioredis by itself gives each to the socket alone, in a system
 *  call of its own. */
export async function answers<T>(redis: StoreRedis, ask: () => Promise<T>[]): Promise<T[]> {
  const sockets = serversOf(redis).map(({ stream }) => stream)
  for (const socket of sockets) socket?.cork()
  let replies: Promise<T[]>
  try {
    replies = Promise.all(ask())
  } finally {
    for (const socket of sockets) socket?.uncork()
  }
  return answer(replies)
}

function wrongUrl(): HalflifeError {
  return new HalflifeError(
    'HL_SETTING',
    'The Redis URL is neither redis://[user:password@]host:port[/db] nor, for a cluster, ' +
      'redis+cluster://[user:password@]host:port,host:port.',
  )
}

const REFUSED = /\b(WRONGPASS|NOAUTH|NOPERM)\b/
/** What a server that is up cannot do now, and what to do about it. */
const CANNOT_NOW: readonly (readonly [RegExp, string])[] = [
  [/\bOOM\b/, 'Give it more memory (maxmemory).'],
  [/\bREADONLY\b/, 'It is a replica: wait for the failover, or name the primary in the Redis URL.'],
  [/\bMISCONF\b/, 'Give it a disk that it can write to.'],
  [
    /\b(LOADING|BUSY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|max number of clients)\b/,
    'Try again once it is ready.',
  ],
]

/** What a server says to whom the URL should not have led, and what is wrong with the URL. */
const MISDIRECTED: readonly (readonly [RegExp, string])[] = [
  [/^MOVED\b/, 'It is a node of a cluster: write redis+cluster:// instead of redis://.'],
  [/\bcluster support disabled\b/, 'It is no cluster: write redis:// instead of redis+cluster://.'],
  [/\bDB index is out of range\b/, 'Correct the number of the database.'],
]

function storeError(error: unknown, who: string): unknown {
  const message = messageOf(error)
  const options = { cause: error }
  if (REFUSED.test(message)) {
    const detail = `${who} refuses this user and password (${message}). Correct them in the Redis URL.`
    return new HalflifeError('HL_SETTING', detail, options)
  }
  if (isCertificateRefusal(error)) {
    const detail = `The certificate of ${who} is not accepted (${message}). Correct REDIS_CA_FILE or the server's name.`
    return new HalflifeError('HL_SETTING', detail, options)
  }
  const correction = MISDIRECTED.find(([words]) => words.test(message))?.[1]
  if (correction !== undefined) {
    const detail = `${who} is not what the Redis URL says (${message}). ${correction}`
    return new HalflifeError('HL_SETTING', detail, options)
  }
  // What is not a reply says that there was none: the connection is closed, broken, not yet there, or too slow.
  if (!(error instanceof ReplyError)) {
    const detail = `${who} does not answer (${message}). Try again once it is up.`
    return new HalflifeError('HL_STORE_UNAVAILABLE', detail, options)
  }
  const remedy = CANNOT_NOW.find(([words]) => words.test(message))?.[1]
  if (remedy !== undefined) {
    const detail = `${who} refuses for now (${message}). ${remedy}`
    return new HalflifeError('HL_STORE_UNAVAILABLE', detail, options)
  }
  if (message.includes('WRONGTYPE')) {
    const detail = `A key of the store holds another type (${message}). Another program writes under this prefix.`
    return new HalflifeError('HL_STORE_CORRUPT', detail, options)
  }
  return error
}
