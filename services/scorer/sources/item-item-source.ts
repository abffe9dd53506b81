import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import type { ItemRows } from '../../../libs/ranking/item-rows.ts'
import type { Preference } from '../../../libs/ranking/preference.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import { weighedEvents } from '../../../libs/ranking/weighed-events.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { LiveModel, ModelView } from '../model-view.ts'
import type { Source } from '../source.ts'
import type { Viewer } from '../viewer.ts'
import { type Chosen, learnedScores } from './learned-preference.ts'

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
        return withLearned(model, chosen, nowMs, () => countedAround(itemId))
      }
      if (viewer.basis !== 'interests' || viewer.state === undefined) return undefined
      const { remembered } = viewer.state
      return withLearned(model, remembered, nowMs, (isNew) => countedFor(viewer, isNew))
    },
  }

  /** @param countedOf what was counted of those chosen of which `isNew` */
  function withLearned(
    model: LiveModel | undefined,
    chosen: readonly Chosen[],
    nowMs: number,
    countedOf: (isNew: (itemId: string) => boolean) => Preference | undefined,
  ): Preference | undefined {
    const isNew = (itemId: string) => model?.numberOf(itemId) === undefined
    const learned = model && learnedScores(model, chosen, catalog, nowMs)
    if (learned === undefined) return countedOf(() => true)
    const part = chosen.filter(({ itemId }) => isNew(itemId)).length / chosen.length
    const beside = part > 0 ? countedOf(isNew) : undefined
    return sparsePreference(beside === undefined ? learned : added(learned, beside, part), catalog.size)
  }

  /** Each in standard deviations, as sources are mixed. */
  function added(
    learned: ReadonlyMap<string, number>,
    beside: Preference,
    part: number,
  ): Map<string, number> {
    const { mean, deviation } = sparsePreference(learned, catalog.size) ?? { mean: 0, deviation: 1 }
    const scores = new Map<string, number>()
    for (const { itemId } of catalog.items()) {
      const own = (learned.get(itemId) ?? mean) / deviation
      scores.set(itemId, own + (part * (beside.scoreOf(itemId) - beside.mean)) / beside.deviation)
    }
    return scores
  }

  function countedAround(itemId: string): Preference | undefined {
    const row = [...(counted.rowOf(itemId) ?? [])].filter(([other]) => catalog.itemOf(other) !== undefined)
    return sparsePreference(new Map(row), catalog.size)
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
    for (const itemId of scores.keys()) if (catalog.itemOf(itemId) === undefined) scores.delete(itemId)
    return sparsePreference(scores, catalog.size, (itemId) => {
      return known.map(({ event, row }) => ({ event, share: event.weight * (row.get(itemId) ?? 0) }))
    })
  }
}
