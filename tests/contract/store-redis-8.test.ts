import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { dot, normalized } from '../../libs/interest/vector.ts'
import { randomFrom } from '../../libs/learning/random.ts'
import { bestFirst } from '../../libs/ranking/rank.ts'
import type { NearestStore } from '../../libs/store/nearest-store.ts'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { catalogView } from '../../services/scorer/catalog-view.ts'
import { findableOf, retrieve } from '../../services/scorer/retrieve.ts'
import { indexCatalog } from '../../services/tracker/index-catalog.ts'
import { embeddedPlace, runServices, settingsAt } from '../integration/running-halflife.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import type { NativeService } from '../substrate/running-service.ts'
import { storeContract } from './store.contract.ts'
import { newRedisPlace } from './store-redis-place.ts'
import { sampleContract, sampleItem } from './store-sample.ts'

let server: NativeService
beforeAll(async () => {
  server = await startNativeRedis({ vectorSets: true })
}, 180_000)
afterAll(() => server?.stop())

storeContract('Redis 8', () => newRedisPlace(server.address))

type IndexingStore = Store & { readonly nearest: NearestStore }

async function withStore(test: (store: IndexingStore) => Promise<void>): Promise<void> {
  const { prefix, remove } = await newRedisPlace(server.address)
  const options = { url: server.address, prefix, contract: sampleContract, nearest: true }
  const store = (await redisStore(options)) as IndexingStore
  await test(store)
  await store.close()
  await remove()
}

const textOf = (...numbers: number[]) => new Map([['text', normalized(Float32Array.from(numbers))]])
const [NORTH, EAST, WEST] = [textOf(0, 1, 0, 0), textOf(1, 0, 0, 0), textOf(-1, 0, 0, 0)]

describe('the index of the catalog in Redis', () => {
  it('is empty at first, holds what it is given, and gives the nearest first', () =>
    withStore(async ({ nearest }) => {
      expect(await nearest.indexedUpTo()).toBe(0)
      expect(await nearest.nearest('text', EAST.get('text')!, 3)).toEqual([])
      const changes = [
        { itemId: 'north', vectors: NORTH },
        { itemId: '{东} %', vectors: EAST },
        { itemId: 'west', vectors: WEST },
        { itemId: 'image only', vectors: new Map([['image', Float32Array.of(0, 1)]]) },
      ]
      expect(await nearest.indexItems(changes, 0, 7)).toBe(true)
      expect(await nearest.indexedUpTo()).toBe(7)
      const query = Float32Array.from([40, 8, 0, 0])
      expect(await nearest.nearest('text', query, 2)).toEqual(['{东} %', 'north'])
      expect(await nearest.nearest('text', query, 9)).toHaveLength(3)
      expect(await nearest.nearest('image', Float32Array.of(1, 1), 9)).toEqual(['image only'])
    }))

  it('replaces what it held of an item, and takes out what has no vector any more', () =>
    withStore(async ({ nearest }) => {
      await nearest.indexItems([{ itemId: 'a', vectors: WEST }], 0, 1)
      await nearest.indexItems([{ itemId: 'b', vectors: NORTH }], 1, 2)
      await nearest.indexItems([{ itemId: 'a', vectors: EAST }], 2, 3)
      expect(await nearest.nearest('text', EAST.get('text')!, 1)).toEqual(['a'])
      await nearest.indexItems([{ itemId: 'a', vectors: undefined }], 3, 4)
      expect(await nearest.nearest('text', EAST.get('text')!, 5)).toEqual(['b'])
    }))

  it('is moved on by one tracker only, whoever comes first', () =>
    withStore(async ({ nearest }) => {
      await nearest.indexItems([{ itemId: 'a', vectors: EAST }], 0, 5)
      expect(await nearest.indexItems([{ itemId: 'a', vectors: WEST }], 0, 4)).toBe(false)
      expect(await nearest.indexedUpTo()).toBe(5)
      expect(await nearest.nearest('text', EAST.get('text')!, 1)).toEqual(['a'])
    }))

  it('is refused by a server that has no vector sets', async () => {
    const options = { url: inject('redisUrl'), prefix: 'none', contract: sampleContract, nearest: true }
    await expect(redisStore(options)).rejects.toMatchObject({
      code: 'HL_SETTING',
      message: expect.stringContaining('RETRIEVAL=redis needs a Redis with vector sets'),
    })
  })
})

it('has nobody to keep an index for it without a Redis', async () => {
  const settings = settingsAt(await embeddedPlace(onTestFinished), { RETRIEVAL: 'redis' })
  await expect(runServices(['tracker', 'scorer'], settings, onTestFinished)).rejects.toMatchObject({
    code: 'HL_SETTING',
    message: expect.stringContaining('Set REDIS_URL'),
  })
})

describe('retrieval from the index in Redis', () => {
  const ITEMS = 6_000
  const random = randomFrom(7)
  const anyVectors = () => textOf(...[1, 2, 3, 4].map(() => random() - 0.5))
  /** Of all items, as they are to be. */
  const wanted = new Map(Array.from({ length: ITEMS }, (_, n) => [`item-${n}`, anyVectors()]))

  function write(store: Store, itemIds: Iterable<string>, offset: number): Promise<void> {
    return store.writeItems(
      Array.from(itemIds, (itemId) => {
        const vectors = wanted.get(itemId)
        const stored = vectors && { ...sampleItem(itemId), vectors }
        return { itemId, stored, source: { partition: 0, offset } }
      }),
    )
  }

  function nearestByHand(query: Float32Array, admits: (itemId: string) => boolean): string[] {
    const scored = [...wanted].map(([itemId, vectors]) => ({
      itemId,
      score: dot(vectors.get('text')!, query),
    }))
    const best = scored.filter(({ itemId }) => admits(itemId)).sort(bestFirst)
    return best.slice(0, 5).map(({ itemId }) => itemId)
  }

  it('finds what lies nearest, indexed or not, as it is now, and what a filter leaves', () =>
    withStore(async (store) => {
      await write(store, wanted.keys(), 0)
      const catalog = catalogView(store, sampleContract.shape.spaces, store.nearest)
      const expectNearest = async (admits: (itemId: string) => boolean) => {
        await catalog.followChanges()
        let found = 0
        for (let n = 0; n < 20; n++) {
          const queries = anyVectors()
          const near = await retrieve(queries, catalog, admits, findableOf(catalog, admits), 5)
          const byHand = nearestByHand(queries.get('text')!, admits)
          found += near.filter(({ itemId }) => byHand.includes(itemId)).length
        }
        expect(found).toBeGreaterThanOrEqual(99)
      }
      const everything = () => true
      const fewOf = (itemId: string) => itemId.endsWith('00')
      await expectNearest(everything)
      await indexCatalog(store, store.nearest)
      await expectNearest(everything)
      await expectNearest(fewOf)
      const changed = [...wanted.keys()].filter((_, n) => n % 20 === 0)
      for (const [n, itemId] of changed.entries()) {
        if (n % 2 === 0) wanted.delete(itemId)
        else wanted.set(itemId, anyVectors())
      }
      await write(store, changed, 1)
      await expectNearest(everything)
      await indexCatalog(store, store.nearest)
      await expectNearest(everything)
    }))
})
