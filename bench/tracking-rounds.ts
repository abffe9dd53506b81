import { Redis } from 'ioredis'
import type { Bench } from './benchmark.ts'
import { type TopicSize, writeEvents } from './event-topic.ts'
import { createTopics, keysOf, newPlace, openStoreAt, type Place, withKeys } from './place.ts'
import { bareConsumption, type Consumed } from './references/bare-consumption.ts'
import { bareStoring, type Stored, usersByBatch } from './references/bare-storing.ts'
import { itemVectors, storeItems } from './stored-world.ts'
import { type Tracked, trackAll } from './tracking.ts'

const full = { events: 1_000_000, users: 100_000, items: 20_000, runs: 3 }
const small = { events: 40_000, users: 4_000, items: 2_000, runs: 1 }

/** Product and references in turns, over the same topic. */
export interface Round {
  readonly tracked: Tracked
  readonly consumed: Consumed
  readonly stored: Stored
  readonly bytesPerUser: number
}

/** For all benchmarks that look at them from different sides. */
export function trackingRounds(bench: Bench): Promise<Round[]> {
  return bench.once('tracking rounds', async () => {
    const { runs, ...size } = trackingSize(bench)
    const place = await newPlace(bench)
    await createTopics(place)
    await writeEvents(place, size, bench)
    const batches = await usersByBatch(place)
    const rounds: Round[] = []
    for (let run = 0; run < runs; run++) {
      rounds.push(await round(withKeys(place, String(run), bench), size, batches, bench))
      bench.progress('Rounds of the pipeline', run + 1, runs)
    }
    return rounds
  })
}

export function trackingSize(bench: Bench): TopicSize & { readonly runs: number } {
  return bench.quick ? small : { ...full, users: Math.min(full.users, bench.upTo) }
}

async function round(
  place: Place,
  { events, items }: TopicSize,
  batches: readonly (readonly string[])[],
  bench: Bench,
): Promise<Round> {
  const store = await openStoreAt(place)
  await storeItems(store, itemVectors(items), bench)
  await store.close()
  const consumed = await bareConsumption(place.settings.KAFKA_BROKERS!, place.topics.events, events)
  const tracked = await trackAll(place, events, bench)
  const redis = new Redis(place.settings.REDIS_URL!)
  const bytesPerUser = await meanUserBytes(redis, place.settings.KEY_PREFIX)
  const stored = await bareStoring(redis, place, batches, events)
  redis.disconnect()
  return { tracked, consumed, stored, bytesPerUser }
}

/** Redis' memory for one user of those under the prefix, whole: key, hash and expiry. */
export async function meanUserBytes(redis: Redis, prefix: string): Promise<number> {
  const keys = await keysOf(redis, `${prefix}:user:*`)
  // All fields: by default Redis looks at five of them and guesses the rest.
  const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)))
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) / keys.length
}
