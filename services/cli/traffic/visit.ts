import { setTimeout } from 'node:timers/promises'
import type { ItemInput } from '../../../libs/event/item.ts'
import type { HalflifeApi } from './halflife-api.ts'
import { afterClick, clicked, type Draw, visitorOf } from './visitor.ts'

export interface VisitOptions {
  readonly api: HalflifeApi
  readonly catalog: readonly ItemInput[]
  /** Visitors there are. */
  readonly visitors: number
  readonly draw: Draw
}

/** Of the visits, so many begin with words instead of what is recommended. */
const SEARCHES = 0.1
/** Nobody clicks before they have looked. */
const LOOK_MS = 300

/** Gives a function that makes one visit: somebody asks what to see, and perhaps clicks. Resolves with whether they did. */
export function visits({ api, catalog, visitors, draw }: VisitOptions): () => Promise<boolean> {
  const categoryOf = new Map(catalog.map(({ itemId, category }) => [itemId, category]))
  const categories = [...new Set(catalog.flatMap(({ category }) => category ?? []))].sort()

  return async () => {
    const visitor = visitorOf(Math.floor(draw() * visitors), categories)
    const { userId } = visitor
    const wish = catalog[Math.floor(draw() * catalog.length)]!
    const answer = draw() < SEARCHES ? await api.search(wish.title, userId) : await api.recommend(userId)
    const shown = answer.items.map(({ itemId }) => ({ itemId, category: categoryOf.get(itemId) }))
    const itemId = clicked(visitor, shown, draw)
    if (itemId === undefined) return false
    await setTimeout(LOOK_MS)
    const next = afterClick(draw)
    const types = next === undefined ? ['click'] : ['click', next]
    const { recommendationId } = answer
    await api.sendEvents(types.map((type) => ({ type, userId, itemId, recommendationId })))
    return true
  }
}
