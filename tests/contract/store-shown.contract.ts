import { expect, it } from 'vitest'
import type { ShownPage } from '../../libs/event/impression.ts'
import { MOST_SHOWN_PAGES } from '../../libs/store/shown-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { NOON_MS } from './store-sample.ts'

const DAY_MS = 86_400_000

export function samplePage(number: number): ShownPage {
  return {
    recommendationId: `r-${number}`,
    scenario: 'home',
    variant: number % 2 === 0 ? '' : 'bold',
    shownAtMs: NOON_MS + number,
    items: [
      { itemHash: 0xffff_ffff, source: 'interests' },
      { itemHash: number, source: 'trending' },
      { itemHash: 7, source: 'interests' },
    ],
  }
}

export function shownContract(open: () => Promise<Store>): void {
  const add = (store: Store, to: string, ...numbers: number[]) =>
    store.addShown(
      numbers.map((number) => ({ to, page: samplePage(number) })),
      DAY_MS,
    )

  it('gives pages back as added, newest first, in the order asked', async () => {
    const [store, other] = await Promise.all([open(), open()])
    await add(store, '{三}', 1, 3, 2)
    await add(store, 'bo', 4)
    expect(await other.readShown(['bo', 'nobody', '{三}'])).toEqual([
      [samplePage(4)],
      [],
      [samplePage(3), samplePage(2), samplePage(1)],
    ])
  })

  it('gives the pages of many, whether or not any of them has one', async () => {
    const store = await open()
    const many = Array.from({ length: 100 }, (_, number) => `user-${number}`)
    expect(await store.readShown(many)).toEqual(many.map(() => []))
    await add(store, 'user-77', 1, 2)
    const expected = many.map((to) => (to === 'user-77' ? [samplePage(2), samplePage(1)] : []))
    expect(await store.readShown(many)).toEqual(expected)
  })

  it('has a page that is added again once', async () => {
    const store = await open()
    await add(store, 'ann', 1, 2, 1)
    await add(store, 'ann', 1)
    expect(await store.readShown(['ann'])).toEqual([[samplePage(2), samplePage(1)]])
  })

  it('keeps the newest pages of each', async () => {
    const store = await open()
    const numbers = Array.from({ length: MOST_SHOWN_PAGES + 5 }, (_, number) => number)
    await add(store, 'ann', ...numbers)
    const [pages] = await store.readShown(['ann'])
    expect(pages).toEqual(numbers.slice(5).reverse().map(samplePage))
  })

  it('erases what was shown up to a time, and refuses what comes late of it', async () => {
    const store = await open()
    await add(store, 'ann', 1, 5)
    await add(store, 'bo', 1)
    await store.forgetShown(['ann'], NOON_MS + 5, DAY_MS)
    expect(await store.readShown(['ann', 'bo'])).toEqual([[], [samplePage(1)]])
    await add(store, 'ann', 4, 5, 6)
    expect(await store.readShown(['ann'])).toEqual([[samplePage(6)]])
  })

  it('keeps to the latest time of forgetting, and to what was shown since, when a former one comes again', async () => {
    const store = await open()
    for (const until of [5, 8]) await store.forgetShown(['ann'], NOON_MS + until, DAY_MS)
    await add(store, 'ann', 9)
    for (const until of [5, 8]) await store.forgetShown(['ann'], NOON_MS + until, DAY_MS)
    await add(store, 'ann', 6)
    expect(await store.readShown(['ann'])).toEqual([[samplePage(9)]])
  })
}
