import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ItemWrite } from '../../libs/store/catalog-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { sampleItem } from './store-sample.ts'

type Open = () => Promise<Store>

export function catalogContract(open: Open): void {
  describe('items', () => {
    itemsContract(open)
  })
  describe('item changes', () => {
    changesContract(open)
  })
  describe('embeddings', () => {
    embeddingsContract(open)
  })
  describe('profiles', () => {
    profilesContract(open)
  })
}

function write(itemId: string, offset: number, stored = sampleItem(itemId), partition = 0): ItemWrite {
  return { itemId, stored, source: { partition, offset } }
}

function removal(itemId: string, offset: number): ItemWrite {
  return { itemId, stored: undefined, source: { partition: 0, offset } }
}

function itemsContract(open: Open): void {
  it('gives items back as written, in the order asked, undefined for one it does not know', async () => {
    const [store, other] = await Promise.all([open(), open()])
    await store.writeItems([write('三体', 0), write('{i}', 1)])
    expect(await other.readItems(['{i}', 'nothing', '三体'])).toEqual([
      sampleItem('{i}'),
      undefined,
      sampleItem('三体'),
    ])
  })

  it('replaces an item as a whole: a vector that is gone is gone', async () => {
    const store = await open()
    await store.writeItems([write('i1', 0)])
    const without = { ...sampleItem('i1', 'New'), vectors: new Map() }
    await store.writeItems([write('i1', 1, without)])
    expect(await store.readItems(['i1'])).toEqual([without])
  })

  it('removes an item, and takes it back from a later write', async () => {
    const store = await open()
    await store.writeItems([write('i1', 0)])
    await store.writeItems([removal('i1', 1)])
    expect(await store.readItems(['i1'])).toEqual([undefined])
    await store.writeItems([write('i1', 2)])
    expect(await store.readItems(['i1'])).toEqual([sampleItem('i1')])
  })

  it('ignores a write older than the stored item or its removal, comparing offsets as numbers', async () => {
    const store = await open()
    await store.writeItems([write('i1', 10, sampleItem('i1', 'Newer'))])
    await store.writeItems([write('i1', 9, sampleItem('i1', 'Older'))])
    expect(await store.readItems(['i1'])).toEqual([sampleItem('i1', 'Newer')])
    await store.writeItems([removal('i1', 100)])
    await store.writeItems([write('i1', 99)])
    expect(await store.readItems(['i1'])).toEqual([undefined])
  })

  it('takes a write from another partition, and the same write again', async () => {
    const store = await open()
    await store.writeItems([write('i1', 10)])
    await store.writeItems([write('i1', 3, sampleItem('i1', 'Elsewhere'), 1)])
    await store.writeItems([write('i1', 3, sampleItem('i1', 'Again'), 1)])
    expect(await store.readItems(['i1'])).toEqual([sampleItem('i1', 'Again')])
  })

  it('lets the last of several writes of one item in one call win', async () => {
    const store = await open()
    await store.writeItems([write('i1', 0), write('i1', 1, sampleItem('i1', 'Second'))])
    expect(await store.readItems(['i1'])).toEqual([sampleItem('i1', 'Second')])
    expect((await store.itemChanges(0, 10)).itemIds).toEqual(['i1'])
  })
}

function changesContract(open: Open): void {
  it('shows nothing and keeps the cursor while nothing has changed', async () => {
    const store = await open()
    expect(await store.itemChanges(0, 10)).toEqual({ itemIds: [], cursor: 0 })
  })

  it('shows each item written or removed once, oldest change first', async () => {
    const [store, other] = await Promise.all([open(), open()])
    await store.writeItems([write('i1', 0), write('三体', 1), write('i3', 2)])
    await store.writeItems([write('i1', 3)])
    await store.writeItems([removal('i4', 4)])
    expect((await other.itemChanges(0, 10)).itemIds).toEqual(['三体', 'i3', 'i1', 'i4'])
  })

  it('goes on from the cursor, no further than the limit', async () => {
    const store = await open()
    await store.writeItems(['a', 'b', 'c', 'd'].map((itemId, offset) => write(itemId, offset)))
    const first = await store.itemChanges(0, 3)
    expect(first.itemIds).toEqual(['a', 'b', 'c'])
    const second = await store.itemChanges(first.cursor, 3)
    expect(second.itemIds).toEqual(['d'])
    expect(await store.itemChanges(second.cursor, 3)).toEqual({ itemIds: [], cursor: second.cursor })
    await store.writeItems([write('b', 9)])
    expect((await store.itemChanges(second.cursor, 3)).itemIds).toEqual(['b'])
  })

  it('does not show a write that was ignored', async () => {
    const store = await open()
    await store.writeItems([write('i1', 5)])
    const { cursor } = await store.itemChanges(0, 10)
    await store.writeItems([write('i1', 4)])
    expect((await store.itemChanges(cursor, 10)).itemIds).toEqual([])
  })

  it('never shows a change before the item can be read', async () => {
    const [writer, reader] = await Promise.all([open(), open()])
    const itemIds = Array.from({ length: 50 }, (_, number) => `i${number}`)
    const writing = Promise.all(itemIds.map((itemId, offset) => writer.writeItems([write(itemId, offset)])))
    const shown: string[] = []
    for (let cursor = 0; shown.length < itemIds.length; ) {
      const changes = await reader.itemChanges(cursor, 10)
      expect(await reader.readItems(changes.itemIds)).not.toContain(undefined)
      shown.push(...changes.itemIds)
      cursor = changes.cursor
      await nextTurn()
    }
    await writing
    expect(new Set(shown)).toEqual(new Set(itemIds))
  })
}

function embeddingsContract(open: Open): void {
  it('gives vectors back bit for bit, in the order asked', async () => {
    const store = await open()
    const one = Float32Array.of(0.1, -0, 1e-40)
    const two = Float32Array.of(2)
    await store.writeEmbeddings(new Map([['k1', one]]))
    await store.writeEmbeddings(new Map([['k2', two]]))
    expect(await store.readEmbeddings(['k2', 'nothing', 'k1'])).toEqual([two, undefined, one])
  })

  it('takes an empty list for nothing to do', async () => {
    const store = await open()
    await store.writeEmbeddings(new Map())
    expect(await store.readEmbeddings([])).toEqual([])
  })
}

function profilesContract(open: Open): void {
  const profile = {
    attributes: { plan: 'free', age: 41 },
    statedInterests: ['慢节奏的推理小说'],
    follows: ['{i1}'],
  }

  it('gives a profile back as written, undefined for a user it does not know', async () => {
    const store = await open()
    await store.writeProfiles([{ userId: '{u1}', profile, source: { partition: 0, offset: 0 } }])
    expect(await store.readProfile('{u1}')).toEqual(profile)
    expect(await store.readProfile('u1')).toBeUndefined()
  })

  it('removes a profile, and ignores a write older than the stored one or its removal', async () => {
    const store = await open()
    const at = (offset: number): { partition: number; offset: number } => ({ partition: 0, offset })
    await store.writeProfiles([{ userId: 'u1', profile, source: at(10) }])
    await store.writeProfiles([{ userId: 'u1', profile: {}, source: at(9) }])
    expect(await store.readProfile('u1')).toEqual(profile)
    await store.writeProfiles([{ userId: 'u1', profile: undefined, source: at(11) }])
    await store.writeProfiles([{ userId: 'u1', profile, source: at(9) }])
    expect(await store.readProfile('u1')).toBeUndefined()
  })

  it('keeps profile and interest of one user apart', async () => {
    const store = await open()
    await store.writeProfiles([{ userId: 'u1', profile, source: { partition: 0, offset: 0 } }])
    expect(await store.readUsers(['u1'])).toEqual([undefined])
  })
}
