import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import type { ItemRows } from '../../../libs/ranking/item-rows.ts'
import type { EventShare, Preference } from '../../../libs/ranking/preference.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { weighedEvents } from '../../../libs/ranking/weighed-events.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { LiveModel, ModelView } from '../model-view.ts'
import { once } from '../once.ts'
import type { Source } from '../source.ts'
import type { Viewer } from '../viewer.ts'
import { type Chosen, learnedPreference } from './learned-preference.ts'

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
  return {
    name: 'item-item',
    prefer({ viewer, itemId, nowMs }) {
      const model = models.current()
      if (itemId !== undefined) {
        const chosen = [{ itemId, occurredAtMs: nowMs, weight: 1 }]
        return withLearned(model, { chosen, remembered: [], nowMs }, () => countedAround(itemId))
      }
      if (viewer.basis !== 'interests' || viewer.state === undefined) return undefined
      const { remembered } = viewer.state
      return withLearned(model, { chosen: remembered, remembered, nowMs }, (isNew) =>
        countedFor(viewer, isNew),
      )
    },
  }

  /** @param countedOf what was counted of those chosen of which `isNew` */
  function withLearned(
    model: LiveModel | undefined,
    { chosen, remembered, nowMs }: Choices,
    countedOf: (isNew: (itemId: string) => boolean) => Preference | undefined,
  ): Preference | undefined {
    const isNew = (itemId: string) => model?.numberOf(itemId) === undefined
    const learned = model && learnedPreference(model, chosen, catalog, nowMs)
    if (learned === undefined) return countedOf(() => true)
    const part = chosen.filter(({ itemId }) => isNew(itemId)).length / chosen.length
    const beside = part > 0 ? countedOf(isNew) : undefined
    const sharing = once(learned.sharing)
    const sharesOf = (itemId: string): readonly EventShare[] => {
      return sharing()(itemId).map(({ place, share }) => ({ event: remembered[place]!, share }))
    }
    const own = sparsePreference(learned.scores, catalog.size, remembered.length > 0 ? sharesOf : undefined)
    if (beside === undefined) return own
    return own === undefined ? beside : added(own, beside, part)
  }

  /** Each in standard deviations, as sources are mixed. */
  function added(learned: Preference, beside: Preference, part: number): Preference | undefined {
    const scores = new Map<string, number>()
    for (const { itemId } of catalog.items()) {
      const own = learned.scoreOf(itemId) / learned.deviation
      scores.set(itemId, own + (part * (beside.scoreOf(itemId) - beside.mean)) / beside.deviation)
    }
    const scaled = (shares: readonly EventShare[] = [], factor: number) => {
      return shares.map(({ event, share }) => ({ event, share: share * factor }))
    }
    return sparsePreference(scores, catalog.size, (itemId) => [
      ...scaled(learned.sharesOf?.(itemId), 1 / learned.deviation),
      ...scaled(beside.sharesOf?.(itemId), part / beside.deviation),
    ])
  }

  function countedAround(itemId: string): Preference | undefined {
    return sparsePreference(counted.rowOf(itemId) ?? new Map(), catalog.size)
  }

  /** Each event with its weight in the score. */
  function countedFor({ state, taste }: Viewer, isNew: (itemId: string) => boolean): Preference | undefined {
    if (state === undefined || taste === undefined) return undefined
    const known: { event: RememberedEvent; row: ReadonlyMap<string, number> }[] = []
    const scores = new Map<string, number>()
    for (const event of weighedEvents(state, taste, shape, NEWEST)) {
      const row = isNew(event.itemId) ? counted.rowOf(event.itemId) : undefined
      if (row === undefined) continue
      known.push({ event, row })
      for (const [other, strength] of row) {
        scores.set(other, (scores.get(other) ?? 0) + event.weight * strength)
      }
    }
    return sparsePreference(scores, catalog.size, (itemId) => {
      return known.map(({ event, row }) => ({ event, share: event.weight * (row.get(itemId) ?? 0) }))
    })
  }
}

interface Choices {
  /** Newest first. */
  readonly chosen: readonly Chosen[]
  /** The same as events that may be told of; none where it is but the item of the page. */
  readonly remembered: readonly RememberedEvent[]
  readonly nowMs: number
}
