import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { kafkaClient } from '../libs/log/kafka/kafka-client.ts'
import type { Bench } from './benchmark.ts'
import { appendEvents } from './event-topic.ts'
import type { Place } from './place.ts'
import { type ServiceProcess, startService } from './service-process.ts'
import type { WrittenEvent } from './workload.ts'

/** What trackers did and what it cost, from the first position seen to the last: joining the group is no part of it. */
export interface Tracked {
  readonly perSecond: number
  /** Of all trackers together, an event. */
  readonly cpuMicros: number
  /** Of Redis, an event. */
  readonly redisCpuMicros: number
  /** 99th percentile of the slowest tracker. */
  readonly loopDelayMs: number
  /** Of the largest tracker, at the end. */
  readonly rssBytes: number
}

interface Sample {
  readonly position: number
  readonly atMs: number
  readonly cpuMicros: number
  readonly redisCpuMicros: number
  readonly loopDelayMs: number
  readonly rssBytes: number
}

const LOOK_EVERY_MS = 10

/** Tracks events that are in the topic already. */
export async function trackAll(place: Place, events: number, bench: Bench): Promise<Tracked> {
  return withRedis(place, async (redis) => {
    const tracker = await startService(['tracker'], place.environment, bench)
    const first = await sampleAt(1, [tracker], place, redis)
    const last = await sampleAt(events, [tracker], place, redis, (position) => {
      bench.progress('Tracking', position, events)
    })
    await tracker.stop()
    return between(first, last)
  })
}

export interface Work {
  readonly events: number
  /** So many of them are tracked before anything is measured: a young process runs slow code. */
  readonly warmUp: number
  /** In the order in which they are to be appended. */
  readonly source: Iterator<WrittenEvent>
}

/** All events wait in the topic, so that no tracker is ever short of them: with small batches an event costs more. Measured
 *  from when the trackers have shared out the partitions and are warm. */
export async function trackWith(trackers: number, place: Place, work: Work, bench: Bench): Promise<Tracked> {
  await append(place, work)
  return trackWaiting(trackers, place, work, bench)
}

/** As many trackers as places at once, each on the events of its own place: of all together, what an event costs where no
 *  tracker has to do with another but by sharing the machine. `work`: of each of them. */
export async function trackApart(
  places: readonly Place[],
  work: readonly Work[],
  bench: Bench,
): Promise<number> {
  for (const [n, place] of places.entries()) await append(place, work[n]!)
  const tracked = await Promise.all(places.map((place, n) => trackWaiting(1, place, work[n]!, bench)))
  return tracked.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / tracked.length
}

function append(place: Place, { events, source }: Work): Promise<void> {
  return appendEvents(place, taken(events, source))
}

async function trackWaiting(
  trackers: number,
  place: Place,
  { events, warmUp }: Work,
  bench: Bench,
): Promise<Tracked> {
  return withRedis(place, async (redis) => {
    const running = await Promise.all(
      Array.from({ length: trackers }, () => startService(['tracker'], place.environment, bench)),
    )
    await untilMembers(place, trackers)
    const first = await sampleAt(warmUp, running, place, redis)
    const last = await sampleAt(events, running, place, redis, (position) => {
      bench.progress(`Tracking with ${trackers}`, position, events)
    })
    await Promise.all(running.map((tracker) => tracker.stop()))
    return between(first, last)
  })
}

function* taken<T>(count: number, source: Iterator<T>): Generator<T> {
  for (let n = 0; n < count; n++) yield source.next().value as T
}

/** The moment, by `performance.now()`, at which so many events are in the store. */
export async function whenTracked(place: Place, events: number): Promise<number> {
  return withRedis(place, async (redis) => {
    while ((await positionOf(place, redis)) < events) await sleep(LOOK_EVERY_MS)
    return performance.now()
  })
}

async function withRedis<T>({ settings }: Place, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(settings.REDIS_URL!)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

function between(first: Sample, last: Sample): Tracked {
  const events = last.position - first.position
  return {
    perSecond: (events / (last.atMs - first.atMs)) * 1_000,
    cpuMicros: (last.cpuMicros - first.cpuMicros) / events,
    redisCpuMicros: (last.redisCpuMicros - first.redisCpuMicros) / events,
    loopDelayMs: last.loopDelayMs,
    rssBytes: last.rssBytes,
  }
}

/** Once so many events are in the store. */
async function sampleAt(
  wanted: number,
  trackers: readonly ServiceProcess[],
  place: Place,
  redis: Redis,
  onWaiting: (position: number) => void = () => {},
): Promise<Sample> {
  for (;;) {
    const reached = await positionOf(place, redis)
    const reachedMs = performance.now()
    if (reached < wanted) {
      onWaiting(reached)
      await sleep(LOOK_EVERY_MS)
      continue
    }
    // A tracker answers between two batches: what it has done and spent by then is read right after one another.
    const usages = await Promise.all(trackers.map((tracker) => tracker.usage()))
    const isDone = wanted > 1
    return {
      position: isDone ? reached : await positionOf(place, redis),
      atMs: isDone ? reachedMs : performance.now(),
      cpuMicros: usages.reduce((sum, usage) => sum + usage.cpuMicros, 0),
      redisCpuMicros: await redisCpuMicros(redis),
      loopDelayMs: Math.max(...usages.map((usage) => usage.loopDelayMs)),
      rssBytes: Math.max(...usages.map((usage) => usage.rssBytes)),
    }
  }
}

async function positionOf({ settings, topics }: Place, redis: Redis): Promise<number> {
  const name = (partition: number) => `${settings.KEY_PREFIX}:partition:{${topics.events}/${partition}}`
  const partitions = Array.from({ length: settings.TOPIC_PARTITIONS }, (_, partition) => partition)
  const positions = await Promise.all(partitions.map((partition) => redis.hget(name(partition), 'position')))
  return positions.reduce((sum, text) => sum + Number(text ?? 0), 0)
}

/** User and system since the server's start. */
export async function redisCpuMicros(redis: Redis): Promise<number> {
  const info = await redis.info('cpu')
  const seconds = (name: string) => Number(new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? 0)
  return 1e6 * (seconds('used_cpu_user') + seconds('used_cpu_sys'))
}

async function untilMembers({ settings }: Place, members: number): Promise<void> {
  const admin = kafkaClient({ brokers: settings.KAFKA_BROKERS!, clientId: 'bench' }).admin()
  await admin.connect()
  for (;;) {
    const { groups } = await admin.describeGroups([`${settings.TOPIC_PREFIX}-events`])
    if (groups[0]?.state === 'Stable' && groups[0].members.length === members) break
    await sleep(100)
  }
  await admin.disconnect()
}
