import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import type { ItemRows } from '../../../libs/ranking/item-rows.ts'
import type { EventShare, Preference, PreferenceAtHand } from '../../../libs/ranking/preference.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { summedPreference } from '../../../libs/ranking/summed-preference.ts'
import { weighedEvents } from '../../../libs/ranking/weighed-events.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { LiveModel, ModelView } from '../model-view.ts'
import { once } from '../once.ts'
import type { Source } from '../source.ts'
import type { Viewer } from '../viewer.ts'
import { type AskedOf, learnedPreference } from './learned-preference.ts'

/** So many of the viewer's newest events are looked at: a row that has to be counted costs some 0.05 ms. */
const NEWEST = 20

/** What goes together with the item that the page is about; else with what the viewer chose. A learned model says so
 *  where one serves; of what it was not learned with, and where none serves, what was counted lately does.
 *  @param counted rows that are counted live */
export function itemItemSource(
  models: Pick<ModelView, 'current'>,
  counted: ItemRows,
  catalog: CatalogView,
  shape: InterestShape,
): Source {
  let known: { model: LiveModel; version: number; numbers: Int32Array } | undefined
  return {
    name: 'item-item',
    prefer({ viewer, itemId, nowMs }) {
      const model = models.current()
      if (itemId !== undefined) {
        const chosen = [{ itemId, occurredAtMs: nowMs, weight: 1 }]
        return withLearned(model, { chosen, remembered: [], seen: [], nowMs }, () => countedAround(itemId))
      }
      if (viewer.basis !== 'interests' || viewer.state === undefined) return undefined
      const { events } = viewer.state.remembered
      const seen = viewer.state.seen.items
      return withLearned(model, { chosen: events, remembered: events, seen, nowMs }, (isNew) =>
        countedFor(viewer, isNew),
      )
    },
  }

  /** @param countedOf what was counted of those chosen of which `isNew` */
  function withLearned(
    model: LiveModel | undefined,
    { chosen, remembered, seen, nowMs }: Choices,
    countedOf: (isNew: (itemId: string) => boolean) => Counted | undefined,
  ): Preference | undefined {
    const isNew = (itemId: string) => !model?.learnedWith(itemId)
    const learned = model && learnedPreference(model, { chosen, seen, nowMs }, inCatalog(model))
    if (learned === undefined) return countedOf(() => true)?.preference
    const part = chosen.filter(({ itemId }) => isNew(itemId)).length / chosen.length
    const beside = part > 0 ? countedOf(isNew) : undefined
    const sharing = once(learned.sharing)
    const sharesOf = (itemId: string): readonly EventShare[] => {
      return sharing()(itemId).map(({ place, share }) => ({ event: remembered[place]!, share }))
    }
    const own = sparsePreference(learned.scores, catalog.size, remembered.length > 0 ? sharesOf : undefined)
    if (beside === undefined || own === undefined) return own ?? beside?.preference
    let product = 0
    for (const [itemId, score] of beside.scores) product += own.scoreOf(itemId) * score
    return summedPreference(own, beside.preference, part, product / catalog.size)
  }

  /** Numbers of the model's items that are in the catalog. */
  function inCatalog(model: LiveModel): Int32Array {
    if (known?.model !== model || known.version !== catalog.version) {
      const numbers = Int32Array.from(model.itemIds.keys())
      const there = numbers.filter((number) => catalog.itemOf(model.itemIds[number]!) !== undefined)
      known = { model, version: catalog.version, numbers: there }
    }
    return known.numbers
  }

  function countedAround(itemId: string): Counted | undefined {
    return countedAs(counted.rowOf(itemId) ?? new Map())
  }

  function countedAs(
    scores: ReadonlyMap<string, number>,
    sharesOf?: (itemId: string) => readonly EventShare[],
  ): Counted | undefined {
    const preference = sparsePreference(scores, catalog.size, sharesOf)
    return preference && { scores, preference }
  }

  /** Each event with its weight in the score. */
  function countedFor({ state, taste }: Viewer, isNew: (itemId: string) => boolean): Counted | undefined {
    if (state === undefined || taste === undefined) return undefined
    const heard: { event: RememberedEvent; row: ReadonlyMap<string, number> }[] = []
    const scores = new Map<string, number>()
    for (const event of weighedEvents(state, taste, shape, NEWEST)) {
      const row = isNew(event.itemId) ? counted.rowOf(event.itemId) : undefined
      if (row === undefined) continue
      heard.push({ event, row })
      for (const [other, strength] of row) {
        scores.set(other, (scores.get(other) ?? 0) + event.weight * strength)
      }
    }
    return countedAs(scores, (itemId) => {
      return heard.map(({ event, row }) => ({ event, share: event.weight * (row.get(itemId) ?? 0) }))
    })
  }
}

/** What was counted lately. */
interface Counted {
  readonly scores: ReadonlyMap<string, number>
  readonly preference: PreferenceAtHand
}

interface Choices extends AskedOf {
  /** Those chosen as events that may be told of; none where it is but the item of the page. */
  readonly remembered: readonly RememberedEvent[]
}
