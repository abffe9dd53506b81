import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { embeddedStore } from '../../libs/store/embedded/embedded-store.ts'
import type { ModelRecord, ModelStore } from '../../libs/store/model-store.ts'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import { newRedisPlace } from './store-redis-place.ts'
import { NOON_MS, sampleContract } from './store-sample.ts'

interface ModelPlace {
  open(): Promise<ModelStore & { close(): Promise<void> }>
  remove(): Promise<void>
}

const places: { name: string; newPlace: () => Promise<ModelPlace> }[] = [
  {
    name: 'the embedded store',
    async newPlace() {
      const path = await mkdtemp(join(tmpdir(), 'halflife-models-'))
      return {
        open: () => embeddedStore({ path, contract: sampleContract }),
        remove: () => rm(path, { recursive: true }),
      }
    },
  },
  {
    name: 'Redis',
    async newPlace() {
      const url = inject('redisUrl')
      const { prefix, remove } = await newRedisPlace(url)
      return { open: () => redisStore({ url, prefix, contract: sampleContract }), remove }
    },
  },
]

/** More than two parts, and no part like another. */
const large = Buffer.alloc(9_000_001, 'Halflife')

function sampleModel(id: string, bytes: Buffer): ModelRecord {
  const imported = { part: 'vectors', rows: 5, file: 'factors.parquet' }
  const counts = { bytes: bytes.length, events: 100, users: 10, items: 5, imported }
  const trial = { cases: 40, ndcg: 0.125, interests: 0.05, live: { id: 'before', ndcg: 0.1 } }
  return { id, createdAtMs: NOON_MS, learnedUntilMs: NOON_MS - 1, ...counts, trial }
}

describe.each(places)('$name as a store of models', ({ newPlace }) => {
  let place: ModelPlace
  let opened: { close(): Promise<void> }[]

  async function open(): Promise<ModelStore> {
    const store = await place.open()
    opened.push(store)
    return store
  }

  beforeEach(async () => {
    place = await newPlace()
    opened = []
  })
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()))
    await place.remove()
  })

  it('gives a model back as written, however large, and lists what is known of each by id', async () => {
    const [store, other] = await Promise.all([open(), open()])
    const small = Buffer.from('{}')
    await store.writeModel(sampleModel('{b}', large), large)
    await store.writeModel({ ...sampleModel('a', small), trial: undefined }, small)
    expect((await other.readModel('{b}'))!.equals(large)).toBe(true)
    expect(await other.readModel('a')).toEqual(small)
    const { trial: _, ...untried } = sampleModel('a', small)
    expect(await other.readModels()).toEqual([untried, sampleModel('{b}', large)])
  })

  it('knows nothing of a model that was removed or never written', async () => {
    const store = await open()
    await store.writeModel(sampleModel('a', large), large)
    await store.removeModel('a')
    await store.removeModel('b')
    expect(await store.readModel('a')).toBeUndefined()
    expect(await store.readModels()).toEqual([])
  })

  it('keeps the order of promotions, each model once, the one that serves first', async () => {
    const [store, other] = await Promise.all([open(), open()])
    expect(await store.readPromotions()).toEqual([])
    for (const id of ['a', 'b', 'c', 'a']) await store.promoteModel(id)
    expect(await other.readPromotions()).toEqual(['a', 'c', 'b'])
  })

  it('goes back to the model promoted before when one is demoted', async () => {
    const store = await open()
    for (const id of ['a', 'b']) await store.promoteModel(id)
    await store.demoteModel('b')
    await store.demoteModel('nothing')
    expect(await store.readPromotions()).toEqual(['a'])
  })
})
