import { Redis } from 'ioredis'
import type { Bench, Benchmark } from '../benchmark.ts'
import { against, type Figure, figureOf } from '../figure.ts'
import { fullLoad, pagesOf } from '../load.ts'
import { type Environment, startService, untilIdle } from '../service-process.ts'
import { ASKING_USERS, DIMENSION, newWorld, readOnlyWorld } from '../stored-world.ts'
import { meanUserBytes, trackingRounds, trackingSize } from '../tracking-rounds.ts'

const VECTOR_BYTES = DIMENSION * 4
const TIMESCALES = 3

/** Bytes, against those of the vectors alone. */
export const memory: Benchmark = {
  name: 'memory',
  measures: 'bytes a user in Redis, and of scorer and tracker, against the vectors alone',
  quickly: '4,000 users and 10,000 items instead of 100,000 and 100,000',
  async run(bench) {
    const rounds = await trackingRounds(bench)
    const users = rounds.map(({ bytesPerUser }) =>
      against('vectors', bytesPerUser, TIMESCALES * VECTOR_BYTES),
    )
    const cached = trackingSize(bench).items * VECTOR_BYTES
    const trackers = rounds.map(({ tracked }) =>
      against('item vectors', tracked.rssBytes / 1e6, cached / 1e6),
    )
    return [
      figureOf('memory Redis', 'bytes/user', { sense: 'at most', ratio: 1.3 }, users),
      await otherMemory('float16', { USER_VECTORS: 'float16' }, bench),
      await otherMemory('recalled session', { RECALLED_TIMESCALES: 'session' }, bench),
      await otherMemory(
        'float16 and recalled',
        { USER_VECTORS: 'float16', RECALLED_TIMESCALES: 'session' },
        bench,
      ),
      await scorerMemory(bench),
      figureOf('memory tracker', 'MB', undefined, trackers),
    ]
  },
}

/** Of users with 20 remembered events, stored in another way, against all vectors as float32. */
async function otherMemory(way: string, settings: Environment, bench: Bench): Promise<Figure> {
  const size = { items: 1_000, users: ASKING_USERS }
  const { place } = await newWorld(bench, size, settings)
  const redis = new Redis(place.settings.REDIS_URL!)
  const bytes = await meanUserBytes(redis, place.settings.KEY_PREFIX)
  redis.disconnect()
  const run = against('vectors', bytes, TIMESCALES * VECTOR_BYTES)
  return figureOf(`memory Redis ${way}`, 'bytes/user', { sense: 'at most', ratio: 1.3 }, [run])
}

/** What items add to a scorer that answers: its heap has grown as far as it does with fewer of them, too. */
async function scorerMemory(bench: Bench): Promise<Figure> {
  const items = bench.quick ? 10_000 : Math.min(100_000, bench.upTo)
  const few = items / 10
  const withFew = await bytesWhileAnswering((await readOnlyWorld(few, bench)).place.environment, bench)
  const withAll = await bytesWhileAnswering((await readOnlyWorld(items, bench)).place.environment, bench)
  const perItem = (withAll - withFew) / (items - few)
  const name = `memory scorer ${items} items`
  return figureOf(name, 'bytes/item', { sense: 'at most', ratio: 1.3 }, [
    against('vectors', perItem, VECTOR_BYTES),
  ])
}

async function bytesWhileAnswering(environment: Environment, bench: Bench): Promise<number> {
  const scorer = await startService(['scorer'], environment, bench)
  await untilIdle(scorer, (seconds) => bench.progress('Waiting for the graph', seconds, 0))
  await fullLoad(scorer.url, bench.quick ? 2 : 8, pagesOf(ASKING_USERS))
  const { rssBytes } = await scorer.usage()
  await scorer.stop()
  return rssBytes
}
