import { expect, it } from 'vitest'
import { EXACT_UP_TO } from '../../../libs/retrieval/vector-index.ts'
import type { NearestStore } from '../../../libs/store/nearest-store.ts'
import { storedIndexes } from '../../../services/scorer/catalog-indexes.ts'

const [HERE, THERE] = [Float32Array.of(1, 0), Float32Array.of(0, 1)]

it('a changed item is searched here until the index of the store has come to its last change', async () => {
  let indexedUpTo = 10
  const nearest = { indexedUpTo: async () => indexedUpTo, nearest: async () => ['item-3'] }
  const spaces = [{ name: 'text', dimension: 2, model: 'm' }]
  const { indexes, follow } = storedIndexes(spaces, nearest as unknown as NearestStore)
  const index = indexes.get('text')!
  const itemIds = Array.from({ length: EXACT_UP_TO + 1 }, (_, n) => `item-${n}`)
  for (const itemId of itemIds) index.put(itemId, THERE)
  await follow({ itemIds, cursor: 10 })
  const best = async () => (await index.search(HERE, 1))[0]!.itemId
  expect(await best()).toBe('item-3')

  for (const cursor of [11, 12]) {
    index.put('item-7', HERE)
    await follow({ itemIds: ['item-7'], cursor })
    expect(await best()).toBe('item-7')
  }
  indexedUpTo = 11
  await follow({ itemIds: [], cursor: 12 })
  expect(await best()).toBe('item-7')
  indexedUpTo = 12
  await follow({ itemIds: [], cursor: 12 })
  expect(await best()).toBe('item-3')
})
