import type { Redis } from 'ioredis'
import { HalflifeError } from '../../errors/halflife-error.ts'
import type { InterestShape } from '../../interest/interest-shape.ts'
import { encodeFloats } from '../float32-codec.ts'
import type { NearestStore } from '../nearest-store.ts'
import { answer, type StoreRedis, serversOf } from './redis-connection.ts'
import type { RedisKeys } from './redis-keys.ts'

/** How widely a search looks around, as in the index of a scorer (libs/retrieval/vector-index.ts). */
const SEARCH_EFFORT = 192
const NOT_THERE = ''

/** The index as one vector set of Redis for each space. All of them lie on one node of a cluster, as the change feed does.
 *  @throws HL_SETTING where the server has no vector sets: Redis has them since 8.0 */
export async function redisNearestStore(
  redis: StoreRedis,
  keys: RedisKeys,
  { spaces }: InterestShape,
): Promise<NearestStore> {
  await requireVectorSets(serversOf(redis))
  const sets = spaces.map(({ name }) => keys.nearest(name))
  return {
    async indexedUpTo() {
      return Number((await answer(redis.get(keys.indexed))) ?? 0)
    },

    async indexItems(changes, from, to) {
      const items = changes.flatMap(({ itemId, vectors }) => [
        itemId,
        ...spaces.map(({ name }) => {
          const vector = vectors?.get(name)
          return vector === undefined ? NOT_THERE : encodeFloats(vector)
        }),
      ])
      return (
        (await answer(redis.indexItems(1 + sets.length, keys.indexed, ...sets, from, to, ...items))) === 1
      )
    },

    async nearest(space, query, count) {
      const effort = Math.max(SEARCH_EFFORT, count)
      const search = ['FP32', encodeFloats(query), 'COUNT', count, 'EF', effort]
      return (await answer(redis.call('VSIM', [keys.nearest(space), ...search]))) as string[]
    },
  }
}

async function requireVectorSets(servers: readonly Redis[]): Promise<void> {
  const facts = await answer(Promise.all(servers.map((server) => server.command('INFO', 'VSIM'))))
  if (facts.every(([fact]) => fact !== null)) return
  const detail = 'RETRIEVAL=redis needs a Redis with vector sets (8.0 or later), and this one has none.'
  throw new HalflifeError(
    'HL_SETTING',
    `${detail} Leave RETRIEVAL out, and each scorer keeps an index of its own.`,
  )
}
